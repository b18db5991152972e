from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "backoffice.jobs"
    verbose_name = _("Jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django_q.signals import post_spawn

        from . import checks, worker  # noqa: F401  importing registers the checks

        post_spawn.connect(worker.sweep_at_start)
        post_migrate.connect(worker.schedule_sweep, sender=self)
        autodiscover_modules("jobs")
