from django.apps import AppConfig
from django.core.signals import request_started
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "backoffice.registers"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Every app declares its registers in a module of that name."""
        from django_q.signals import pre_execute

        from . import dictionaries
        from .definitions import known

        autodiscover_modules("registers")
        for begun in (request_started, pre_execute):
            begun.connect(dictionaries.forget, dispatch_uid="dictionaries")
            begun.connect(known.forget, dispatch_uid="definitions")
