"""A request sent twice is done once: Idempotency-Key."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from backoffice.jobs import clock, faults
from backoffice.jobs.queue import enqueue
from backoffice.jobs.worker import drain
from backoffice.registers.changes import door
from backoffice.registers.programs.models import KeptAnswer
from tests.organisation import factories as org

from .conftest import BASE, Program

BODY = {"values": {"name": "林叶", "phone": "19900007788"}, "reason": "官网"}


def key(name="k-1"):
    return {"Idempotency_Key": name}


def test_the_same_request_gets_the_same_answer_and_writes_once(program, customers):
    asking = program()
    first = asking.ask("POST", BASE, BODY, **key())
    again = asking.ask("POST", BASE, BODY, **key())
    assert (first.status_code, again.status_code) == (201, 201) and first.content == again.content
    assert again["ETag"] == first["ETag"] == '"1"' and again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert customers.model.rows.count() == 1
    assert asking.ask("POST", BASE, BODY).status_code == 422  # without the key it is a second customer: same number


def test_every_writing_request_takes_a_key(people, make, program):
    row, asking = make(people.li), program()
    address = f"{BASE}{row.public_id}/"
    change = {"version": 1, "values": {"remark": "改"}}
    for method, place, body in (("PATCH", address, change), ("POST", f"{address}void/", {"reason": "重复"})):
        first, again = (asking.ask(method, place, body, **key(place)) for _number in range(2))
        assert first.status_code == again.status_code == 200 and first.content == again.content
    row.refresh_from_db()
    assert row.version == 3


def test_another_body_address_or_version_under_the_same_key_is_refused(people, make, program):
    row, asking = make(people.li), program()
    address = f"{BASE}{row.public_id}/"
    asking.ask("PATCH", address, {"version": 1, "values": {"remark": "一"}}, **key())
    for other in (
        asking.ask("PATCH", address, {"version": 1, "values": {"remark": "二"}}, **key()),
        asking.ask("POST", f"{address}void/", {"version": 1, "values": {"remark": "一"}}, **key()),
        asking.ask("PATCH", address, {"version": 1, "values": {"remark": "一"}}, If_Match='"2"', **key()),
    ):
        assert other.status_code == 422
    row.refresh_from_db()
    assert row.remark == "一"


@pytest.mark.parametrize("bad", ["", " ", "x" * 256, "键"])
def test_a_key_that_is_none_is_refused(program, customers, bad):
    answer = program().ask("POST", BASE, BODY, Idempotency_Key=bad)
    assert answer.status_code == 422 and not customers.model.rows.exists()


def test_a_refused_request_keeps_nothing_and_may_be_sent_mended(program, customers):
    asking = program()
    assert asking.ask("POST", BASE, {"values": {"name": "林叶", "phone": "1"}}, **key()).status_code == 422
    assert not KeptAnswer.objects.exists()
    assert asking.ask("POST", BASE, BODY, **key()).status_code == 201


def test_keys_are_the_owners_own_and_answers_are_asked_for_with_the_rights_of_now(people, program, customers):
    li = program(people.li)
    assert li.ask("POST", BASE, BODY, **key()).status_code == 201
    other = {"values": BODY["values"] | {"phone": "19900001111"}}
    assert program(people.wang).ask("POST", BASE, other, **key()).status_code == 201
    assert program(people.li, "read").ask("POST", BASE, BODY, **key()).status_code == 403
    org.end(people.li, clock.today() - timedelta(days=1))
    assert li.ask("POST", BASE, BODY, **key()).status_code == 401


def test_the_kept_answer_is_encrypted_and_forgotten_after_a_day(people, program):
    asking = program(people.li)
    values = BODY["values"] | {"owner_consultant": people.li.staff.public_id}
    asking.ask("POST", BASE, {"values": values}, **key())
    with connection.cursor() as cursor:
        cursor.execute("SELECT question, body FROM programs_keptanswer")
        stored = str(cursor.fetchall())
    assert "19900007788" not in stored and "林叶" not in stored
    assert "19900007788" in KeptAnswer.objects.get().body
    with clock.shift(timedelta(hours=25)):
        enqueue("programs.forget")
        drain()
    assert not KeptAnswer.objects.exists()


def test_a_process_that_dies_before_the_commit_leaves_neither_record_nor_key(monkeypatch, program, customers):
    asking = program()

    def die(*args, **kwargs):
        raise faults.Fault("killed")

    with monkeypatch.context() as patch:
        patch.setattr(KeptAnswer.objects, "create", die)
        with pytest.raises(faults.Fault), transaction.atomic():
            asking.ask("POST", BASE, BODY, **key())
    assert not customers.model.rows.exists() and not KeptAnswer.objects.exists()
    assert asking.ask("POST", BASE, BODY, **key()).status_code == 201


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_once_and_the_second_is_told_to_wait(monkeypatch):
    from backoffice.registers import catalogue

    asking = Program(org.person("SM"))
    inside, go_on, answers = threading.Event(), threading.Event(), []
    store = door.store

    def slowly(*args):
        inside.set()
        go_on.wait(20)
        return store(*args)

    monkeypatch.setattr(door, "store", slowly)

    def first():
        answers.append(asking.ask("POST", BASE, BODY, **key()))
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(20)
    second = asking.ask("POST", BASE, BODY, **key())
    go_on.set()
    thread.join()
    assert second.status_code == 409 and second["Retry-After"] == "1"
    assert second.json()["type"].endswith("still-running")
    assert answers[0].status_code == 201
    third = asking.ask("POST", BASE, BODY, **key())
    assert third.content == answers[0].content and catalogue.get("customer").model.rows.count() == 1
