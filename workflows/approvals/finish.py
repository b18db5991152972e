"""The one place where something is published: the execution of an approved case.

Wagtail calls `finish` when a workflow has no more tasks (WAGTAIL_FINISH_WORKFLOW_ACTION), inside the
transaction of the last decision. It trusts nobody: a workflow without an approved case of ours, a text changed
since, or a decider among the writers is refused, and the refusal undoes the decision.
"""

from datetime import date

from django.utils.translation import gettext as _


def finish(workflow_state, user=None):
    """Execute the case of a finished workflow; raises Refused (PermissionDenied) unless everything holds."""
    from workflows.releases import operations as releases

    from . import operations
    from .models import Case

    case = Case.objects.select_for_update(of=("self",)).filter(workflow_state=workflow_state).first()
    if case is None or case.state != Case.State.APPROVED:
        raise operations.Refused(_("Only an approval publishes."))
    target = operations._specific(case.target)
    decider = _deciders_without_writers(case, target)
    if case.action == Case.Action.WITHDRAW:
        releases.withdraw(target, by=decider, case=str(case.public_id))
        return
    revision = target.revisions.get(pk=case.revision_id)
    effective = case.proposal["effective_from"]
    releases.release(
        revision.as_object(),
        revision=revision,
        case=str(case.public_id),
        submitted_by=case.submitted_by,
        decided_by=decider,
        summary=case.reason,
        significance=case.proposal["significance"],
        effective_from=date.fromisoformat(effective) if effective else None,
    )


def _deciders_without_writers(case, target):
    """The last decider, after checking that every step was approved and by nobody who wrote the text."""
    from . import operations
    from .models import Decision

    approvals = list(
        Decision.objects.filter(
            step__case=case, verdict=Decision.Verdict.APPROVE, revision_id=case.revision_id
        ).select_related("user", "step")
    )
    if {d.step.position for d in approvals} != set(range(len(case.definition.steps))):
        raise operations.Refused(_("Only an approval publishes."))
    if target.latest_revision_id != case.revision_id:
        raise operations.Refused(_("The text was changed after it was submitted."))
    wrote = operations.writers(target) | {case.submitted_by_id}
    if None in wrote:
        raise operations.Refused(_("The author of a version is not on record, so it cannot be released."))
    if wrote & {d.user_id for d in approvals}:
        raise operations.Refused(_("Somebody who decided wrote part of the text, so it cannot be released."))
    return approvals[-1].user
