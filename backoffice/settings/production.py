"""Production: the environment decides, and a missing value stops the start. The README lists them all."""

from .base import *  # noqa: F403  settings modules build on each other
from .base import Q_CLUSTER, caches, database, env

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
HASH_KEY = env("HASH_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])
DATABASES = {"default": database(env("DATABASE_URL"))}
CACHES = caches(env("REDIS_URL"))
MEDIA_ROOT = env("FILES_DIR")
STATIC_ROOT = env("STATIC_DIR")
Q_CLUSTER["secret_key"] = env("BROKER_KEY", default=SECRET_KEY)

SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="backoffice@localhost")
DEMO = False
