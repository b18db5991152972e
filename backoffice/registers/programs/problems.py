"""How the API says no: `application/problem+json` (RFC 9457) in the language of the caller, whatever went wrong.

    {"type": "urn:backoffice:problem:conflict", "title": …, "status": 409, "detail": …, "instance": …, "errors": {…}}

`type` and the keys of `errors` are for programs and never change; `title`, `detail` and the messages are for people.
`errors` holds messages by field. `instance` names the request in the logs.
"""

from django.http import JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy

API = "/api/"
MEDIA_TYPE = "application/problem+json"
KIND = "urn:backoffice:problem:"
# {status: (name in `type`, title, what to say where nobody knows better)}
KNOWN = {
    400: ("bad-request", gettext_lazy("The request cannot be read"), gettext_lazy("The body is not JSON in UTF-8.")),
    401: ("not-signed-in", gettext_lazy("Not signed in"), gettext_lazy("Please sign in or send a token.")),
    403: ("not-allowed", gettext_lazy("Not allowed"), gettext_lazy("This sign-in or token may not do that.")),
    404: ("not-found", gettext_lazy("Not found"), gettext_lazy("There is nothing here that you may see.")),
    405: (
        "wrong-method",
        gettext_lazy("Wrong method"),
        gettext_lazy("This address does not take requests of this kind."),
    ),
    409: ("conflict", gettext_lazy("Changed in the meantime"), gettext_lazy("Somebody else was faster.")),
    413: ("too-large", gettext_lazy("Too large"), gettext_lazy("The body is larger than this address takes.")),
    415: ("not-json", gettext_lazy("Not JSON"), gettext_lazy("Bodies are sent as application/json.")),
    422: ("refused", gettext_lazy("Refused"), gettext_lazy("The request breaks a rule. Nothing was written.")),
    429: ("too-many", gettext_lazy("Too many requests"), gettext_lazy("Please try again a little later.")),
    500: (
        "our-mistake",
        gettext_lazy("Something went wrong"),
        gettext_lazy("It has been written down. The administrator finds it by the number in “instance”."),
    ),
}
# What a rejected answer may carry that its problem carries on.
_KEPT_HEADERS = ("Allow", "WWW-Authenticate", "Retry-After", "Vary")


def problem(request, status, detail="", *, kind="", errors=None, headers=None, **more):
    """The answer to a request that fails with `status`. `more` are further members."""
    name, title, fallback = KNOWN.get(status, KNOWN[400 if status < 500 else 500])
    told = {
        "type": KIND + (kind or name),
        "title": str(title),
        "status": status,
        "detail": str(detail or fallback),
        "instance": f"urn:request:{getattr(request, 'id', '-')}",
    }
    if errors is not None:
        told["errors"] = errors
    answer = JsonResponse(told | more, status=status, content_type=MEDIA_TYPE, headers=headers)
    if status == 401:
        answer.headers.setdefault("WWW-Authenticate", "Bearer")
        patch_vary_headers(answer, ["Authorization", "Cookie"])
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


class Problems:
    """Middleware: what anything else refuses under the API's addresses is told as a problem too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if answer.status_code < 400 or not request.path.startswith(API) or answer["Content-Type"] == MEDIA_TYPE:
            return answer
        kept = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
        return problem(request, answer.status_code, headers=kept)
