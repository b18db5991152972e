from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "backoffice.registers.audit"
    verbose_name = _("Audit log")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.jobs.triggers import after_migrate

        after_migrate(protect)


def protect(using, **kwargs):
    """After every migrate: entries for older rows first, then nothing of it changes any more."""
    from backoffice.jobs.triggers import ensure_triggers

    from .adoption import adopt
    from .protection import declared

    adopt()
    ensure_triggers(declared(), using)
