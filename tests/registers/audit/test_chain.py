"""The chain shows every tampering: with values, rows, entries, batches, the end of the log. Redaction it accepts."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from backoffice.jobs.triggers import ensure_triggers
from backoffice.registers.audit import protection, redaction, sealing
from backoffice.registers.audit.models import Batch, Event, Redaction
from backoffice.registers.audit.verifying import verify
from backoffice.registers.changes import Act, Refused, Write, apply
from backoffice.registers.changes.opening import door_open
from backoffice.registers.models import Access, ChangeSet, SearchKey
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET

HISTORY = "customers_historicalcustomer"


@pytest.fixture(autouse=True)
def heads(tmp_path, settings):
    settings.AUDIT_HEADS = str(tmp_path / "heads")
    return tmp_path / "heads"


@pytest.fixture
def sealed(people, make, customers, monkeypatch):
    """A customer in three versions, a look at them, sealed in several batches."""
    monkeypatch.setattr(sealing, "SIZE", 4)
    # Tests beside this one hold transactions of their own on the same server, for which sealing would wait.
    monkeypatch.setattr(sealing, "_transactions", lambda: (0, 0))
    row = make(people.li, name="林叶", phone=SECRET, remark="一")
    apply(customers, [Write(row=row, values={"remark": "二"})], act=Act(people.mgr, "form", "改"))
    apply(customers, [Write(row=row, values={"remark": "三"})], act=Act(people.mgr, "form", "再改"))
    Access.objects.create(kind="reveal", actor=people.boss, register="customer", row=row.pk, reason="核对")
    assert sealing.seal_all() > 2
    assert verify().whole, verify().broken
    return row


def tamper(sql, *values):
    """What somebody does who may do anything to the database."""
    with connection.cursor() as cursor, door_open():
        for trigger in protection.declared():
            on = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")
        cursor.execute(sql, values)


def broken():
    with override("en"):
        found = verify().broken
    assert found is not None
    return found


def entries(row):
    return list(Event.objects.filter(register="customer", row=row.pk, entry__isnull=False).order_by("pk"))


# What the database refuses


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {HISTORY} SET remark = 'x'",
        f"DELETE FROM {HISTORY}",
        "UPDATE registers_changeset SET reason = 'x'",
        "DELETE FROM registers_changeset",
        "UPDATE registers_access SET reason = 'x'",
        "DELETE FROM registers_access",
        "UPDATE audit_event SET deed = 'view'",
        "DELETE FROM audit_event",
        "UPDATE audit_batch SET head = 'x'",
        "DELETE FROM audit_batch",
    ],
)
def test_the_database_refuses_to_change_what_was_written(sealed, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor, door_open():
        cursor.execute(sql)


def test_the_triggers_are_there_again_after_a_migrate(sealed):
    tamper("SELECT 1")
    ensure_triggers(protection.declared())
    with pytest.raises(DatabaseError), transaction.atomic():
        ChangeSet.objects.filter(finished_at__isnull=False).update(reason="x")


# What the chain shows


def test_a_changed_value_is_named(sealed):
    second = entries(sealed)[1]
    tamper(f"UPDATE {HISTORY} SET remark = 'x' WHERE history_id = %s", second.entry)
    found = broken()
    assert (found.kind, found.event, found.register, found.row) == ("value_changed", second.pk, "customer", sealed.pk)


def test_a_changed_act_and_a_changed_look_are_named(sealed):
    look = Access.objects.get()
    tamper("UPDATE registers_access SET reason = 'x' WHERE id = %s", look.pk)
    assert broken().kind == "value_changed" and broken().event == Event.objects.get(access=look).pk
    tamper("UPDATE registers_changeset SET reason = 'x' WHERE id = %s", entries(sealed)[1].change_set_id)
    assert broken().event == Event.objects.get(deed="closed", change_set=entries(sealed)[1].change_set_id).pk


def test_a_missing_row_is_named(sealed):
    second = entries(sealed)[1]
    tamper(f"DELETE FROM {HISTORY} WHERE history_id = %s", second.entry)
    assert (broken().kind, broken().event) == ("row_missing", second.pk)


def test_an_inserted_row_is_named(sealed, customers):
    columns = ", ".join(f'"{f.column}"' for f in customers.history._meta.concrete_fields if f.name != "history_id")
    tamper(
        f"INSERT INTO {HISTORY} ({columns}) SELECT {columns} FROM {HISTORY} WHERE version = 2 AND id = %s", sealed.pk
    )
    assert (broken().kind, broken().row) == ("row_inserted", sealed.pk)


def test_a_changed_a_missing_an_inserted_and_a_reordered_entry_are_named(sealed):
    first, second, third = (entry.pk for entry in entries(sealed))
    with transaction.atomic():
        tamper("UPDATE audit_event SET actor_id = actor_id + 1 WHERE id = %s", second)
        assert (broken().kind, broken().event) == ("entry_changed", second)
        transaction.set_rollback(True)
    with transaction.atomic():
        tamper("DELETE FROM audit_event WHERE id = %s", second)
        assert (broken().kind, broken().event) == ("entry_missing", second)
        transaction.set_rollback(True)
    with transaction.atomic():
        batch = Batch.objects.order_by("pk").first()
        gone = list(Event.objects.filter(pk__range=(batch.first, batch.last)).values_list("pk", flat=True))[-2]
        columns = ", ".join(f'"{f.column}"' for f in Event._meta.concrete_fields if f.name != "id")
        tamper(f"UPDATE audit_event SET id = -1 WHERE id = {gone}")
        tamper(
            f"INSERT INTO audit_event (id, {columns}) SELECT {gone}, {columns} FROM audit_event WHERE id = %s", third
        )
        assert broken().kind == "entry_changed" and broken().event == gone
        transaction.set_rollback(True)


def test_a_head_that_was_made_anew_differs_from_the_one_outside(sealed):
    """Whoever changes an entry and makes the whole chain anew cannot change what left the database."""
    second = entries(sealed)[1]
    tamper("UPDATE audit_event SET channel = 'api' WHERE id = %s", second.pk)
    head = ""
    for batch in Batch.objects.order_by("pk"):
        leaves, batch.leaves = sealing.leaves_of(batch)
        batch.head = head = sealing.chained(head, batch, leaves)
        batch.save()
    assert broken().kind in ("head_differs", "heads_missing")


def test_a_tail_that_was_cut_off_is_seen_from_outside(sealed):
    last = Batch.objects.order_by("-pk").first()
    tamper("DELETE FROM audit_batch WHERE id = %s", last.pk)
    tamper("DELETE FROM audit_event WHERE id >= %s", last.first)
    assert (broken().kind, broken().batch) == ("tail_cut", last.pk)


def test_heads_that_did_not_get_out_follow_later(sealed, heads, make, people):
    (path,) = Path(heads).glob("heads-*.jsonl")
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-2]) + '\n{"batch": 9')
    sealing.hand_out()
    assert [line["batch"] for line in sealing.handed_out(path)] == list(
        Batch.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert verify().whole


def test_the_command_says_it_in_words_and_as_json(sealed, capsys):
    call_command("verify_audit", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["whole"] and report["broken"] is None and report["batches"] == Batch.objects.count()
    tamper(f"UPDATE {HISTORY} SET remark = 'x' WHERE version = 2 AND id = %s", sealed.pk)
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out)["broken"]["kind"] == "value_changed"


# Redaction


@pytest.fixture
def gm(db):
    return org.person("GM", site=None, name="总经理")


def redacted(row, customers, people, gm, names=("phone", "remark")):
    asked = redaction.ask(customers, row, list(names), case="2026-17", reason="本人要求删除", by=people.mgr)
    return redaction.carry_out(asked, by=gm)


def test_a_redaction_removes_the_values_and_the_log_names_its_case(sealed, customers, people, gm):
    redacted(sealed, customers, people, gm)
    sealed.refresh_from_db()
    assert sealed.phone == f"#{sealed.public_id}" and sealed.remark == "" and sealed.version == 4
    states = customers.history.objects.filter(id=sealed.pk)
    assert not any(state.phone == SECRET or state.remark for state in states) and states.count() == 4
    assert {state.name for state in states} == {"林叶"}
    assert not SearchKey.objects.filter(register="customer", row=sealed.pk, key__contains=SECRET).exists()
    sealing.seal_all()
    report = verify()
    assert report.whole, report.broken
    assert [found["case"] for found in report.redactions] == ["2026-17"]


def test_what_a_redaction_left_is_still_vouched_for(sealed, customers, people, gm):
    redacted(sealed, customers, people, gm)
    tamper(f"UPDATE {HISTORY} SET name = 'x' WHERE version = 1 AND id = %s", sealed.pk)
    assert broken().kind == "value_changed"


def test_a_redaction_that_no_case_tells_of_is_a_break(sealed, customers, people, gm):
    redacted(sealed, customers, people, gm)
    tamper("DELETE FROM audit_redaction")
    assert broken().kind == "value_changed"


def test_it_takes_two_persons_and_the_right(sealed, customers, people, gm):
    asked = redaction.ask(customers, sealed, ["remark"], case="1", reason="要求", by=people.mgr)
    for user, code in ((people.mgr, "same_person"), (people.li, "not_entitled")):
        with pytest.raises(Refused) as refused:
            redaction.carry_out(asked, by=user)
        assert refused.value.refusals[0].code == code
    redaction.carry_out(asked, by=gm)
    with pytest.raises(Refused):
        redaction.carry_out(Redaction.objects.get(), by=gm)
    for names, case in ((["nothing"], "1"), ([], "1"), (["remark"], ""), (["site"], "1")):
        with pytest.raises(Refused):
            redaction.ask(customers, sealed, names, case=case, reason="要求", by=people.mgr)


def test_the_command_asks_and_carries_out(sealed, people, gm, capsys):
    words = ["customer", sealed.public_id, "remark", "--case", "3", "--reason", "要求", "--by", people.mgr.username]
    call_command("redact", *words)
    key = Redaction.objects.get().public_id
    assert key in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("redact", "--confirm", key, "--by", people.mgr.username)
    with pytest.raises(CommandError):
        call_command("redact", "--confirm", key, "--by", people.li.username)
    call_command("redact", "--confirm", key, "--by", gm.username)
    sealed.refresh_from_db()
    assert sealed.remark == ""
    with pytest.raises(CommandError):
        call_command("redact", "customer", "nosuchrecord", "remark", "--by", people.mgr.username)
