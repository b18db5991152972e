from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "backoffice.units"
    verbose_name = _("Units and prices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from .dictionaries import load

        post_migrate.connect(load, sender=self, dispatch_uid="units.dictionaries")
