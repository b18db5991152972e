"""The two pages around the login: the link that opens an account, and the second factor."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import operations, second_factor


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    """Sets the password of the account the link belongs to. Wrong, used and old links look alike."""
    found = operations.invitation_for(token)
    if found is None:
        return render(request, "organisation/invitation.html", {"form": None}, status=404)
    form = SetPasswordForm(found.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if operations.accept(found, form.cleaned_data["new_password1"]):
            messages.success(request, _("Your password is set. Please sign in."))
            return redirect("wagtailadmin_login")
        return render(request, "organisation/invitation.html", {"form": None}, status=404)
    return render(request, "organisation/invitation.html", {"form": form, "account": found.user.username})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor_step(request):
    """Asks for the code; nothing else can be reached before."""
    target = safe_next(request)
    if not second_factor.is_due(request):
        return redirect(target)
    if request.method == "POST":
        if second_factor.verify(request, request.POST.get("code", "")[:40]):
            return redirect(target)
        messages.error(
            request,
            _("This code is not right. Wait for the next one; after several wrong codes the wait grows longer."),
        )
    return render(request, "organisation/second_factor.html", {"next": target})


def safe_next(request, fallback="wagtailadmin_home"):
    """Where to go afterwards: an address of this site, else `fallback`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse(fallback)
