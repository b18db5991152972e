"""The embedded product: SQLite, local files, a worker beside the web process, demo logins."""

from backoffice.i18n.catalogues import compile_all

from .base import *  # noqa: F403  settings modules build on each other
from .base import STATIC_ROOT, VAR_DIR, caches, database, env, logging

# Before Django reads any message: what it has once found missing stays English until the process ends.
compile_all()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = "embedded-only-not-secret-" + "0" * 40
HASH_KEY = "embedded-only-hash-key"
FIELD_KEYS = [f"fields {SECRET_KEY}"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Static files are served from where they lie in the packages: nothing to collect, nothing to go stale.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATABASES = {"default": database(env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'backoffice.sqlite3'}"))}
CACHES = caches(env("REDIS_URL", default=""))
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
LOGGING = logging(
    {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": VAR_DIR / "access.log",
        "maxBytes": 5_000_000,
        "backupCount": 1,
        "delay": True,
    }
)
# A webhook may be tried against a program on the same machine.
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=["127.0.0.0/8", "::1/128"])
DEMO = True
