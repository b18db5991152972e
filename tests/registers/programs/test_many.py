"""Many records by one request, and the change of a state: through the door, with the rights of the owner."""

import pytest

from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from backoffice.registers.models import ChangeSet
from tests.organisation import factories as org
from tests.registers.test_every_register import SUITES

from .conftest import BASE

BULK = f"{BASE}bulk/"


def test_many_are_changed_in_the_background_and_the_result_is_told(people, make, program):
    rows, asking = [make(people.li) for _number in range(3)], program()
    body = {
        "action": "change",
        "ids": [row.public_id for row in rows],
        "values": {"intent_grade": "A"},
        "reason": "复核",
    }
    begun = asking.ask("POST", BULK, body, Idempotency_Key="b-1")
    assert begun.status_code == 202 and begun.json()["state"] == "writing", begun.text
    assert asking.ask("POST", BULK, body, Idempotency_Key="b-1").content == begun.content
    apply(catalogue.get("customer"), [Write(row=rows[0], values={"remark": "先到"})], act=org.by_system("先到"))
    drain()
    told = asking.ask("GET", begun["Location"]).json()
    assert (told["state"], told["written"], told["conflicts"]) == ("done", 2, 1)
    assert [problem["id"] for problem in told["problems"]] == [rows[0].public_id]
    act = ChangeSet.objects.get(public_id=told["change_set"])
    assert (act.channel, act.reason, act.actor, act.updated) == ("bulk", "复核", people.mgr, 2)
    rows[1].refresh_from_db()
    assert rows[1].intent_grade == "A"


def test_a_question_chooses_what_is_voided(people, make, program, customers):
    for number in range(4):
        make(people.li, intent_grade="AB"[number % 2])
    where = {"filters": {"intent_grade": ["A"]}}
    begun = program().ask("POST", BULK, {"action": "void", "where": where, "reason": "重复"})
    drain()
    assert begun.status_code == 202
    assert customers.model.rows.filter(voided_at=None).count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "void", "reason": "x"}, "ids"),
        ({"action": "void", "reason": "x", "ids": ["zzzzzzzzzzzz"]}, "ids"),
        ({"action": "void", "reason": "", "ids": ["zzzzzzzzzzzz"]}, "reason"),
        ({"action": "erase", "reason": "x", "where": {}}, "action"),
        ({"action": "change", "reason": "x", "where": {}}, "values"),
        ({"action": "change", "reason": "x", "where": {}, "values": {"phone": "19900001111"}}, "phone"),
        ({"action": "change", "reason": "x", "where": {}, "values": {"intent_grade": "Z"}}, "intent_grade"),
        ({"action": "void", "reason": "x", "where": {"filters": {"intent_grade": ["Z"]}}}, "conditions"),
    ],
)
def test_what_cannot_be_done_is_refused_by_field(people, make, program, customers, body, field):
    row = make(people.li)
    answer = program().ask("POST", BULK, body)
    assert answer.status_code == 422 and (field in answer.json()["errors"] or field == "conditions"), answer.text
    drain()
    row.refresh_from_db()
    assert row.version == 1


def test_nobody_reaches_further_by_asking_for_many(people, make, program):
    row = make(people.li)
    body = {"action": "change", "ids": [row.public_id], "values": {"intent_grade": "A"}, "reason": "x"}
    assert program(people.wang).ask("POST", BULK, body).status_code == 422
    assert program(people.li).ask("POST", BULK, {"action": "void", "where": {}, "reason": "x"}).status_code == 404
    assert program(people.mgr, "read").ask("POST", BULK, body).status_code == 403
    begun = program().ask("POST", BULK, body)
    assert program(people.li).ask("GET", begun["Location"]).status_code == 404
    row.refresh_from_db()
    assert row.version == 1


def test_a_state_is_changed_by_whom_the_form_lets(people, program):
    unit = SUITES["unit"]().add(1)[0]
    address, body = f"/api/v1/unit/{unit.public_id}/state/", {"state": "withdrawn", "version": 1, "reason": "展示"}
    assert program(people.bo).ask("POST", address, body).status_code == 404
    assert program(people.li).ask("POST", address, body).status_code == 404
    asking = program(org.superuser())
    assert asking.ask("POST", address, body | {"version": None}).status_code == 422
    assert asking.ask("POST", address, body | {"state": "nonsense"}).status_code == 422
    assert asking.ask("POST", address, body | {"version": 7}).status_code == 409
    answer = asking.ask("POST", address, body)
    assert answer.status_code == 200 and answer.json()["state"] == "withdrawn" and answer["ETag"] == '"2"', (
        answer.text
    )
    unit.refresh_from_db()
    assert unit.state == "withdrawn"


def test_registers_without_a_state_have_no_such_address(people, make, program):
    assert program().ask("POST", f"{BASE}{make(people.li).public_id}/state/", {"state": "x"}).status_code == 404
