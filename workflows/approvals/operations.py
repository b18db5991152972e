"""Opening, deciding and executing cases. Every way to publish ends here.

The rule of four eyes: nobody decides a case they submitted, nor a text of which they wrote any version since
the last release. It is asked three times: when buttons are drawn (`why_not`), when somebody decides (`decide`),
and once more over all deciders when the case is executed (`finish.finish`).
"""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from backoffice.jobs import clock, events
from backoffice.organisation.authority import allows, people
from workflows.releases.models import Release

from .models import Assignment, Case, Decision, Definition, Step

RUNNING = (Case.State.OPEN, Case.State.RETURNED)


class Refused(PermissionDenied):
    """A decision or submission that the rules do not allow; the text says why."""


def define(code, title, steps):
    """Keep the newest version of a definition equal to what is declared; returns it.

    `steps`: [{"system": …, "verb": …, "title": …}]. A difference makes a new version.
    """
    newest = Definition.objects.filter(code=code).order_by("-version").first()
    if newest and newest.title == title and newest.steps == steps:
        return newest
    version = newest.version + 1 if newest else 1
    return Definition.objects.create(code=code, version=version, title=title, steps=steps)


def writers(target):
    """Ids of everybody who wrote any version of `target` since its last release; None stands for an unknown."""
    last = Release.objects.of(target).order_by("-number").values_list("revision_id", flat=True).first()
    return set(target.revisions.filter(pk__gt=last or 0).values_list("user_id", flat=True))


def open_for_workflow(workflow_state, user):
    """Open the case of a Wagtail workflow that starts or is submitted again; called by ApprovalTask.start."""
    target = _specific(workflow_state.content_object)
    case = Case.objects.filter(workflow_state=workflow_state, state=Case.State.RETURNED).first()
    if case is None:
        case = _case(target).filter(state=Case.State.OPEN, workflow_state=None).first()
    if case is None:
        return open_case(target, Case.Action.RELEASE, user, workflow_state=workflow_state)
    return _submit_again(case, target, user, workflow_state)


@transaction.atomic
def open_case(target, action, user, *, reason="", workflow_state=None):
    """Submit a proposal about `target` and ask the first deciders. Raises Refused without a reason.

    For a release, reason, weight and effective date come from the submitted version itself.
    """
    definition = Definition.objects.filter(code=target.approval).order_by("-version").first()
    if definition is None or user is None:
        raise Refused(_("This cannot be submitted: no approval is defined for it."))
    case = Case(
        definition=definition,
        content_type=ContentType.objects.get_for_model(target),
        object_id=str(target.pk),
        action=action,
        reason=reason,
        opened_at=clock.now(),
        workflow_state=workflow_state,
    )
    _take_over(case, target, user)
    case.save()
    _open_step(case, 0)
    return case


@transaction.atomic
def propose_withdrawal(target, user, reason):
    """Propose to take a released page or snippet out of use; it goes the same way as a release."""
    if not target.live or target.workflow_in_progress:
        raise Refused(_("Only what is in use and not waiting for a decision can be withdrawn."))
    case = open_case(target, Case.Action.WITHDRAW, user, reason=reason)
    target.get_workflow().start(target, user)
    case.refresh_from_db()
    return case


def why_not(case, user):
    """Why `user` may not decide this case now, as a sentence; empty when they may."""
    step = case.current_step if case.state == Case.State.OPEN else None
    if step is None:
        return _("Nothing is waiting for a decision here.")
    if user.pk == case.submitted_by_id:
        return _("You submitted it, so somebody else decides.")
    if user.pk in case.writers:
        return _("You wrote part of this text, so somebody else decides.")
    if not decides(case, user):
        return _("Your position does not decide this.")
    return ""


def decides(case, user):
    """Whether the permission matrix gives `user` the decision of the open step, own texts included."""
    step = case.current_step
    return step is not None and allows(user, step.system, step.verb)


def takes_part(user, target, verbs="cea"):
    """Whether `user` proposes, writes or decides such texts, so may see what changes and propose to withdraw one."""
    return any(allows(user, target.system, verb) for verb in verbs)


@transaction.atomic
def decide(case, user, verdict, comment=""):
    """Record one decision and move the case on; returns the case with its new state.

    Raises Refused when the user may not decide, or the text is not the one that was submitted. An approval of
    the last step makes the case APPROVED; executing it is the caller's next act in the same transaction.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if refusal := why_not(case, user):
        raise Refused(refusal)
    target = _specific(case.target)
    if verdict == Decision.Verdict.APPROVE:
        if target.latest_revision_id != case.revision_id:
            raise Refused(_("The text was changed after it was submitted. Return it, so that it is submitted again."))
        if user.pk in writers(target):
            raise Refused(_("You wrote part of this text, so somebody else decides."))
    step, moment = case.current_step, clock.now()
    Decision.objects.create(
        step=step, user=user, verdict=verdict, comment=comment, revision_id=case.revision_id, decided_at=moment
    )
    step.closed_at = moment
    step.save(update_fields=["closed_at"])
    if verdict == Decision.Verdict.RETURN:
        case.state = Case.State.RETURNED
    elif step.position + 1 < len(case.definition.steps):
        _open_step(case, step.position + 1)
    else:
        case.state, case.closed_at = Case.State.APPROVED, moment
    case.save(update_fields=["state", "closed_at"])
    events.emit("approval.decided", _event(case) | {"verdict": str(verdict), "by": user.pk})
    return case


@transaction.atomic
def cancel(case, user=None):
    """The submitter takes the proposal back; what is published stays as it is."""
    moment = clock.now()
    case.steps.filter(closed_at=None).update(closed_at=moment)
    case.state, case.closed_at = Case.State.CANCELLED, moment
    case.save(update_fields=["state", "closed_at"])
    events.emit("approval.cancelled", _event(case) | {"by": user.pk if user else None})


def open_case_of(target):
    """The case of a page or snippet that waits for a decision, or None."""
    return _case(_specific(target)).filter(state=Case.State.OPEN).select_related("definition").first()


def case_of_workflow(workflow_state):
    """The case behind a Wagtail workflow; Refused when it was started around the engine."""
    case = Case.objects.filter(workflow_state=workflow_state).first()
    if case is None:
        raise Refused(_("Only an approval publishes."))
    return case


def waiting_for(user):
    """The open cases `user` may decide now, oldest first."""
    cases = Case.objects.filter(state=Case.State.OPEN).select_related("definition").order_by("opened_at")
    return [case for case in cases if not why_not(case, user)]


def local_day(moment):
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _case(target):
    return Case.objects.filter(content_type=ContentType.objects.get_for_model(target), object_id=str(target.pk))


def _specific(target):
    return target.specific if isinstance(target, Page) else target


def _take_over(case, target, user):
    """Copy onto the case what is being submitted: the version, its reason, and who wrote it."""
    case.title = _title(target)
    case.submitted_by = user
    case.revision_id = target.latest_revision_id
    case.writers = sorted(pk for pk in writers(target) if pk is not None)
    if case.action == Case.Action.RELEASE:
        draft = target.get_latest_revision().as_object()
        case.title = _title(draft)
        case.reason = draft.change_summary
        case.proposal = {
            "significance": draft.significance,
            "effective_from": draft.effective_from.isoformat() if draft.effective_from else None,
        }
        if missing := draft.not_ready():
            raise Refused(missing)
    if not case.reason.strip():
        raise Refused(_("Say what changes and why before you submit."))


def _title(target):
    return str(getattr(target, "title", None) or target)[:255]


def _submit_again(case, target, user, workflow_state):
    position = case.steps.order_by("-id").values_list("position", flat=True).first() or 0
    case.workflow_state = workflow_state
    if case.state == Case.State.RETURNED:
        case.state = Case.State.OPEN
        _take_over(case, target, user)
        case.save()
        _open_step(case, position)
    else:
        case.save(update_fields=["workflow_state"])
    return case


def _open_step(case, position):
    declared = case.definition.steps[position]
    step = Step.objects.create(
        case=case,
        position=position,
        title=declared["title"],
        system=declared["system"],
        verb=declared["verb"],
        opened_at=clock.now(),
    )
    barred = {case.submitted_by_id, *case.writers}
    asked = [user for user in people(step.system, step.verb) if user.pk not in barred]
    Assignment.objects.bulk_create(Assignment(step=step, user=user) for user in asked)
    events.emit("approval.waiting", _event(case) | {"people": [user.pk for user in asked]})
    return step


def _event(case):
    return {"case": str(case.public_id), "action": case.action, "title": case.title, "state": case.state}


def cancelled_by_workflow(sender, instance, user=None, **kwargs):
    """Wagtail's "cancel workflow" button, and the deletion of an unreleased draft, reach the engine."""
    for case in Case.objects.filter(workflow_state=instance, state__in=RUNNING):
        cancel(case, user)
