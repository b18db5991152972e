from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "workflows.approvals"
    verbose_name = _("Approvals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.db.models.signals import pre_delete
        from wagtail.models import WorkflowState
        from wagtail.signals import workflow_cancelled

        from backoffice.jobs.triggers import after_migrate

        from . import operations

        workflow_cancelled.connect(operations.cancelled_by_workflow, dispatch_uid="approvals.cancelled")
        pre_delete.connect(operations.cancelled_by_workflow, sender=WorkflowState, dispatch_uid="approvals.deleted")
        after_migrate(_ensure_triggers)


def _ensure_triggers(using, **kwargs):
    from backoffice.jobs.triggers import append_only, ensure_triggers

    from .models import Decision

    ensure_triggers(append_only(Decision._meta.db_table), using=using)
