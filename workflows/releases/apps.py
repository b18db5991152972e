from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "workflows.releases"
    verbose_name = _("Releases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.jobs.triggers import after_migrate

        from . import guard

        guard.connect()
        after_migrate(_ensure_triggers)


def _ensure_triggers(using, **kwargs):
    from .triggers import ensure_triggers

    ensure_triggers(using=using)
