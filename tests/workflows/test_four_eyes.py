"""Whoever wrote a text does not decide it; whoever decides it decided on that very text."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from wagtail.models import TaskState

from content.handbook.models import Section
from tests.content.factories import clauses, draft_section, released_script, released_section
from tests.organisation.factories import again, person
from workflows.approvals import operations
from workflows.approvals.models import Case, Decision
from workflows.releases.models import Release


def submit(section, user):
    section = Section.objects.get(pk=section.pk)
    return section.get_workflow().start(section, user).current_task_state.specific


def decide(task_state, user, action="approve", **kwargs):
    task_state = TaskState.objects.get(pk=task_state.pk).specific
    task_state.task.specific.on_action(task_state, again(user), action, **kwargs)


def case_of(section):
    return Case.objects.filter(title=section.title).latest("pk")


def edit(section, user, text):
    section = Section.objects.get(pk=section.pk).get_latest_revision_as_object()
    section.body = clauses(text)
    section.save_revision(user=user)


def test_a_manager_approves_what_an_editor_wrote(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    decide(state, people.manager, comment="good")
    release = Release.objects.of(section).get()
    decision = case_of(section).steps.get().decisions.get()
    assert (release.number, release.submitted_by, release.decided_by) == (1, people.editor, people.manager)
    assert (decision.user, decision.verdict, decision.comment) == (people.manager, "approve", "good")
    assert case_of(section).state == "approved"
    assert release.case == str(case_of(section).public_id)


def test_who_submitted_does_not_decide(people):
    section = draft_section(people)
    state = submit(section, people.manager)
    with pytest.raises(PermissionDenied):
        decide(state, people.manager)
    decide(state, people.director)
    assert Release.objects.of(section).count() == 1


def test_who_wrote_any_version_since_the_last_release_does_not_decide(people):
    section = released_section(people, "第一版。")
    edit(section, people.manager, "经理改的一句。")
    edit(section, people.editor, "编辑又改的一句。")
    state = submit(section, people.editor)
    with pytest.raises(PermissionDenied):
        decide(state, people.manager)
    decide(state, people.director)
    edit(section, people.editor, "再改。")
    decide(submit(section, people.editor), people.manager)
    assert Release.objects.of(section).count() == 3


def test_two_who_write_and_decide_cannot_help_each_other_round_the_rule(people):
    """Both wrote: neither may decide, whoever submits."""
    section = draft_section(people)
    edit(section, people.manager, "甲。")
    edit(section, people.director, "乙。")
    state = submit(section, people.editor)
    for user in (people.manager, people.director):
        with pytest.raises(PermissionDenied):
            decide(state, user)
    decide(state, person("GM"))


def test_positions_that_do_not_decide_cannot(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    for user in (people.consultant, people.trainer, people.receptionist):
        with pytest.raises(PermissionDenied):
            decide(state, user)
    assert not Decision.objects.filter(step__case=case_of(section)).exists()


def test_a_text_changed_after_it_was_submitted_is_not_approved(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    edit(section, people.editor, "偷偷换掉的一句。")
    with pytest.raises(PermissionDenied):
        decide(state, people.manager)
    decide(state, people.manager, "reject", comment="submit again")
    assert case_of(section).state == "returned"
    section = Section.objects.get(pk=section.pk)
    section.current_workflow_state.resume(user=people.editor)
    decide(section.current_workflow_state.current_task_state, people.manager)
    case = case_of(section)
    assert case.state == "approved"
    assert [step.decisions.get().verdict for step in case.steps.all()] == ["return", "approve"]
    assert "偷偷换掉" in Release.objects.of(section).get().content["text"]


def test_a_version_that_was_submitted_cannot_be_overwritten(people):
    """The editor's autosave overwrites its last version; not one that people decide or decided on."""
    section = draft_section(people)
    submit(section, people.editor)
    revision = section.get_latest_revision()
    section.title = "other"
    with pytest.raises(PermissionDenied), transaction.atomic():
        section.save_revision(user=people.editor, overwrite_revision=revision)
    revision.user = people.consultant
    with pytest.raises(PermissionDenied), transaction.atomic():
        revision.save()


def test_a_version_without_author_is_not_released(people):
    section = draft_section(people)
    edit(section, None, "谁写的？")
    state = submit(section, people.editor)
    with pytest.raises(PermissionDenied), transaction.atomic():
        decide(state, people.manager)
    assert not Release.objects.of(section).exists()
    assert not Decision.objects.filter(step__case=case_of(section)).exists()


def test_submitting_needs_a_reason(people):
    section = draft_section(people)
    section.change_summary = "  "
    section.save_revision(user=people.editor, clean=False)
    with pytest.raises(PermissionDenied), transaction.atomic():
        submit(section, people.editor)
    assert not Case.objects.filter(title=section.title).exists()


def test_the_second_of_two_approvals_is_refused(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    decide(state, people.manager)
    with pytest.raises(PermissionDenied), transaction.atomic():
        decide(state, people.director)
    assert Release.objects.of(section).count() == 1


def test_decisions_are_written_once(people):
    decide(submit(draft_section(people), people.editor), people.manager)
    for change in (
        lambda: Decision.objects.update(comment="other"),
        lambda: Decision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_running_case_keeps_the_version_of_its_definition(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    steps = [{"system": "handbook", "verb": "a", "title": str(n)} for n in (1, 2)]
    operations.define("handbook", "two steps", steps)
    decide(state, people.manager)
    assert Release.objects.of(section).count() == 1
    edit(section, people.editor, "第二版。")
    state = submit(section, people.editor)
    decide(state, people.manager)
    assert Release.objects.of(section).count() == 1
    decide(state, people.director)
    assert Release.objects.of(section).count() == 2
    assert case_of(section).definition.version == 2


def test_cancelling_the_workflow_closes_the_case(people):
    section = draft_section(people)
    state = submit(section, people.editor)
    state.workflow_state.cancel(user=people.editor)
    assert case_of(section).state == "cancelled"
    assert operations.waiting_for(again(people.manager)) == []
    decide(submit(section, people.editor), people.manager)


def test_deleting_an_unreleased_draft_closes_its_case(people):
    section = draft_section(people)
    submit(section, people.editor)
    Section.objects.get(pk=section.pk).delete()
    assert case_of(section).state == "cancelled"


def test_the_dashboard_lists_what_waits_for_me_and_nothing_of_my_own(people):
    submit(draft_section(people), people.editor)
    own = draft_section(people)
    submit(own, people.manager)
    manager, director = again(people.manager), again(people.director)
    assert TaskState.objects.reviewable_by(manager).count() == 1
    assert TaskState.objects.reviewable_by(director).count() == 2
    assert TaskState.objects.reviewable_by(again(people.editor)).count() == 0


def test_the_writer_sees_no_buttons_and_is_told_why(client, people):
    section = draft_section(people)
    edit(section, people.manager, "经理写的。")
    state = submit(section, people.editor)
    url = reverse("wagtailadmin_pages:edit", args=[section.pk])
    action = reverse("wagtailadmin_pages:workflow_action", args=[section.pk, "approve", state.pk])
    client.force_login(again(people.director))
    assert 'data-workflow-action-name="approve"' in client.get(url).content.decode()
    client.force_login(again(people.manager))
    page = client.get(url)
    assert page.status_code in (200, 302)
    assert 'data-workflow-action-name="approve"' not in page.content.decode()
    client.post(action, {"comment": ""})
    refused = client.post(url, {"action-workflow-action": "1", "workflow-action-name": "approve"}, follow=True)
    assert not Release.objects.of(section).exists()
    told = [str(message).strip() for message in refused.context["messages"]]
    assert operations.why_not(case_of(section), again(people.manager)) in told


@pytest.mark.parametrize("kind", ["section", "script", "new section"])
def test_who_decides_finds_the_decision_on_the_button_and_the_change_beside_it(client, people, kind):
    url = "wagtailadmin_pages:edit"
    if kind == "script":
        url = "scripts:edit"
        target = released_script(people)
        target.answer, target.change_summary = "新的说法", "because"
        target.save_revision(user=people.editor)
    else:
        target = draft_section(people) if kind == "new section" else released_section(people, "旧。")
        edit(target, people.editor, "新的说法")
    target = type(target).objects.get(pk=target.pk)
    target.get_workflow().start(target, people.editor)
    changes = reverse("approvals_changes", args=[Case.objects.latest("pk").public_id])
    client.force_login(again(people.manager))
    page = client.get(reverse(url, args=[target.pk])).content.decode()
    footer = page[page.rindex("<footer") :]
    assert 'data-workflow-action-name="approve"' in footer
    assert "action-save-draft" not in footer
    assert changes in page
    assert "新的说法" in client.get(changes).content.decode()
    client.force_login(again(people.consultant))
    assert client.get(changes).status_code == (200 if kind == "script" else 404)
