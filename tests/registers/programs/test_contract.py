"""The API does what its document says: no request breaks it, and every answer has the shape that is promised.

Schemathesis makes requests from the document, valid and broken ones, for every operation; always the same ones.
"""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backoffice.registers.api import api
from backoffice.registers.lists.models import BulkEdit
from backoffice.registers.programs import tokens
from backoffice.registers.programs.models import AccessToken
from tests.organisation import factories as org
from tests.registers import test_every_register

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = 3
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))


@pytest.fixture(scope="module")
def operations():
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = get_wsgi_application()
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.fixture(autouse=True)
def one_connection():
    """Requests stay in the transaction of the test, as Django's own client keeps them."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def secret(db, settings):
    settings.API_REQUESTS_PER_MINUTE = 10**6
    org.site()
    _token, secret = tokens.issue(org.superuser(), name="x", scope="write", registers=[], days=30)
    return secret


def something(label):
    """The id of what an operation speaks of: a record of its register, made by the suite, or a bulk edit."""
    code = label.split("/")[3]
    if "/bulk/" in label:
        owner = AccessToken.objects.get().owner
        return BulkEdit.objects.create(register=code, owner=owner, action=BulkEdit.Action.VOID).public_id
    return test_every_register.SUITES[code]().add(1)[0].public_id


LABELS = [f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("label", LABELS)
def test_no_request_breaks_an_operation(operations, secret, label, mode):
    operation, met = operations[label], []
    record = something(label) if "{id}" in label else None

    @seed(20250601)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def every(case):
        if record and mode == GenerationMode.POSITIVE:
            case.path_parameters["id"] = record
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(answer, checks=CHECKS)
        met.append(answer.status_code)

    every()
    # Readers who ask rightly get through, or the test would prove nothing.
    assert mode == GenerationMode.NEGATIVE or not label.startswith("GET") or 200 in met
