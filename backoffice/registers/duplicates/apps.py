from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    name = "backoffice.registers.duplicates"
    label = "duplicates"
    verbose_name = _("Duplicates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from ..changes.undo import FOLLOWERS
        from . import history, merging  # noqa: F401  its timeline source enters itself

        FOLLOWERS.append(merging.follow_undo)
