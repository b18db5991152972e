"""What a signed-in request passes before any view: an open login, the seats of today, the second factor."""

from django.contrib import auth, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backoffice.registers.scope import viewer_of

from . import sites
from .accounts import second_factor, sessions
from .authority import keep_groups

DAY = "seats_day"
# What a login that still owes its second factor may reach.
BEFORE_SECOND_FACTOR = {
    "second_factor",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}


class TodaysSeats:
    """Ends logins that were ended elsewhere; brings groups and chosen site up to date for the day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            login = sessions.current(request)
            if login is None:
                auth.logout(request)
                messages.info(request, _("This sign-in was ended. Please sign in again."))
            else:
                self._prepare(request, login)
        return self.get_response(request)

    def _prepare(self, request, login):
        viewer = viewer_of(request.user)
        viewer.site = sites.chosen(request, viewer)
        request.login_session = login
        sessions.seen(login, viewer.moment)
        if request.session.get(DAY) != viewer.day.isoformat():
            keep_groups([request.user])
            request.session[DAY] = viewer.day.isoformat()

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not second_factor.is_due(request):
            return None
        if request.resolver_match.view_name in BEFORE_SECOND_FACTOR:
            return None
        return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")
