"""The OpenAPI document: what django-ninja writes, and what holds for every operation, stated once."""

from http.client import responses

from django.utils import translation

from ..programs.problems import KIND, KNOWN, MEDIA_TYPE

_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string", "enum": ["zh-hans", "en"], "default": "zh-hans"},
    "description": "The language of messages and labels.",
}
# Any operation may answer these, whatever it says itself.
_ALWAYS = (401, 429, 500)
_SHAPES = {409: "Outdated", 422: "Mistakes"}
_MORE = {409: {"version": 4}, 422: {"errors": {"phone": ["A mobile number has 11 digits."]}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
}


class Document(dict):
    """A schema of django-ninja's on its way to be the product's document."""

    def finished(self):
        for path in self["paths"].values():
            for operation in path.values():
                self._finish(operation)
        parts = self["components"]
        parts["parameters"] = {"AcceptLanguage": _LANGUAGE}
        parts["responses"] = {f"Problem{status}": _response(status) for status in KNOWN if status != 405}
        return self

    def _finish(self, operation):
        operation["parameters"] = [
            *operation.get("parameters", ()),
            {"$ref": "#/components/parameters/AcceptLanguage"},
        ]
        answers = {str(status): answer for status, answer in operation["responses"].items()}
        refused = {int(status) for status in answers if int(status) >= 400}
        answers |= {
            str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in refused | set(_ALWAYS)
        }
        operation["responses"] = answers


def _response(status):
    """One refusal, with an example in both languages."""
    schema = {"$ref": f"#/components/schemas/{_SHAPES.get(status, 'Problem')}"}
    examples = {language: {"value": _example(status, language)} for language in ("zh-hans", "en")}
    found = {"description": responses[status], "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}}}
    return found | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _example(status, language):
    name, title, detail = KNOWN[status]
    with translation.override(language):
        told = {"type": KIND + name, "title": str(title), "status": status, "detail": str(detail)}
    return told | {"instance": "urn:request:0f9c2d4e5b6a47c8"} | _MORE.get(status, {})
