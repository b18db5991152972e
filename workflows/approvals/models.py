"""One approval engine for content and, later, records: who decides what, and what they said.

A case is one proposal on its way; it keeps the version of the definition it was opened under. Its steps are
opened one after the other; decisions are written once and kept. Pages and snippets meet the engine through
`ApprovalTask`, which answers every question Wagtail's moderation asks. Source: architecture.md "Approval".
"""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Task, TaskState

from .lock import ApprovalLock


class Definition(models.Model):
    """How a kind of proposal is decided. `steps` is a list of {"system": …, "verb": …, "title": …}.

    A step is decided by one person whom the permission matrix gives that verb on that system. A changed
    definition is a new version; running cases keep theirs.
    """

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    steps = models.JSONField()

    class Meta:
        verbose_name = _("approval definition")
        verbose_name_plural = _("approval definitions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="approvals_definition_version", fields=["code", "version"])]

    def __str__(self):
        return f"{self.title} v{self.version}"


class Case(models.Model):
    """One proposal: what is to happen (`action`) to which object, who asked, why, and how it ended.

    `proposal` holds what the action needs when it is executed; `revision_id` the Wagtail revision people decide
    on; `writers` the ids of everybody who wrote since the last release, none of whom may decide.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for a decision")
        RETURNED = "returned", _("returned for changes")
        APPROVED = "approved", _("approved")
        CANCELLED = "cancelled", _("withdrawn by the submitter")

    class Action(models.TextChoices):
        RELEASE = "release", pgettext_lazy("deed", "release")
        WITHDRAW = "withdraw", _("withdraw from use")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="cases")
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.CharField(max_length=40)
    target = GenericForeignKey("content_type", "object_id", for_concrete_model=False)
    action = models.CharField(max_length=10, choices=Action)
    title = models.CharField(_("title"), max_length=255)
    reason = models.TextField(_("reason"))
    proposal = models.JSONField(default=dict)
    revision_id = models.PositiveBigIntegerField(null=True)
    writers = models.JSONField(default=list)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("submitted at"))
    closed_at = models.DateTimeField(_("decided at"), null=True)
    workflow_state = models.OneToOneField(
        "wagtailcore.WorkflowState", null=True, on_delete=models.SET_NULL, related_name="case"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        default_permissions = ()
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="approvals_case_one_open",
                fields=["content_type", "object_id"],
                condition=Q(state__in=["open", "returned"]),
            ),
            models.CheckConstraint(
                name="approvals_case_closed",
                condition=Q(state__in=["open", "returned"], closed_at=None)
                | Q(state__in=["approved", "cancelled"], closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="approvals_case_state", fields=["state", "-opened_at"])]

    def __str__(self):
        return self.title

    @property
    def current_step(self):
        """The step that waits for a decision, or None."""
        return self.steps.filter(closed_at=None).order_by("-id").first()


class Step(models.Model):
    """One step of a case as it was opened. A returned and submitted case opens its step again as a new row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    system = models.CharField(max_length=60)
    verb = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="approvals_step_one_open", fields=["case"], condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self):
        return self.title


class Assignment(models.Model):
    """Who was asked when a step was opened. Whether they may decide is judged anew when they do."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="approvals_assignment_once", fields=["step", "user"])]

    def __str__(self):
        return str(self.user)


class Decision(models.Model):
    """What somebody decided, on which version of the text. Written once."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("approved")
        RETURN = "return", _("returned for changes")

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="decisions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    comment = models.TextField(blank=True)
    revision_id = models.PositiveBigIntegerField(null=True)
    decided_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="approvals_decision_once", fields=["step", "user"])]

    def __str__(self):
        return f"{self.user}: {self.get_verdict_display()}"


class ApprovalTask(Task):
    """The one task of Wagtail's workflows here. It knows nothing itself: the engine answers."""

    lock_class = ApprovalLock

    class Meta:
        verbose_name = _("approval by the permission matrix")
        verbose_name_plural = _("approvals by the permission matrix")

    @classmethod
    def get_description(cls):
        return _("Decided by the people the permission matrix names; never by somebody who wrote the text.")

    def start(self, workflow_state, user=None):
        from . import operations

        operations.open_for_workflow(workflow_state, user)
        return super().start(workflow_state, user=user)

    def get_actions(self, obj, user):
        from . import operations

        case = operations.open_case_of(obj)
        if case is None or operations.why_not(case, user):
            return []
        return [
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
            ("reject", _("Return for changes"), True),
        ]

    @transaction.atomic
    def on_action(self, task_state, user, action_name, comment="", **kwargs):
        from . import operations

        case = operations.case_of_workflow(task_state.workflow_state)
        if action_name == "approve":
            case = operations.decide(case, user, Decision.Verdict.APPROVE, comment)
            if case.state == Case.State.APPROVED:
                task_state.approve(user=user, comment=comment)
        elif action_name == "reject":
            operations.decide(case, user, Decision.Verdict.RETURN, comment)
            task_state.reject(user=user, comment=comment)

    def user_can_access_editor(self, obj, user):
        """Whoever decides such texts may look, also at one of their own, which stays locked for them."""
        from . import operations

        case = operations.open_case_of(obj)
        return case is not None and operations.decides(case, user)

    def locked_for_user(self, obj, user):
        return not self.get_actions(obj, user)

    def get_task_states_user_can_moderate(self, user, **kwargs):
        from . import operations

        waiting = [case.workflow_state_id for case in operations.waiting_for(user)]
        return TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self, workflow_state_id__in=waiting)
