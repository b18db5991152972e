from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScriptsConfig(AppConfig):
    name = "content.scripts"
    verbose_name = _("Talk scripts")
    default_auto_field = "django.db.models.BigAutoField"
