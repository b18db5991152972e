"""The embedded product: SQLite, local files, a worker beside the web process, demo logins."""

from .base import *  # noqa: F403  settings modules build on each other
from .base import VAR_DIR, caches, database, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = "embedded-only-not-secret-" + "0" * 40
HASH_KEY = "embedded-only-hash-key"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": database(env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'backoffice.sqlite3'}"))}
CACHES = caches(env("REDIS_URL", default=""))
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEMO = True
