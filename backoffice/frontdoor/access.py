"""The access log: an id for every request, and one line about it.

Imported while logging is set up, before there are any models.
"""

import logging
import re
import time
import uuid
from contextvars import ContextVar

from django.conf import settings

SESSION_KEY = "_auth_user_id"  # django.contrib.auth.SESSION_KEY, which cannot be imported this early
access_log = logging.getLogger("backoffice.access")
current_request_id = ContextVar("request_id", default="-")
REQUEST_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")


class RequestIdFilter(logging.Filter):
    """Gives every log line the id of the request it was written in, or a dash."""

    def filter(self, record):
        record.request_id = current_request_id.get()
        return True


class RequestLog:
    """An id for the request, its caller's address, and one line in the access log.

    Query strings are left out: they hold what people searched for, which may be a phone number.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        offered = request.headers.get("X-Request-ID", "")
        request.id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        token = current_request_id.set(request.id)
        believe_proxies(request)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.id
            self._write(request, response, time.perf_counter() - started)
        finally:
            current_request_id.reset(token)
        return response

    def _write(self, request, response, seconds):
        # The session tells who it was without a query for the user.
        session = getattr(request, "session", None)
        user = session.get(SESSION_KEY) if session is not None and session.accessed else None
        access_log.info(
            "method=%s path=%s status=%s ms=%.0f user=%s address=%s",
            request.method,
            request.path.encode("unicode_escape").decode(),
            response.status_code,
            seconds * 1000,
            user or "-",
            request.META.get("REMOTE_ADDR", "-"),
        )


def believe_proxies(request):
    """Set REMOTE_ADDR to the address that the outermost of our own proxies saw.

    Each proxy appends the address it was called from, so with N proxies the Nth from the right is the caller;
    what stands further left was sent by the caller and may be made up.
    """
    if count := settings.TRUSTED_PROXIES:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(chain) >= count:
            request.META["REMOTE_ADDR"] = chain[-count]
