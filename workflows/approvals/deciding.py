"""What the editor may send while people decide on a text: the decision, or that the submitter takes it back.

A decision is no edit. Wagtail's editors store the form before they act on its button, which would make whoever
decides a writer of the text; so the decision is taken here, before they look at the form, and nothing is stored.
"""

import json

from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.panels import get_edit_handler
from wagtail.models import Page

from workflows.releases.models import Release

from . import operations
from .models import Case

# Wagtail's names of its buttons.
DECISION, TAKING_BACK = "action-workflow-action", "action-cancel-workflow"


def answer(request, target):
    """The response to what was posted to the editor of `target`, or None when the editor answers itself.

    Whoever decided is sent home: the text they decided on may be none that they open otherwise.
    """
    if request.method != "POST":
        return None
    case = operations.open_case_of(target)
    if not operations.takes_part(request.user, target) and not (case and operations.decides(case, request.user)):
        return None
    if DECISION in request.POST:
        refusal = _refusal(request, target, case)
        return _refused(request, refusal) if refusal else _decided(request, target, case)
    if case is None or TAKING_BACK in request.POST:
        return None
    return _refused(request, _("The text is fixed until the approval is decided. Return it to change it."))


def _refusal(request, target, case):
    if case is None:
        return _("Nothing is waiting for a decision here.")
    if why := operations.why_not(case, request.user):
        return why
    if _touched(request, target):
        return _("You changed the text, and what was submitted is fixed. Decide on it as it is, or return it.")
    return ""


def _touched(request, target):
    """Whether whoever decides typed something into the form that came with the decision."""
    handler = target.get_edit_handler() if isinstance(target, Page) else get_edit_handler(type(target))
    form = handler.get_form_class()(request.POST, request.FILES, instance=target, for_user=request.user)
    # Wagtail's switch for letters about comments stands in the same form and is no part of the text.
    return form.has_changed() and form.changed_data != ["comment_notifications"]


def _refused(request, sentence):
    # Autosave asks for JSON; Wagtail tells it of the refusal, and nobody would read ours before the next page.
    if request.accepts("text/html"):
        messages.error(request, sentence)
    return redirect(request.get_full_path())


def _decided(request, target, case):
    try:
        extra = json.loads(request.POST.get("workflow-action-extra-data") or "{}")
        comment = str(extra.get("comment", ""))
    except (ValueError, AttributeError) as error:
        raise BadRequest from error
    action, task = request.POST.get("workflow-action-name"), target.current_workflow_task
    if task is None or action not in {name for name, _label, _modal in task.get_actions(target, request.user)}:
        raise BadRequest
    try:
        task.on_action(target.current_workflow_task_state, request.user, action, comment=comment)
    except PermissionDenied as refusal:
        return _refused(request, str(refusal))
    case.refresh_from_db()
    messages.success(request, outcome(case))
    return redirect("wagtailadmin_home")


def outcome(case):
    """What became of a case by the decision just made, as a sentence for whoever made it."""
    words = {"title": case.title}
    if case.state == Case.State.RETURNED:
        return _("“%(title)s” is returned for changes; its editor reads your comment.") % words
    if case.state == Case.State.OPEN:
        return _("Approved. “%(title)s” now waits for the next step.") % words
    if case.action == Case.Action.WITHDRAW:
        return _("Approved. “%(title)s” is withdrawn from use.") % words
    release = Release.objects.get(case=str(case.public_id))
    words |= {"number": release.number, "day": date_format(release.effective_from)}
    return _("Approved. “%(title)s” is released as version %(number)s, in force from %(day)s.") % words
