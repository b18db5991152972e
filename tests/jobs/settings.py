"""The smallest product in which jobs run: proves that they need nothing but Django, django-q2 and a user.

For processes of their own, against a database of their own (DATABASE_URL), that tests may kill.
"""

from backoffice.settings.base import Q_CLUSTER as PRODUCT_CLUSTER
from backoffice.settings.base import database, env

SECRET_KEY = "jobs-probe-" + "0" * 50
INSTALLED_APPS = [
    "backoffice.jobs",
    "tests.jobs.probe",
    "django_q",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
DATABASES = {"default": database(env("DATABASE_URL", default="sqlite://:memory:"))}
AUTH_USER_MODEL = "auth.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEMO = env.bool("DEMO", default=True)

# The retry of django-q2 itself stays at its long time: what recovers here is recovered by the sweep.
Q_CLUSTER = {**PRODUCT_CLUSTER, "workers": 2, "queue_limit": 2, "poll": 0.1}
JOBS_REWAKE_SECONDS = 1
