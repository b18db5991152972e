from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumberingConfig(AppConfig):
    name = "backoffice.registers.numbering"
    label = "numbering"
    verbose_name = _("Numbering")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.jobs.triggers import after_migrate

        from . import jobs

        after_migrate(jobs.number_the_rest)
