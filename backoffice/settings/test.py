"""The suite: in-memory SQLite unless DATABASE_URL names another server."""

import os

from backoffice.i18n.catalogues import compile_all

from .base import *  # noqa: F403  settings modules build on each other
from .base import VAR_DIR, caches, database, env

# Texts are the same whatever was compiled before; Django reads them once, while it starts.
compile_all()
DEBUG = False
SECRET_KEY = "test-" + "0" * 60
HASH_KEY = "test-hash-key"
FIELD_KEYS = [f"fields {SECRET_KEY}"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {"default": database(env("DATABASE_URL", default="sqlite://:memory:"))}
# Test processes side by side empty their cache before each test, so each has a Redis database of its own.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = env("REDIS_URL", default="")
CACHES = caches(REDIS_URL and f"{REDIS_URL.rsplit('/', 1)[0]}/{PROCESS + 1}")
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = VAR_DIR / "test-files" / str(PROCESS)
WHITENOISE_AUTOREFRESH = True
AUDIT_HEADS = str(VAR_DIR / "test-heads" / str(PROCESS))
AXES_ENABLED = False
DEMO = True
