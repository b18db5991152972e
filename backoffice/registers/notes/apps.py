from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "backoffice.registers.notes"
    label = "notes"
    verbose_name = _("Files and comments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import history  # noqa: F401  its timeline sources enter themselves
