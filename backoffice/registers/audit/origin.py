"""Where an act comes from: kept for the length of a request, and stamped on the acts written in it.

Workers and commands have no origin; their acts name the person who asked for them, and the channel.
"""

import re
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
# The first that matches counts: most browsers call themselves Chrome and Safari as well.
_BROWSERS = (
    (r"MicroMessenger/(\d+)", "WeChat"),
    (r"DingTalk/(\d+)", "DingTalk"),
    (r"Edg\w*/(\d+)", "Edge"),
    (r"Firefox/(\d+)", "Firefox"),
    (r"Chrome/(\d+)", "Chrome"),
    (r"Version/(\d+).*Safari", "Safari"),
)


@dataclass(frozen=True)
class Origin:
    """`session` is the number of the login, `token` the name of the token a program called with."""

    address: str = ""
    device: str = ""
    session: int | None = None
    token: str = ""


_NOWHERE = Origin()
_current = ContextVar("origin", default=_NOWHERE)


def stamp(row):
    """Notes the present origin on `row`, a `models.Origin` about to be written."""
    for name, value in asdict(_current.get()).items():
        setattr(row, name, value)
    return row


def by_token(name):
    """The rest of the request acts through the token called `name`."""
    _current.set(replace(_current.get(), token=name[:60]))


def device_of(agent):
    """ "Chrome 126 · Windows" out of a browser's description of itself; its beginning where nothing is known."""
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    for pattern, name in _BROWSERS:
        if found := re.search(pattern, agent):
            return " · ".join(filter(None, [f"{name} {found[1]}", system]))
    return agent[:40]


class KeepOrigin:
    """Middleware, behind the one that knows the login."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _current.set(
            Origin(
                address=request.META.get("REMOTE_ADDR", "")[:45],
                device=device_of(request.headers.get("User-Agent", ""))[:60],
                session=getattr(getattr(request, "login_session", None), "pk", None),
            )
        )
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)
