"""The API of registers that people make while the product runs: the same operations under the same kind of address.

Which register is meant is asked at each request. Its operations are built from it once and again when it changes.
"""

from itertools import count

from django.http import Http404
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from ninja import Router

from .. import catalogue

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_numbers = count(1)
# {code: (register, API, resolver)}; a register that changes is another object.
_built = {}


def api_of(register):
    """(API, resolver of the addresses below `/api/v1/`) of one such register."""
    from .service import build_for

    kept = _built.get(register.code)
    if kept is None or kept[0] is not register:
        api = build_for(register, f"api-v1-made-{next(_numbers)}")
        resolver = URLResolver(RegexPattern(r"^"), api.urls[0])
        kept = _built[register.code] = (register, api, resolver)
    return kept[1:]


def add_to(api):
    """Lets `api` answer, behind the addresses it knows itself, those of registers made since."""

    # A router that is added last is asked last. Requests are counted where they are answered.
    router = Router()

    @router.api_operation(METHODS, "/{slug:code}/", include_in_schema=False, throttle=[])
    def serve_list(request, code: str):
        return _serve(request, code, "")

    @router.api_operation(METHODS, "/{slug:code}/{path:rest}", include_in_schema=False, throttle=[])
    def serve_rest(request, code: str, rest: str):
        return _serve(request, code, rest)

    api.add_router("", router)


def _serve(request, code, rest):
    try:
        register = catalogue.get(code)
        found = api_of(register)[1].resolve(f"{code}/{rest}") if register.made else None
    except (KeyError, Resolver404):
        found = None
    if found is None:
        raise Http404
    return found.func(request, *found.args, **found.kwargs)


def document(api, viewer):
    """The description of `api` with the operations of the registers made since that exist for `viewer`."""
    schema = api.get_openapi_schema()
    for register in catalogue.registers():
        if not register.made or not register.seen_by(viewer):
            continue
        own = api_of(register)[0].get_openapi_schema(path_prefix="/api/v1/")
        schema["paths"] |= own["paths"]
        schema["components"]["schemas"] |= own["components"]["schemas"]
    return schema
