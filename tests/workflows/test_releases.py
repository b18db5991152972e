"""A release never changes, counts from its day on, and only the newest of them counts."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from backoffice.jobs import clock
from backoffice.jobs.models import Outbox
from content.handbook.models import Section
from tests.content.factories import change, clauses, draft_section, publish, released_section, shelf
from workflows.approvals.operations import propose_withdrawal
from workflows.releases.models import Release, ReleaseIsFinal
from workflows.releases.operations import fingerprint, in_force

DAY = timedelta(days=1)


def test_numbers_of_an_object_run_from_one_without_gaps(people):
    section = released_section(people, "一。")
    other = released_section(people, "二。")
    change(section, people, "三。")
    change(section, people, "四。")
    assert list(Release.objects.of(section).order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Release.objects.of(other).get().number == 1


def test_a_release_is_never_changed_or_deleted(people):
    release = Release.objects.of(released_section(people)).get()
    release.title = "other"
    for change_it in (release.save, release.delete):
        with pytest.raises(ReleaseIsFinal):
            change_it()
    for column in ("title", "content", "content_hash", "effective_from", "decided_by", "number", "audience"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.update(**{column: getattr(release, column)})
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.all().delete()
    release = Release.objects.get(pk=release.pk)
    assert fingerprint(release) == release.content_hash


def test_the_database_refuses_a_release_by_one_pair_of_eyes(people):
    release = Release.objects.of(released_section(people)).get()
    copy = Release.objects.get(pk=release.pk)
    copy.pk, copy._state.adding, copy.number, copy.revision_id = None, True, 2, 999
    copy.public_id, copy.submitted_by = "0" * 32, copy.decided_by
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save()


def test_the_newest_release_whose_day_has_come_counts(people):
    section = released_section(people, "一。")
    today = clock.today()
    change(section, people, "下周起。", effective_from=today + 7 * DAY)
    assert in_force(section).number == 1
    assert in_force(section, today + 7 * DAY).number == 2
    assert in_force(section, today - DAY) is None
    # Written on top of the coming text, and in force at once: the later decision counts from now on.
    change(section, people, "马上。", effective_from=None)
    assert in_force(section).number == 3
    assert in_force(section, today + 30 * DAY).number == 3


def test_all_objects_in_force_take_one_query(people, django_assert_num_queries):
    sections = [released_section(people) for _ in range(3)]
    change(sections[0], people, "新。")
    today = clock.today()
    with django_assert_num_queries(1):
        found = list(in_force(Section, today))
    assert sorted(r.number for r in found) == [1, 1, 2]


def test_the_effective_day_is_never_before_the_approval(people):
    section = draft_section(people, effective_from=clock.today() - 30 * DAY)
    assert publish(section, people).effective_from == clock.today()


def test_a_release_keeps_its_words_when_the_page_moves_on(people):
    section = released_section(people, "发布时的一句。")
    release = Release.objects.of(section).get()
    section.body = clauses("后来的一句。")
    section.save_revision(user=people.editor)
    again = Release.objects.get(pk=release.pk)
    assert "发布时的一句" in again.content["text"]
    assert fingerprint(again) == release.content_hash


def test_clause_numbers_stay_with_their_clause_and_are_never_reused(people):
    section = released_section(people, "甲。", "乙。", "丙。")
    first = Release.objects.of(section).get().content["clauses"]
    body = list(section.body.raw_data)
    section = Section.objects.get(pk=section.pk)
    section.body = _stored([body[0], *_raw(clauses("新的一条。")), body[2]])
    second = publish(section, people).content["clauses"]
    assert [clause["number"] for clause in second] == ["1.1.1", "1.1.4", "1.1.3"]
    assert [clause["id"] for clause in second][0::2] == [first[0]["id"], first[2]["id"]]
    section = Section.objects.get(pk=section.pk)
    section.body = _stored(list(section.body.raw_data)[:1] + _raw(clauses("再新的一条。")))
    assert [clause["number"] for clause in publish(section, people).content["clauses"]] == ["1.1.1", "1.1.5"]


def test_section_numbers_are_never_reused(people):
    assert Release.objects.of(released_section(people)).get().label == "1.1"
    gone = released_section(people)
    _withdraw(gone, people)
    assert Release.objects.of(released_section(people)).get().label == "1.3"
    assert Release.objects.of(released_section(people, number=7)).get().label == "1.7"
    with pytest.raises(ValidationError):
        draft_section(people, number=2)


def test_a_copied_clause_gets_an_id_of_its_own(people):
    section = released_section(people, "原来的一条。")
    copied = draft_section(people, chapter=shelf(people), body=_stored(list(section.body.raw_data) * 2))
    ids = [clause["id"] for clause in publish(copied, people).content["clauses"]]
    assert len(set(ids)) == 2
    assert section.body.raw_data[0]["id"] not in ids


def test_withdrawing_goes_through_an_approval_and_keeps_the_past(people):
    section = released_section(people, "要收回的一条。")
    today = clock.today()
    with clock.shift(DAY):
        _withdraw(section, people)
        section = Section.objects.get(pk=section.pk)
        assert not section.live
        assert in_force(section) is None
        assert in_force(section, today).number == 1
        assert Release.objects.of(section).get().withdrawn_by == people.manager
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.of(section).update(withdrawn_at=None)
        assert publish(section, people).number == 2
        assert in_force(section).number == 2


def test_who_proposes_a_withdrawal_does_not_decide_it(people):
    section = released_section(people)
    case = propose_withdrawal(section, people.manager, "no longer done")
    state = case.workflow_state.current_task_state.specific
    with pytest.raises(PermissionDenied), transaction.atomic():
        state.task.specific.on_action(state, people.manager, "approve")
    assert Section.objects.get(pk=section.pk).live


def test_releases_tell_the_outbox(people):
    section = released_section(people)
    told = Outbox.objects.filter(name="release.published").order_by("pk").last()
    assert told.payload["release"] == str(Release.objects.of(section).get().public_id)
    _withdraw(section, people)
    assert Outbox.objects.filter(name="release.withdrawn").count() == 1


def _withdraw(section, people):
    case = propose_withdrawal(Section.objects.get(pk=section.pk), people.editor, "no longer done")
    state = case.workflow_state.current_task_state.specific
    state.task.specific.on_action(state, people.manager, "approve")


def _stored(raw):

    return json.dumps(raw)


def _raw(text):

    return json.loads(text)
