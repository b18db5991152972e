"""What every way of running the product shares. dev, test and production only say how they differ."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
# What the embedded product writes: database, files, mail, logs.
VAR_DIR = Path(env("VAR_DIR", default=BASE_DIR / "var"))


def database(url):
    """One Django database from `postgres://…` or `sqlite:///PATH`, with the options each engine needs.

    SQLite: WAL so that readers never wait, IMMEDIATE so that a write transaction asks for the lock at its
    start instead of failing when it upgrades, and a busy timeout in seconds.
    """
    config = env.db_url_config(url)
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-64000;",
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def caches(redis_url):
    """Redis when it is there, the database process's own memory otherwise; never the only copy of anything."""
    if redis_url:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


# A folder of business records joins by having a `registers.py`.
ENGINE = ("jobs", "registers", "organisation")
RECORD_APPS = [
    f"backoffice.{declared.parent.name}"
    for declared in sorted(BASE_DIR.glob("backoffice/*/registers.py"))
    if declared.parent.name not in ENGINE
]

INSTALLED_APPS = [
    "backoffice.frontdoor",
    "backoffice.jobs",
    "backoffice.registers",
    "backoffice.registers.access",
    "backoffice.registers.audit",
    "backoffice.registers.definitions",
    "backoffice.registers.lists",
    "backoffice.registers.imports",
    "backoffice.registers.notes",
    "backoffice.registers.programs",
    "backoffice.registers.numbering",
    "backoffice.registers.webhooks",
    "backoffice.registers.duplicates",
    "backoffice.organisation",
    "workflows.releases",
    "workflows.approvals",
    *RECORD_APPS,
    "content.handbook",
    "content.scripts",
    "content.training",
    "content.portal",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.contrib.typed_table_block",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail.search",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "simple_history",
    "import_export",
    "django_q",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "backoffice.frontdoor.health.Probes",
    "backoffice.frontdoor.access.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "backoffice.frontdoor.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backoffice.frontdoor.middleware.SessionLimits",
    "backoffice.organisation.middleware.TodaysSeats",
    "backoffice.registers.audit.origin.KeepOrigin",
    "backoffice.frontdoor.middleware.Language",
    "backoffice.registers.programs.problems.Problems",
    "backoffice.frontdoor.middleware.LoginRequired",
    "content.doors.Doors",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "backoffice.organisation.backends.SeatHolders"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Files have no public address: every one leaves through a view that asks who may see it.
MEDIA_ROOT = VAR_DIR / "files"
MEDIA_URL = "/files/"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# The folder that takes the heads of the audit log's chain, one line a batch. Outside the database by purpose: one on
# another machine, or one that can only be added to, is worth most.
AUDIT_HEADS = env("AUDIT_HEADS", default=str(VAR_DIR / "audit-heads"))
# How many requests a minute one access token, or one person signed in, may send to the API.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)
# Networks of the house that webhooks may call, such as 10.1.0.0/16; public addresses they may call anyway.
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=[])
# What looks into uploaded files before anybody gets them: a program that takes the bytes on its standard input and
# ends with 0 (clean) or 1 (found something), such as `clamdscan -`, or the dotted path of a function that takes
# the open file and returns what it found, or an empty text. Left empty, only the kinds of files are checked.
ATTACHMENT_SCANNER = env("ATTACHMENT_SCANNER", default="")

# How many hours a look behind masks is given for unless its giver says otherwise.
ACCESS_GRANT_HOURS = env.int("ACCESS_GRANT_HOURS", default=24)
# How often one person may look behind a mask in an hour and in a day. A manager can give access for a time to whoever
# needs more.
ACCESS_REVEALS_AN_HOUR = env.int("ACCESS_REVEALS_AN_HOUR", default=30)
ACCESS_REVEALS_A_DAY = env.int("ACCESS_REVEALS_A_DAY", default=100)
# From how much in a day on a person's looks at personal data stand on the page of unusual looks: values revealed,
# numbers searched for, records shown in full, rows exported.
ACCESS_UNUSUAL = {
    "reveal": env.int("ACCESS_UNUSUAL_REVEALS", default=20),
    "search": env.int("ACCESS_UNUSUAL_SEARCHES", default=40),
    "view": env.int("ACCESS_UNUSUAL_RECORDS", default=400),
    "export": env.int("ACCESS_UNUSUAL_EXPORTED", default=200),
}

WAGTAIL_SITE_NAME = "案场后台"
OTP_TOTP_ISSUER = WAGTAIL_SITE_NAME
WAGTAILADMIN_BASE_URL = env("BASE_URL", default=f"http://127.0.0.1:{env('SERVE_PORT', default='8000')}")
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# No call to any outside host: no update check, no avatars by e-mail hash, no embeds, no usage reports.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Titles of pages, pictures and files by any piece of them: indexes of words know no Chinese.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database.fallback", "AUTO_UPDATE": False}}
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILADMIN_USER_LOGIN_FORM = "backoffice.frontdoor.forms.Login"
WAGTAIL_PASSWORD_RESET_ENABLED = True
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAIL_WORKFLOW_ENABLED = True
# Nothing is published but by the execution of an approved case, and an approval counts for one text only.
WAGTAIL_FINISH_WORKFLOW_ACTION = "workflows.approvals.finish.finish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Wagtail's rich-text editor inserts <style> elements while it runs.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# A session ends this many seconds after the login, and this many after the last thing its person did.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
# Asked for by pages on their own, so they say nothing about a person being there.
SESSION_IDLE_IGNORES = [
    "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release",
    "imports_progress",
    "notes_editing",
]
X_FRAME_OPTIONS = "SAMEORIGIN"
# W019 asks for DENY; the editor shows its previews in a frame of its own page.
SILENCED_SYSTEM_CHECKS = ["security.W019"]

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "backoffice.frontdoor.views.locked_out"
AXES_VERBOSE = False
# How many proxies stand before the web process and may be believed about the address of the caller.
TRUSTED_PROXIES = 0

# The queue only wakes the worker: one job id, one attempt. The Job table knows state, attempts and leases.
Q_CLUSTER = {
    "name": "backoffice",
    "orm": "default",
    "workers": env.int("WORKERS", default=2),
    "queue_limit": env.int("WORKERS", default=2),
    "timeout": 300,
    "retry": 1000,
    "max_attempts": 1,
    "ack_failures": True,
    "poll": 0.5,
    "catch_up": False,
    "save_limit": 200,
    "recycle": 200,
    "bulk": 1,
    "label": "Jobs",
    "log_level": "WARNING",
}


def logging(access_handler):
    """Log lines as `key=value` text; the access log goes where `access_handler` says, without query strings."""
    line = "{asctime} level={levelname} logger={name} request={request_id} {message}"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "backoffice.frontdoor.access.RequestIdFilter"}},
        "formatters": {"line": {"format": line, "style": "{"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["request_id"],
            },
            "access": {"formatter": "line", "filters": ["request_id"], **access_handler},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "backoffice": {"level": "INFO"},
            "backoffice.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
            # A refused or mistyped address is in the access log already.
            "django.request": {"level": "ERROR"},
        },
    }
