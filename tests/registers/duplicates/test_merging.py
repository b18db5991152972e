"""Records are merged as one act and taken apart again as one act; nothing of either is lost."""

import threading

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.registers.changes import Act, Conflict, Denied, Refused, Write, apply, undo
from backoffice.registers.definitions.models import Kind
from backoffice.registers.duplicates.merging import TOGETHER, kept_for
from backoffice.registers.duplicates.models import Merge, Merged
from backoffice.registers.notes.models import Attachment, Comment
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens import timeline
from tests.organisation import factories as org
from tests.registers.definitions.conftest import added

pytestmark = pytest.mark.django_db


def state(register):
    """Every living customer with its lines and values, without what each write changes."""
    skipped = ("version", "updated_at")
    names = [f.attname for f in register.model._meta.concrete_fields if f.attname not in skipped]
    rows = list(register.model.rows.filter(voided_at=None).order_by("pk"))
    lines = {
        part.code: [
            (line.name, getattr(line, part.reference)) for found in part.lines_of(rows).values() for line in found
        ]
        for part in register.parts
    }
    return [{name: getattr(row, name) for name in names} for row in rows], lines


def afresh(*rows):
    for row in rows:
        row.refresh_from_db()


def test_the_kept_record_takes_the_chosen_values_and_the_other_is_void_and_leads_to_it(register, enter, merge):
    kept = enter("陈予安", intent_grade="C", remark="旧")
    other = enter("陈予案", intent_grade="A", awareness_source=["friend"])
    done = merge(kept, other, chosen={"intent_grade": other, "awareness_source": TOGETHER})
    afresh(kept, other)
    assert (kept.name, kept.intent_grade, kept.remark, kept.awareness_source) == ("陈予安", "A", "旧", ["friend"])
    assert other.is_void and other.void_reason == "同一人" and kept_for(register, other) == kept
    assert (done.change_set.updated, done.change_set.voided) == (1, 1)
    # A telephone that was not chosen still finds the customer.
    assert kept.further_phones == [other.phone]


def test_the_kept_record_may_take_the_telephone_of_the_other_and_gives_it_back(register, enter, merge, manager):
    kept, other = enter(), enter()
    before, phone = state(register), other.phone
    done = merge(kept, other, chosen={"phone": other})
    afresh(kept)
    assert kept.phone == phone
    undo(done.change_set, act=Act(manager, "undo", "不是一人"))
    assert state(register) == before


def test_what_pointed_to_the_other_points_to_the_kept_one_until_it_is_undone(register, enter, merge, manager):
    keeper = viewer_of(manager)
    field = added(keeper, kind=Kind.RECORD, label="介绍人", target="customer")
    kept, other, friend = enter(), enter(), enter()
    apply(register, [Write(row=friend, values={field.key: other})], act=org.by_system())
    afresh(friend)
    done = merge(kept, other)
    afresh(friend)
    assert register.column(field.key).raw(friend) == kept.pk
    inner = done.change_set.on_the_way.get()
    assert inner.reason == "同一人"
    undo(done.change_set, act=Act(manager, "undo", "不是一人"))
    afresh(friend, other)
    assert register.column(field.key).raw(friend) == other.pk and not other.is_void


def test_files_comments_and_lines_go_along_and_come_back(register, enter, merge, manager):
    kept, other = enter(), enter()
    part = register.parts[0]
    line = Write(values={"name": "刘清", "relation": "spouse"})
    apply(register, [Write(row=other, lines={part.code: [line]})], act=org.by_system())
    afresh(other)
    file = Attachment.objects.create(
        register="customer", row=other.pk, name="证件.pdf", kind="pdf", size=1, sha256="0" * 64, state="ready"
    )
    said = Comment.objects.create(register="customer", row=other.pk, author=manager)
    before = state(register)
    done = merge(kept, other)
    afresh(file, said)
    assert {file.row, said.row} == {kept.pk}
    assert [line.name for line in part.lines_of([kept])[kept.pk]] == ["刘清"]
    later = Comment.objects.create(register="customer", row=kept.pk, author=manager)
    undo(done.change_set, act=Act(manager, "undo", "不是一人"))
    afresh(file, said, later)
    assert ({file.row, said.row}, later.row) == ({other.pk}, kept.pk)
    assert state(register) == before
    assert not Merged.objects.filter(active=True).exists()


def test_an_undone_merge_can_be_done_again_by_taking_the_undoing_back(register, enter, merge, manager):
    kept, other = enter(), enter()
    said = Comment.objects.create(register="customer", row=other.pk, author=manager)
    done = merge(kept, other)
    undoing = undo(done.change_set, act=Act(manager, "undo", "不是一人"))
    undo(undoing, act=Act(manager, "undo", "还是一人"))
    afresh(said, other)
    assert other.is_void and said.row == kept.pk and kept_for(register, other) == kept


def test_both_histories_stand_on_the_timeline_of_the_kept_record(register, enter, merge, manager):
    kept, other = enter("陈予安"), enter("陈予案", remark="第一次来访")
    apply(register, [Write(row=other, values={"remark": "第二次来访"})], act=org.by_system("再访"))
    afresh(other)
    merge(kept, other)
    entries, _more = timeline.timeline(register, kept, viewer_of(manager))
    told = [entry for entry in entries if "陈予案" in entry.what]
    assert [entry.reason for entry in told] == ["同一人", "再访", "test"]
    assert "第二次来访" in str(told[1].differences)


def test_a_record_written_since_it_was_seen_is_a_conflict_and_nothing_is_merged(register, enter, merge):
    kept, other = enter(), enter()
    stale = register.model.rows.get(pk=other.pk)
    apply(register, [Write(row=other, values={"remark": "改"})], act=org.by_system())
    before = state(register)
    with pytest.raises(Conflict):
        merge(kept, stale)
    assert state(register) == before and not Merge.objects.exists()


def test_a_merge_wants_a_reason_and_two_to_four_records_of_one_site(register, enter, merge):
    kept, other, far = enter(), enter(), enter(site=org.site("B"))
    everywhere = org.person("SM", site=None)
    for rows, reason in (
        ((kept, other), " "),
        ((kept,), "x"),
        ((kept, far), "x"),
        ([enter() for _ in range(5)], "x"),
    ):
        with pytest.raises(Refused):
            merge(*rows, reason=reason, user=everywhere)
    assert not Merge.objects.exists()


@pytest.mark.parametrize("role", ["PC", "BO", "SS", "GM", "MKT"])
def test_who_may_not_change_and_void_all_of_them_merges_nothing(register, enter, merge, role):
    user = org.person(role)
    kept, other = enter(owner_consultant=user.staff), enter(owner_consultant=user.staff)
    with pytest.raises(Denied):
        merge(kept, other, user=user)
    assert not Merge.objects.exists() and not other.is_void


VALUES = st.fixed_dictionaries(
    {
        "intent_grade": st.sampled_from(["", "A", "B", "C"]),
        "remark": st.sampled_from(["", "一", "二"]),
        "awareness_source": st.lists(st.sampled_from(["friend", "online", "outdoor"]), unique=True),
        "age": st.sampled_from([None, 30, 40]),
        "do_not_contact": st.booleans(),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, min_size=2, max_size=4), picks=st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_merging_and_undoing_gives_the_same_rows_as_before(register, enter, merge, manager, values, picks):
    rows = [enter(**one) for one in values]
    before = state(register)
    names = ["intent_grade", "remark", "awareness_source", "age", "phone", "name"]
    chosen = {name: rows[pick % len(rows)] for name, pick in zip(names, picks, strict=True)}
    done = merge(*rows, chosen=chosen)
    kept = register.model.rows.get(pk=rows[0].pk)
    assert all(register.column(name).raw(kept) == register.column(name).raw(row) for name, row in chosen.items())
    assert {row.phone for row in rows} <= {kept.phone, *kept.further_phones}
    undo(done.change_set, act=Act(manager, "undo", "不是一人"))
    assert state(register) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="one writer at a time: the second meets a void record there"
)
def test_of_two_merges_at_once_one_wins_and_the_other_is_refused(register, enter, merge, manager):
    first, second = enter(), enter()
    began, outcomes = threading.Barrier(2), []

    def work(kept, other):
        try:
            began.wait()
            merge(kept, other)
            outcomes.append("merged")
        except (Conflict, Denied, Refused):
            outcomes.append("refused")
        except Exception as error:  # told by the assertion below
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    pairs = [(first, second), (second, first)]
    copies = [[register.model.rows.get(pk=row.pk) for row in pair] for pair in pairs]
    threads = [threading.Thread(target=work, args=pair) for pair in copies]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["merged", "refused"]
    assert register.model.rows.filter(voided_at=None).count() == 1
