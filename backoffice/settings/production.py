"""Production: the environment decides, and a missing value stops the start. The README lists them all."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403  settings modules build on each other
from .base import caches, database, env, logging

REQUIRED = {
    "SECRET_KEY": "signs sessions and links; at least 50 random characters",
    "HASH_KEY": "hashes phone and identity numbers for search; never change it",
    "FIELD_KEYS": "encrypt identity numbers and bank accounts; keys of at least 32 random characters with commas "
    "between them, the newest first",
    "ALLOWED_HOSTS": "host names the site answers to, separated by commas",
    "BASE_URL": "the address people open, for links in messages, such as https://backoffice.example.com",
    "DATABASE_URL": "postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:///PATH",
    "REDIS_URL": "redis://HOST:PORT/DATABASE",
    "FILES_DIR": "folder for uploaded files, shared by all web and worker nodes",
    "STATIC_DIR": "folder that `manage.py collectstatic` fills",
}
missing = [name for name in REQUIRED if not os.environ.get(name)]
if missing:
    listed = "\n".join(f"  {name}: {REQUIRED[name]}" for name in missing)
    raise ImproperlyConfigured(f"Production settings need these environment variables:\n{listed}")

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
HASH_KEY = env("HASH_KEY")
FIELD_KEYS = [key.strip() for key in env.list("FIELD_KEYS")]
if not all(len(key) >= 32 for key in FIELD_KEYS):
    raise ImproperlyConfigured("Every key in FIELD_KEYS has at least 32 characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])
DATABASES = {"default": database(env("DATABASE_URL"))}
CACHES = caches(env("REDIS_URL"))
MEDIA_ROOT = env("FILES_DIR")
STATIC_ROOT = env("STATIC_DIR")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1)
LOGGING = logging({"class": "logging.StreamHandler"})

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
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="backoffice@localhost")
DEMO = False
