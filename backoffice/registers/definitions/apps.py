from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DefinitionsConfig(AppConfig):
    name = "backoffice.registers.definitions"
    label = "definitions"
    verbose_name = _("Definitions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import indexes

        post_migrate.connect(indexes.ensure, sender=self, dispatch_uid="added_indexes")
