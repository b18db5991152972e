"""The operations of the API."""

from django.http import HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Body, NinjaAPI, Query, Router, Schema
from pydantic import Field

from .. import catalogue
from ..access.rules import as_declared
from ..audit.moments import PARAMETER
from ..changes import Refusal, Refused
from ..scope import system_viewer, viewer_of
from ..screens.filters import Filters
from . import added, made, many, refusals, schemas
from .asking import AccessTokenAuth, PlainJson, Rate, Session, records
from .document import Document
from .once import EXTRA, once
from .records import parameters_of
from .visible import document_for


class Api(NinjaAPI):
    def get_openapi_schema(self, **kwargs):
        return Document(super().get_openapi_schema(**kwargs)).finished()


def build():
    """The API with the operations of every declared register."""
    api = _empty("api-v1")
    with translation.override("en"), as_declared():
        for register in catalogue.declared():
            api.add_router(f"/{register.code}", _router(register), tags=[str(register.label_plural)])

    @api.get("/openapi.json", include_in_schema=False)
    def openapi(request):
        viewer = viewer_of(request.user)
        return JsonResponse(document_for(viewer, made.document(api, viewer)))

    made.add_to(api)
    return api


def build_for(register, name):
    """The API of one register that people made; `name` is different for every one that is alive."""
    api = _empty(name)
    with translation.override("en"), as_declared():
        api.add_router(f"/{register.code}", _router(register), tags=[str(register.label_plural)])
    return api


def _empty(name):
    api = Api(
        title="Back office records",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        auth=[AccessTokenAuth(), Session()],
        throttle=[Rate()],
        parser=PlainJson(),
        urls_namespace=name,
    )
    refusals.explain(api)
    return api


DESCRIPTION = """Records as the asker may see and change them; personal data is masked as on the screens.

Sign in with an access token (`Authorization: Bearer bo_…`), which everybody makes for themselves under their account.
A token never reaches further than its owner at that moment. Errors are `application/problem+json` in the language of
`Accept-Language` (zh-hans, en). Writing requests take an `Idempotency-Key`."""
REFUSALS = {401: schemas.Problem, 403: schemas.Problem, 404: schemas.Problem, 429: schemas.Problem}
WRITES = REFUSALS | {400: schemas.Problem, 413: schemas.Problem, 415: schemas.Problem, 422: schemas.Mistakes}
READS = REFUSALS | {422: schemas.Mistakes}
PAGING = {"cursor", "limit"}
AS_OF = "A past moment: the records as they were then. A day alone means its end."


def _router(register):
    """The operations of one register."""
    router = Router()
    record = schemas.record_schema(register)
    page = schemas.list_schema(register, record)
    filters = Filters(register, system_viewer(None), {}).filters
    narrowing = schemas.filters_schema(filters, f"{page.__name__}Filters")
    # Before the addresses of single records, one of which they would be taken for.
    _add_bulk(router, register, narrowing)
    _add_reading(router, register, record, page, narrowing)
    _add_writing(router, register, record)
    if register.state_column:
        _add_state(router, register, record)
    return router


def _version(request, given):
    """The version a write is based on: that of the header If-Match, else the one in the body."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return int(tag) if tag.isdecimal() and tag.isascii() and len(tag) < 10 else given


def _required(version):
    if version is None:
        message = _("Please send the version that the change is based on.")
        raise Refused([Refusal(0, "version", "required", message)])
    return version


def _tagged(response, record):
    """`record`, with its version as the ETag of the answer."""
    response["ETag"] = f'"{record["version"]}"'
    return record


def _lines_of(body):
    """{part: [values of a line]} of a body; nothing for registers without parts."""
    return body.lines.dict(exclude_unset=True) if "lines" in body.model_fields_set else {}


def _add_reading(router, register, record, page, narrowing):
    code = register.code
    sortable = ", ".join(column.name for column in register.list_columns if column.sortable)

    class Paging(Schema):
        cursor: str | None = Field(None, description="`next` of the page before.")
        limit: int = Field(50, ge=1, le=200)
        ordering: str | None = Field(None, description=f"{sortable}; with a hyphen, backwards.")
        as_of: str | None = Field(None, description=AS_OF)

    searching = schemas.search_schema(register, Paging, narrowing)

    @router.get("/", response={200: page} | READS, operation_id=f"{code}_list", summary="List")
    def listrecords(request, paging: Query[Paging], narrowed: Query[narrowing]):
        unknown = {name: request.GET.getlist(name) for name in set(request.GET) - PAGING}
        parameters = parameters_of(unknown | narrowed.dict() | {"ordering": paging.ordering, PARAMETER: paging.as_of})
        return records(request, register).list(parameters, cursor=paging.cursor, limit=paging.limit)

    @router.post("/search/", response={200: page} | WRITES, operation_id=f"{code}_search", summary="Search")
    def searchrecords(request, search: Body[searching]):
        """The query stands in the body, because it may be a telephone and addresses are logged."""
        parameters = parameters_of(search.filters.dict() | {"ordering": search.ordering, PARAMETER: search.as_of})
        return records(request, register).list(
            parameters,
            query=search.query.strip(),
            built=search.conditions and search.conditions.as_json(),
            cursor=search.cursor,
            limit=search.limit,
        )

    @router.get(
        "/fields/",
        response={200: list[added.AddedField]} | REFUSALS,
        operation_id=f"{code}_fields",
        summary="Added fields",
    )
    def read_fields(request):
        return records(request, register).fields()

    @router.get("/{id}/", response={200: record} | READS, operation_id=f"{code}_read", summary="Read")
    def read_record(request, response: HttpResponse, id: str, as_of: str | None = Query(None, description=AS_OF)):
        asked = records(request, register)
        row, moment = asked.row_as_of(id, as_of)
        return _tagged(response, asked.shown([row], moment)[0])

    @router.get(
        "/{id}/history/",
        response={200: schemas.HistoryOut} | READS,
        operation_id=f"{code}_history",
        summary="History",
    )
    def read_history(request, id: str, page: int = Query(1, ge=1, le=1000)):
        return records(request, register).history(id, page)


def _add_writing(router, register, record):
    code = register.code
    creating, changing = schemas.create_schema(register), schemas.change_schema(register)
    conflicts = {409: schemas.Outdated} | WRITES

    @router.post(
        "/",
        response={201: record} | conflicts,
        operation_id=f"{code}_create",
        summary="Create",
        openapi_extra=EXTRA,
    )
    @once(register, record, 201)
    def create_record(request, body: Body[creating]):
        return records(request, register).create(body.values.dict(exclude_unset=True), body.reason, _lines_of(body))

    @router.patch(
        "/{id}/",
        response={200: record} | conflicts,
        operation_id=f"{code}_change",
        summary="Change",
        openapi_extra=EXTRA,
    )
    @once(register, record)
    def change_record(request, id: str, body: Body[changing]):
        values, version = body.values.dict(exclude_unset=True), _required(_version(request, body.version))
        return records(request, register).change(id, values, version, body.reason, _lines_of(body))

    @router.post(
        "/{id}/void/",
        response={200: record} | conflicts,
        operation_id=f"{code}_void",
        summary="Void",
        openapi_extra=EXTRA,
    )
    @once(register, record)
    def void_record(request, id: str, body: Body[schemas.VoidIn]):
        return records(request, register).void(id, _version(request, body.version), body.reason)


def _add_state(router, register, record):
    @router.post(
        "/{id}/state/",
        response={200: record, 409: schemas.Outdated} | WRITES,
        operation_id=f"{register.code}_state",
        summary="Change the state",
        openapi_extra=EXTRA,
    )
    @once(register, record)
    def change_state(request, id: str, body: Body[schemas.state_schema(register)]):
        version = _required(_version(request, body.version))
        return records(request, register).change_state(id, body.state, version, body.reason)


def _add_bulk(router, register, narrowing):
    code = register.code

    @router.post(
        "/bulk/",
        response={202: schemas.BulkOut, 409: schemas.Outdated} | WRITES,
        operation_id=f"{code}_bulk",
        summary="Change or void many",
        openapi_extra=EXTRA,
    )
    @once(register, schemas.BulkOut, 202)
    def begin_bulk(request, body: Body[schemas.bulk_schema(register, narrowing)]):
        """Queued; `location` tells how far it is and which records were left alone, and why."""
        return many.begin(records(request, register), body)

    @router.get(
        "/bulk/{id}/",
        response={200: schemas.BulkOut} | READS,
        operation_id=f"{code}_bulk_read",
        summary="How far a change of many is",
    )
    def read_bulk(request, id: str):
        return many.found(records(request, register), id)
