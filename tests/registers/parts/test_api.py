"""Lines over the API: read with their record, written with it, refused by their place."""

import pytest

from backoffice.customers.models import Customer, HouseholdMember
from backoffice.registers import catalogue
from tests.organisation import factories as org

from .test_door import PART, household, line, write

pytestmark = pytest.mark.django_db
BASE = "/api/v1/customer/"


@pytest.fixture
def register():
    org.site()
    return catalogue.get("customer")


@pytest.fixture
def manager(client, register):
    org.sign_in(client, org.person("SM"))
    return client


def send(client, method, path, **body):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json")


def test_lines_are_read_with_their_record_masked_like_it_and_as_they_were(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001", age=30)])
    then = row.updated_at.isoformat()
    write(register, row, [line(HouseholdMember.rows.get(), age=31)])

    (told,) = manager.get(f"{BASE}{row.public_id}/").json()["lines"][PART]
    assert (told["name"], told["phone"], told["age"], told["masked"]) == ("陈予安", "199****0001", 31, ["phone"])
    (listed,) = manager.get(BASE).json()["items"]
    assert listed["lines"][PART] == [told]
    (past,) = manager.get(f"{BASE}{row.public_id}/", {"as_of": then}).json()["lines"][PART]
    assert past["age"] == 30


def test_lines_are_added_changed_and_taken_out_by_one_request(manager, register):
    lines = {PART: [{"name": "陈予安", "relation": "spouse"}, {"name": "林小满", "age": 6}]}
    made = send(manager, "post", "", values={"name": "林书岚", "phone": "19900010001"}, lines=lines)
    assert made.status_code == 201, made.text
    spouse, child = made.json()["lines"][PART]
    row = Customer.rows.get()

    lines = {PART: [{"id": spouse["id"], "take_out": True}, {"id": child["id"], "age": 7}, {"name": "林母"}]}
    changed = send(manager, "patch", f"{row.public_id}/", version=1, lines=lines, reason="补登")

    assert changed.status_code == 200 and changed.json()["version"] == 2
    assert household(row) == [("林小满", 7), ("林母", None)]


def test_a_mask_that_comes_back_changes_nothing(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001")])
    key = HouseholdMember.rows.get().public_id
    lines = {PART: [{"id": key, "phone": "199****0001", "name": "陈予安"}]}
    assert send(manager, "patch", f"{row.public_id}/", version=1, lines=lines).json()["version"] == 1
    assert HouseholdMember.rows.get().phone == "19900020001"


def test_what_is_wrong_with_a_line_is_told_at_its_place_and_nothing_is_written(manager, register):
    _done, row = write(register, lines=[line(name="陈予安")])
    other = write(register, lines=[line(name="林母")], phone="19900010002")[1]
    stranger = HouseholdMember.rows.get(customer=other).public_id
    cases = [
        ([{"name": "林小满"}, {"name": "陈予安"}], f"lines.{PART}.1.name"),
        ([{"name": "林小满", "phone": "12"}], f"lines.{PART}.0.phone"),
        ([{"id": stranger, "age": 3}], f"lines.{PART}.0.id"),
        ([{"nobody": 3}], f"lines.{PART}.0.nobody"),
    ]
    for lines, place in cases:
        answer = send(manager, "patch", f"{row.public_id}/", version=1, lines={PART: lines})
        assert answer.status_code == 422 and place in answer.json()["errors"], answer.text
    assert household(row) == [("陈予安", None)] and household(other) == [("林母", None)]


def test_an_older_version_of_a_line_is_a_conflict(manager, register):
    _done, row = write(register, lines=[line(name="陈予安")])
    child = HouseholdMember.rows.get()
    write(register, row, [line(child, age=3)])
    lines = {PART: [{"id": child.public_id, "version": 1, "age": 4}]}
    assert send(manager, "patch", f"{row.public_id}/", version=2, lines=lines).status_code == 409


def test_who_does_not_reach_the_record_reads_and_writes_no_line(client, register):
    _done, row = write(register, lines=[line(name="陈予安")])
    org.sign_in(client, org.person("PC"))
    assert client.get(f"{BASE}{row.public_id}/").status_code == 404
    assert send(client, "patch", f"{row.public_id}/", version=1, lines={PART: [{"name": "林母"}]}).status_code == 404
    assert household(row) == [("陈予安", None)]
