from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DefinitionsConfig(AppConfig):
    name = "backoffice.registers.definitions"
    label = "definitions"
    verbose_name = _("Definitions")
    default_auto_field = "django.db.models.BigAutoField"
