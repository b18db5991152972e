"""What the refusals of the API's operations are told as."""

import re

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from ..changes import Conflict, Denied, Refused
from ..programs.problems import problem


class Trouble(Exception):
    """A refusal of the API itself, with what its problem says."""

    def __init__(self, status, detail="", *, kind="", headers=None):
        self.status, self.detail, self.kind, self.headers = status, detail, kind, headers or {}
        super().__init__(detail)


def explain(api):
    """What the exceptions of an operation are told as."""

    @api.exception_handler(Http404)
    @api.exception_handler(Denied)
    def absent(request, error):
        return problem(request, 404)

    @api.exception_handler(Refused)
    def refused(request, error):
        errors = {name or "record": [str(one) for one in messages] for name, messages in error.by_field().items()}
        for (part, place), found in error.by_line().items():
            at = f"lines.{part}.{place}"
            errors |= {".".join(filter(None, (at, name))): [str(m) for m in told] for name, told in found.items()}
        return problem(request, 422, error, errors=errors)

    @api.exception_handler(ValidationError)
    def malformed(request, error):
        return problem(request, 422, errors=_by_place(error.errors))

    @api.exception_handler(Conflict)
    def outdated(request, error):
        return problem(request, 409, error, version=error.row.version)

    @api.exception_handler(Trouble)
    def troubled(request, error):
        return _of_trouble(request, error)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request, error):
        return problem(request, 413)

    @api.exception_handler(AuthenticationError)
    @api.exception_handler(Throttled)
    @api.exception_handler(HttpError)
    def said_by_the_framework(request, error):
        # What the reader of bodies refuses reaches us wrapped.
        if isinstance(error.__cause__, Trouble):
            return _of_trouble(request, error.__cause__)
        return problem(request, error.status_code)


def _of_trouble(request, error):
    return problem(request, error.status, error.detail, kind=error.kind, headers=error.headers)


def _by_place(errors):
    """{field: [messages]} of pydantic's errors; a value deep in a body is named by its path."""
    found = {}
    for error in errors:
        path = [str(part) for part in error["loc"][1:]]
        # The body stands under the name of its argument, the values of a record under theirs.
        path = path[1:] if error["loc"][0] == "body" else path
        path = path[1:] if path[:1] == ["values"] and len(path) > 1 else path
        found.setdefault(".".join(path) or "record", []).append(_sentence(error))
    return found


_SENTENCES = (
    (r"missing", gettext_lazy("This value is required.")),
    (r"extra_forbidden", gettext_lazy("There is no such field.")),
    (r"string_too_short", gettext_lazy("This text is too short.")),
    (r"string_too_long", gettext_lazy("This text is too long.")),
    (r"string.*", gettext_lazy("This is not a text.")),
    (r"int.*", gettext_lazy("This is not a whole number.")),
    (r"(decimal|float|finite).*", gettext_lazy("This is not a number.")),
    (r"bool.*", gettext_lazy("This is neither true nor false.")),
    (r"datetime.*|timezone.*", gettext_lazy("This is not a time such as 2025-06-01T14:30:00+08:00.")),
    (r"date.*", gettext_lazy("This is not a day such as 2025-06-01.")),
    (r"(list|tuple|set).*", gettext_lazy("This is not a list.")),
    (r"too_long", gettext_lazy("These are too many.")),
    (r"too_short", gettext_lazy("These are too few.")),
    (r"(dict|model|mapping).*", gettext_lazy("This is not an object.")),
    (r"(greater|less)_than.*", gettext_lazy("This number is out of range.")),
    (r"(literal|enum).*", gettext_lazy("This is none of the values that are possible here.")),
)


def _sentence(error):
    for pattern, sentence in _SENTENCES:
        if re.fullmatch(pattern, error["type"]):
            return str(sentence)
    return _("This value cannot be read.")
