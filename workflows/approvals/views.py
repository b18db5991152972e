"""Proposing to take something out of use; everything else happens on Wagtail's own screens."""

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder

from backoffice.organisation.authority import allows
from workflows.releases.models import Released

from . import operations


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Why is it no longer to be used?"), widget=forms.Textarea(attrs={"rows": 4}))


def may_propose(user, target):
    """Whoever may write a text or decide on it may propose to withdraw it."""
    return any(allows(user, target.system, verb) for verb in ("c", "e", "a"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, content_type, pk):
    model = get_object_or_404(ContentType, pk=content_type).model_class()
    if model is None or not issubclass(model, Released):
        raise Http404
    target = get_object_or_404(model, pk=pk, live=True)
    if not may_propose(request.user, target) or target.workflow_in_progress:
        raise Http404
    form = WithdrawalForm(request.POST or None)
    edit_url = AdminURLFinder(request.user).get_edit_url(target)
    if request.method == "POST" and form.is_valid():
        operations.propose_withdrawal(target, request.user, form.cleaned_data["reason"])
        messages.success(request, _("The withdrawal is proposed and waits for a decision."))
        return redirect(edit_url or "wagtailadmin_home")
    context = {"target": target, "form": form, "edit_url": edit_url}
    return render(request, "approvals/withdraw.html", context)
