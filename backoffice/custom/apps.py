from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomConfig(AppConfig):
    name = "backoffice.custom"
    verbose_name = _("Registers that managers make")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.organisation.roles import GRANTS

        from . import rights

        GRANTS.append(rights.granted)
