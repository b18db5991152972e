"""The pages shown when something is in the way, and what Wagtail's login page loads before a login."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import account, home

from backoffice.registers.programs.problems import API, problem

from .forms import Appearance

DAY = 24 * 3600

# Its address carries a hash of its content.
sprite = login_not_required(cache_control(private=True, max_age=DAY)(home.sprite))

# Wagtail's messages for scripts, with those of LOCALE_PATHS over them, in the language of the page that asks.
script_messages = login_not_required(
    cache_control(private=True, no_cache=True)(
        conditional_page(JavaScriptCatalog.as_view(packages=["wagtail.admin"]))
    )
)


class SignIn(account.LoginView):
    """Wagtail's sign-in; who has no part in the back office goes on to the portal instead of being turned away."""

    def get_success_url(self):
        if self.request.user.has_perm("wagtailadmin.access_admin"):
            return super().get_success_url()
        wanted = self.get_redirect_url()
        # What turned them away would only send them back here.
        return reverse("portal:home") if not wanted or wanted.startswith(reverse("wagtailadmin_home")) else wanted

    def get(self, *args, **kwargs):
        if self.request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().get(*args, **kwargs)


sign_in = login_not_required(SignIn.as_view())


class Account(account.AccountView):
    """One's own settings, without the name, which follows the staff record, and the picture, which nobody shows."""

    LEFT_OUT = {"name_email", "avatar"}

    FORMS = {"theme": Appearance}

    def get_panels(self):
        panels = [panel for panel in super().get_panels() if panel.name not in self.LEFT_OUT]
        for panel in panels:
            panel.form_class = self.FORMS.get(panel.name, panel.form_class)
        return panels


own_account = require_admin_access(Account.as_view())


@login_not_required
def absent(request, *args, **kwargs):
    """Stands before screens of Wagtail that this product replaces; the same answer for everybody."""
    raise Http404


def locked_out(request, original_response=None, credentials=None):
    """Instead of the login form, while a name is closed to an address after too many failures."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "frontdoor/locked_out.html", {"minutes": minutes}, status=403)


def server_error(request):
    """Shows the id under which the log tells what happened; programs get a problem."""
    if request.path.startswith(API):
        return problem(request, 500)
    # Without the request: whatever broke may well break what context processors ask for.
    page = render_to_string("500.html", {"request_id": getattr(request, "id", "-"), "path": request.path})
    return HttpResponseServerError(page)
