"""Who asks the API, what their token lets them ask, and how often."""

import logging
import re
import time

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.security import HttpBearer, SessionAuth
from ninja.throttling import BaseThrottle

from ..audit import origin
from ..programs import tokens
from ..programs.models import AccessToken
from ..scope import viewer_of
from .records import Records
from .refusals import Trouble

WINDOW = 60
JSON = "application/json"
# No database keeps the first, no encoding the others; neither means anything in a text.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
logger = logging.getLogger(__name__)


class AccessTokenAuth(HttpBearer):
    """`Authorization: Bearer bo_…`: an access token that its owner made under “Access tokens”."""

    def authenticate(self, request, secret):
        token = tokens.presented(secret)
        # A wrong token is nobody, whoever the browser is signed in as.
        request.user = token.owner if token else AnonymousUser()
        if token:
            origin.by_token(token.name)
            tokens.used(token, request.META.get("REMOTE_ADDR", "")[:45])
        return token


class Session(SessionAuth):
    """The login of the browser; a request that brings a token stands on the token alone."""

    def __call__(self, request):
        return None if "Authorization" in request.headers else super().__call__(request)


class Rate(BaseThrottle):
    """So many requests in each minute for one token, or for one person signed in.

    Counted in the cache: one that is away lets everybody through rather than nobody.
    """

    def allow_request(self, request):
        who = f"t{request.auth.pk}" if isinstance(request.auth, AccessToken) else f"u{request.user.pk}"
        key = f"api-rate:{who}:{int(time.time()) // WINDOW}"
        try:
            cache.add(key, 0, WINDOW)
            return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE
        except Exception:
            logger.exception("The cache does not count the requests of the API")
            return True

    def wait(self):
        return WINDOW - time.time() % WINDOW


class PlainJson(Parser):
    """Bodies and parameters without signs that no database keeps."""

    def parse_body(self, request):
        if request.content_type != JSON:
            raise Trouble(415)
        body = super().parse_body(request)
        if any(_UNKEEPABLE.search(text) for text in _texts(body)):
            raise ValueError("a sign that cannot be kept")
        return body

    def parse_querydict(self, data, list_fields, request):
        for name, values in data.lists():
            if any(_UNKEEPABLE.search(text) for text in [name, *values]):
                raise Trouble(422, _("The address holds a sign that cannot be read."))
        return super().parse_querydict(data, list_fields, request)


def _texts(value):
    """Every text in a value of JSON, keys included. Without recursion: a body may be nested a thousand times."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def records(request, register, *, writing=False):
    """The records of `register` for whoever asks. Raises Http404 where the register does not exist for them, and
    Trouble 403 where their token was not made for this."""
    token = request.auth if isinstance(request.auth, AccessToken) else None
    found = Records(register, viewer_of(request.user))
    if token and not token.reaches(register):
        raise Trouble(
            403, _("This token was not made for this register."), kind="insufficient-scope", headers=_INSUFFICIENT
        )
    if token and writing and not token.writes:
        raise Trouble(403, _("This token may only read."), kind="insufficient-scope", headers=_INSUFFICIENT)
    return found


_INSUFFICIENT = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
