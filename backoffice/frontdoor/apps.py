from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrontDoorConfig(AppConfig):
    name = "backoffice.frontdoor"
    verbose_name = _("Front door")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.frontdoor import middleware  # noqa: F401  importing connects to logins before the first request
        from backoffice.frontdoor.labels import name_fields, tell_ages
        from backoffice.frontdoor.starting import replace_inline_scripts

        replace_inline_scripts()
        name_fields()
        tell_ages()
