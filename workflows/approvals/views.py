"""What a decider looks at, and proposing to take something out of use. The rest is on Wagtail's own screens."""

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder

from workflows.releases.models import Released

from . import operations
from .comparing import Comparison
from .models import Case


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Why is it no longer to be used?"), widget=forms.Textarea(attrs={"rows": 4}))


class Changes(Comparison):
    """The proposed text beside the one in use. The reason stands beside the decision, not among the changes."""

    page_title = _("What changes")
    LEFT_OUT = Comparison.LEFT_OUT | {"change_summary", "effective_from"}
    VERBS = "cea"


@require_safe
def changes(request, public_id):
    """The proposal of an open case, compared with what is in use; a first release is shown as it will read."""
    case = get_object_or_404(Case, public_id=public_id, state=Case.State.OPEN)
    target = operations._specific(case.target)
    if not operations.decides(case, request.user) and not operations.takes_part(request.user, target):
        raise Http404
    if not target.live or case.action == Case.Action.WITHDRAW:
        draft = target.revisions.get(pk=case.revision_id).as_object()
        return draft.make_preview_request(request, draft.default_preview_mode)
    return Changes.as_view(model=type(target))(request, target.pk, "live", case.revision_id)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, content_type, pk):
    model = get_object_or_404(ContentType, pk=content_type).model_class()
    if model is None or not issubclass(model, Released):
        raise Http404
    target = get_object_or_404(model, pk=pk, live=True)
    if not operations.takes_part(request.user, target) or target.workflow_in_progress:
        raise Http404
    form = WithdrawalForm(request.POST or None)
    edit_url = AdminURLFinder(request.user).get_edit_url(target)
    if request.method == "POST" and form.is_valid():
        operations.propose_withdrawal(target, request.user, form.cleaned_data["reason"])
        messages.success(request, _("The withdrawal is proposed and waits for a decision."))
        return redirect(edit_url or "wagtailadmin_home")
    context = {"target": target, "form": form, "edit_url": edit_url}
    return render(request, "approvals/withdraw.html", context)
