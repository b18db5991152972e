"""The API: the same rows, masks and verbs as the screens, by session or token."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import APIToken

from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from backoffice.registers.programs import tokens
from tests.organisation import factories as org

from .conftest import SECRET

BASE = "/api/v1/customer/"


def send(client, method, path="", body=None):
    return getattr(client, method)(BASE + path, json.dumps(body or {}), content_type="application/json")


def test_nobody_gets_401_and_the_denied_404(as_, people, make):
    row = make(people.li)
    for path in ("", f"{row.public_id}/", f"{row.public_id}/history/"):
        assert Client().get(BASE + path).status_code == 401
        assert as_(people.wang).get(BASE + path).status_code == (200 if path == "" else 404)
        assert as_(org.person("TRN")).get(BASE + path).status_code == 404
    assert send(as_(people.wang), "patch", f"{row.public_id}/", {"version": 1, "values": {}}).status_code == 404


def test_a_token_stands_for_its_user_and_a_wrong_one_for_nobody(people, make):
    row = make(people.li, phone=SECRET)
    _token, key = tokens.issue(people.li, name="报表", scope="read", registers=[], days=30)
    listed = Client().get(BASE, headers={"Authorization": f"Bearer {key}"}).json()
    assert [item["id"] for item in listed["items"]] == [row.public_id] and listed["items"][0]["phone"] == SECRET
    wrong = Client()
    wrong.force_login(people.li, backend="backoffice.organisation.backends.SeatHolders")
    _token, foreign = APIToken.create_token(user=people.li, name="Wagtail")
    for key in ("wrong", "", "bo_é", foreign):
        assert wrong.get(BASE, headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert Client().get("/api/v1/openapi.json", headers={"Authorization": "Bearer x"}).status_code == 401
    assert Client().get("/api/v1/docs/").status_code == 401


def test_lists_mask_narrow_search_and_turn_pages(as_, people, make):
    for n in range(5):
        make(people.li, name=f"林叶{n}", intent_grade="AB"[n % 2], phone=SECRET if n == 4 else f"1990004{n:04d}")
    client = as_(people.mgr)
    first = client.get(BASE, {"limit": 2, "ordering": "name"}).json()
    second = client.get(BASE, {"limit": 2, "ordering": "name", "cursor": first["next"]}).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["林叶0", "林叶1", "林叶2", "林叶3"]
    assert first["count"] == 5 and first["items"][0]["masked"] == ["phone"]
    assert first["items"][0]["owner_consultant"] == {"id": people.li.staff.public_id, "name": "李思远"}
    assert len(client.get(BASE, {"intent_grade": "A"}).json()["items"]) == 3
    found = send(client, "post", "search/", {"query": SECRET, "filters": {"intent_grade": ["A"]}}).json()
    assert [item["name"] for item in found["items"]] == ["林叶4"] and SECRET not in json.dumps(found)
    assert (
        send(client, "post", "search/", {"query": SECRET, "filters": {"intent_grade": ["B"]}}).json()["items"] == []
    )
    for question in ({"ordering": "phone"}, {"phone": SECRET}, {"colour": "red"}):
        refused = client.get(BASE, question)
        assert refused.status_code == 422 and SECRET not in refused.text and refused.json()["errors"]["record"]


def test_a_record_is_created_changed_and_voided_through_the_door(as_, people, customers):
    client = as_(people.li)
    values = {"name": "林叶", "phone": "199 0000 1234", "owner_consultant": people.li.staff.public_id}
    made = send(client, "post", "", {"values": values, "reason": "官网留言"})
    assert made.status_code == 201, made.text
    record = made.json()
    row = customers.model.rows.get(public_id=record["id"])
    assert (record["phone"], row.created_by, record["version"]) == ("19900001234", people.li, 1)
    change = {"version": 1, "values": {"intent_grade": "A", "budget": ["900000"]}, "reason": "到访"}
    assert send(client, "patch", f"{row.public_id}/", change).status_code == 200
    stale = send(client, "patch", f"{row.public_id}/", {"version": 1, "values": {"intent_grade": "B"}})
    assert stale.status_code == 409 and stale.json()["version"] == 2
    history = client.get(f"{BASE}{row.public_id}/history/").json()["items"]
    assert [(entry["channel"], entry["reason"]) for entry in history] == [("API", "到访"), ("API", "官网留言")]
    assert send(client, "post", f"{row.public_id}/void/", {"reason": "x"}).status_code == 404
    assert send(as_(people.mgr), "post", f"{row.public_id}/void/", {"reason": ""}).status_code == 422
    assert send(as_(people.mgr), "post", f"{row.public_id}/void/", {"reason": "重复"}).json()["void"] is True


@pytest.mark.parametrize(
    "values",
    [{"phone": "12345"}, {"nothing": 1}, {"owner_consultant": "zzzzzzzzzzzz"}, {"age": -3}, {"intent_grade": "Z"}],
)
def test_broken_rules_are_named_and_nothing_is_written(as_, people, make, values):
    row = make(people.li)
    answer = send(as_(people.mgr), "patch", f"{row.public_id}/", {"version": 1, "values": values})
    row.refresh_from_db()
    assert answer.status_code == 422 and next(iter(values)) in answer.text and row.version == 1


def test_a_mask_sent_back_is_not_a_new_value(as_, people, make):
    row = make(people.li, phone=SECRET, identity_number="AB1234567")
    client = as_(people.mgr)
    shown = client.get(f"{BASE}{row.public_id}/").json()
    values = {name: shown[name] for name in ("name", "phone", "identity_number")} | {"remark": "改"}
    answer = send(client, "patch", f"{row.public_id}/", {"version": 1, "values": values})
    row.refresh_from_db()
    assert answer.status_code == 200, answer.text
    assert (row.phone, row.identity_number, row.remark) == (SECRET, "AB1234567", "改")


def test_a_restricted_field_and_a_foreign_record_are_refused(as_, people, make):
    row = make(people.li)
    values = {"owner_consultant": people.wang.staff.public_id}
    assert send(as_(people.bo), "patch", f"{row.public_id}/", {"version": 1, "values": values}).status_code == 404
    stranger = org.person("PC", site=org.site("B")).staff
    values = {"owner_consultant": stranger.public_id}
    assert send(as_(people.mgr), "patch", f"{row.public_id}/", {"version": 1, "values": values}).status_code == 422


def test_a_session_needs_the_csrf_token_to_write(people, make):
    row = make(people.li)
    client = Client(enforce_csrf_checks=True)
    org.sign_in(client, people.li)
    assert send(client, "patch", f"{row.public_id}/", {"version": 1, "values": {}}).status_code == 403


def test_lists_cost_the_same_queries_for_one_row_and_fifty(as_, people, make, customers):
    make(people.li)
    client = as_(people.li)
    client.get(BASE)
    with CaptureQueriesContext(connection) as one:
        client.get(BASE)
    apply(
        customers,
        [
            Write(
                values={
                    "site": people.site,
                    "name": "x",
                    "phone": f"1990005{n:04d}",
                    "owner_consultant": people.li.staff,
                }
            )
            for n in range(49)
        ],
        act=org.by_system(),
    )
    with CaptureQueriesContext(connection) as fifty:
        assert len(client.get(BASE).json()["items"]) == 50
    assert len(fifty) == len(one)


def test_the_document_describes_every_register(as_, people):
    document = as_(people.li).get("/api/v1/openapi.json").json()
    assert {"/api/v1/customer/", "/api/v1/staff/{id}/", "/api/v1/site/search/"} <= set(document["paths"])
    record = document["components"]["schemas"]["CustomerRecord"]["properties"]
    assert {"id", "version", "masked", "phone", "budget"} <= set(record)
    assert set(document["paths"]["/api/v1/customer/{id}/"]["patch"]["responses"]) >= {
        "200",
        "401",
        "404",
        "409",
        "422",
    }


def test_a_change_names_its_version_in_the_header_or_in_the_body(as_, people, make):
    row = make(people.li, remark="旧")
    client = as_(people.mgr)
    address = f"/api/v1/customer/{row.public_id}/"
    assert client.get(address)["ETag"] == '"1"'

    def change(remark, tag=None, **body):
        headers = {"If-Match": tag} if tag else {}
        posted = {"values": {"remark": remark}} | body
        return client.patch(address, posted, content_type="application/json", headers=headers)

    assert change("无版本").status_code == 422
    answer = change("新", '"1"')
    assert answer.status_code == 200 and answer["ETag"] == '"2"'
    assert change("晚到", '"1"').status_code == 409 and change("晚到", version=1).status_code == 409
    assert change("再改", version=2).status_code == 200
    row.refresh_from_db()
    assert (row.remark, row.version) == ("再改", 3)


def test_every_search_is_described_with_the_filters_of_its_own_register():
    from backoffice.registers.api import api

    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    for register in catalogue.registers():
        body = document["paths"][f"/api/v1/{register.code}/search/"]["post"]["requestBody"]
        (told,) = [part["schema"]["$ref"].rsplit("/", 1)[-1] for part in body["content"].values()]
        (named,) = schemas[told]["properties"]["filters"]["allOf"]
        filters = named["$ref"].rsplit("/", 1)[-1]
        names = {name.rpartition("_")[0] or name for name in schemas[filters]["properties"]} | set(
            schemas[filters]["properties"]
        )
        assert set(register.filters) <= names, register.code
