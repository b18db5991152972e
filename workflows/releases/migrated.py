"""Run something once after the last app has migrated, when every content type and permission is there."""

from django.apps import apps
from django.db.models.signals import post_migrate


def after_migrate(receiver):
    """Connect `receiver(using, **kwargs)` to the end of every migrate; call it from AppConfig.ready()."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    uid = f"{receiver.__module__}.{receiver.__qualname__}"
    post_migrate.connect(receiver, sender=last, weak=False, dispatch_uid=uid)
