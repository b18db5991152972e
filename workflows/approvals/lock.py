"""What the editor says while a text waits for its decision."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.locks import WorkflowLock


class ApprovalLock(WorkflowLock):
    """Nobody edits what people are deciding on; the message tells each reader why and what they can do."""

    def get_message(self, user):
        from . import operations

        case = operations.open_case_of(self.object)
        if case is None:
            return None
        waits = _("Waiting for approval since %(day)s (%(action)s): %(reason)s") % {
            "day": operations.local_day(case.opened_at),
            "action": case.get_action_display(),
            "reason": case.reason,
        }
        why = operations.why_not(case, user) or _("The text is fixed until you decide.")
        url = reverse("approvals_changes", args=[case.public_id])
        return format_html(
            '{} — {} <span class="buttons"><a class="button button-small button-secondary" href="{}">{}</a></span>',
            waits,
            why,
            url,
            _("See what changes"),
        )

    def get_description(self, user, can_lock=False):
        return _("The text is fixed until the approval is decided.")
