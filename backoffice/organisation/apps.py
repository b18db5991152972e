from django.apps import AppConfig, apps
from django.db.models.signals import m2m_changed, post_migrate
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    name = "backoffice.organisation"
    verbose_name = _("Organisation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.contrib.auth.models import Group

        from backoffice.registers.changes.door import POLICIES
        from backoffice.registers.programs.tokens import WITNESSES
        from backoffice.registers.scope import provide_system_users

        from . import authority, deciding, grants, roles  # noqa: F401  importing authority provides the viewers
        from .accounts import models, operations, sessions  # noqa: F401  importing connects to login and logout

        provide_system_users(models.get_system_user)
        WITNESSES.append(operations.note_token)
        POLICIES.append(grants.no_more_than_held)
        roles.GRANTS.append(roles.audit_rights)
        m2m_changed.connect(roles.forget_permissions, sender=Group.permissions.through)
        # The groups need the permissions of every app, so they are made after the last app has migrated.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(roles.sync_roles, sender=last)
