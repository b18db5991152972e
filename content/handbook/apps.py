from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandbookConfig(AppConfig):
    name = "content.handbook"
    verbose_name = _("Handbook")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.jobs.triggers import after_migrate
        from backoffice.organisation import authority, roles

        from . import permissions

        roles.GRANTS.append(permissions.grants)
        authority.WHEN_SEATED.append(permissions.spare_queries)
        roles.WHEN_SYNCED.append(permissions.sync)
        after_migrate(_sync)


def _sync(using, **kwargs):
    from . import permissions, structure

    if structure.tables_present():
        permissions.sync()
