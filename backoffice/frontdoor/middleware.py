"""What holds for every request: who asks, for how long, in which language, and what a browser may keep."""

import time

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from backoffice.registers.programs.problems import API, problem

# Nothing personal in them, and every page asks for them: the icons and the messages of scripts.
SHARED = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
RENEW_SECONDS = 60


class NoStore:
    """Nothing a person sees may stay in a shared computer's browser; static files are served further out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.view_name not in SHARED:
            del response["Cache-Control"]
            patch_cache_control(response, private=True, no_store=True)
        return response


@receiver(user_logged_in)
def start_session(request, **kwargs):
    request.session["began"] = request.session["seen"] = int(time.time())


class SessionLimits:
    """Ends a session after SESSION_IDLE_SECONDS without its person, and SESSION_COOKIE_AGE after the login.

    The last-seen time is written at most once a minute. Requests that pages send on their own
    (SESSION_IDLE_IGNORES) do not count.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session = request.session
        if auth.SESSION_KEY in session:
            now = int(time.time())
            # A session that was not begun by a login of this product has no time left.
            began, seen = session.get("began", 0), session.get("seen", 0)
            if now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
                auth.logout(request)
                messages.info(request, _("You were signed out because you were away. Please sign in again."))
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        seen = request.session.get("seen")
        if seen is None or request.resolver_match.view_name in settings.SESSION_IDLE_IGNORES:
            return
        now = int(time.time())
        if now - seen >= RENEW_SECONDS:
            request.session["seen"] = now


class Language:
    """The language a person chose in their account, and the site's own for everybody else.

    The browser's wish is not asked: its language is often that of the computer, not of the person. A program that
    names a language means it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = language_of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


def language_of(request):
    if request.path.startswith(API) and "Accept-Language" in request.headers:
        return translation.get_language_from_request(request)
    return chosen_language(request.user)


def chosen_language(user):
    profile = getattr(user, "wagtail_userprofile", None) if user.is_authenticated else None
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class LoginRequired(auth_middleware.LoginRequiredMiddleware):
    """Every view needs a login unless it is marked with Django's `login_not_required`.

    The API answers 401 instead of sending programs to a form. A request that brings credentials in a header is
    let through to the API, which checks them for every operation.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.path.startswith(API) and "Authorization" in request.headers:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if request.path.startswith(API):
            return problem(request, 401)
        return super().handle_no_permission(request, view_func)
