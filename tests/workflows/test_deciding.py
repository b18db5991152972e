"""The buttons of the editor, pressed with what a browser sends: a decision stores nothing but the decision."""

import json

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.translation import gettext

from tests.content.browsing import untouched
from tests.content.factories import draft_section, released_course, released_script, released_section
from tests.organisation.factories import again, person
from workflows.approvals import operations
from workflows.approvals.deciding import outcome
from workflows.approvals.models import Case, Decision
from workflows.releases.models import Release

KINDS = ["section", "new section", "script", "course"]
SCRIPT_DECIDERS = ["SM", "CSM", "LEG", "DIR"]


def proposal(people, kind):
    """A text of that kind with a proposed change, as an editor left it; stored outside the editor before."""
    if kind == "new section":
        target = draft_section(people, "<b>新</b>的条款。")
    elif kind == "section":
        target = released_section(people, "旧的条款。")
    else:
        target = {"script": released_script, "course": released_course}[kind](people)
    writer = people.trainer if kind == "course" else people.editor
    target = type(target).objects.get(pk=target.pk).get_latest_revision_as_object()
    target.change_summary = "改了说明。\n下周起用。"
    target.save_revision(user=writer)
    target = type(target).objects.get(pk=target.pk)
    target.get_workflow().start(target, writer)
    return target


def editor(target):
    return reverse("scripts:edit" if target.system == "talk-scripts" else "wagtailadmin_pages:edit", args=[target.pk])


def press(client, target, name="approve", comment=None, **typed):
    """Open the editor, change nothing but `typed`, and press a button of the decision."""
    form = untouched(client, editor(target)) | typed
    form |= {"action-workflow-action": "true", "workflow-action-name": name}
    if comment is not None:
        form["workflow-action-extra-data"] = json.dumps({"comment": comment})
    return client.post(editor(target), form, follow=True)


def told(answer):
    return [str(message).strip() for message in answer.context["messages"]]


def case_of(target):
    return Case.objects.filter(object_id=str(target.pk)).latest("pk")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("comment", [None, "同意，措辞很好"])
def test_pressing_approve_in_the_editor_releases_the_submitted_version(client, people, kind, comment):
    target = proposal(people, kind)
    before = list(target.revisions.order_by("pk").values_list("pk", flat=True))
    client.force_login(again(people.manager))
    answer = press(client, target, comment=comment)
    release = Release.objects.of(target).order_by("number").last()
    assert release.revision_id == before[-1] == case_of(target).revision_id
    assert list(target.revisions.order_by("pk").values_list("pk", flat=True)) == before
    assert Decision.objects.get(step__case=case_of(target)).comment == (comment or "")
    # At home, with one sentence, and no word of a door that is closed.
    assert (answer.status_code, answer.wsgi_request.path) == (200, reverse("wagtailadmin_home"))
    assert told(answer) == [outcome_of(target)]


def outcome_of(target):
    return outcome(case_of(target))


@pytest.mark.parametrize("role", SCRIPT_DECIDERS)
def test_everybody_who_decides_talk_scripts_can(client, people, role):
    target = proposal(people, "script")
    decider = {"SM": people.manager, "DIR": people.director}.get(role) or person(role)
    client.force_login(again(decider))
    press(client, target)
    assert Release.objects.of(target).latest("number").decided_by == decider


@pytest.mark.parametrize("kind", KINDS)
def test_returning_is_no_edit_either(client, people, kind):
    target = proposal(people, kind)
    before = list(target.revisions.order_by("pk").values_list("pk", flat=True))
    client.force_login(again(people.manager))
    answer = press(client, target, "reject", comment="写清楚由谁负责")
    assert case_of(target).state == Case.State.RETURNED
    assert list(target.revisions.order_by("pk").values_list("pk", flat=True)) == before
    assert answer.wsgi_request.path == reverse("wagtailadmin_home")
    assert told(answer) == [outcome_of(target)]


def test_a_proposed_withdrawal_is_approved_in_the_editor(client, people):
    for target in (released_section(people, "作废的条款。"), released_script(people)):
        operations.propose_withdrawal(target, people.editor, "不再适用")
        client.force_login(again(people.manager))
        answer = press(client, target)
        assert told(answer) == [outcome_of(target)]
        assert not type(target).objects.get(pk=target.pk).live


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_decider_typed_is_not_lost_in_silence(client, people, kind):
    target = proposal(people, kind)
    client.force_login(again(people.manager))
    field = "question" if kind == "script" else "title"
    answer = press(client, target, **{field: "经理改的一句"})
    assert case_of(target).state == Case.State.OPEN
    assert answer.wsgi_request.path == editor(target)
    assert typed_sentence() in told(answer)
    press(client, target)
    assert case_of(target).state == Case.State.APPROVED


def typed_sentence():
    return gettext("You changed the text, and what was submitted is fixed. Decide on it as it is, or return it.")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_stored_while_people_decide(client, people, kind):
    """Neither by saving nor by the autosave of the editor: a version would bar whoever's name it bears."""
    target = proposal(people, kind)
    before = list(target.revisions.order_by("pk").values_list("pk", flat=True))
    for user in (people.manager, people.trainer if kind == "course" else people.editor):
        client.force_login(again(user))
        form = untouched(client, editor(target))
        saved = client.post(editor(target), form, headers={"accept": "application/json"})
        assert saved.status_code == 400
        assert not list(get_messages(saved.wsgi_request))
        client.post(editor(target), form)
        client.post(editor(target), form | {"action-submit": "1"})
    assert list(target.revisions.order_by("pk").values_list("pk", flat=True)) == before
    client.force_login(again(people.manager))
    press(client, target)
    assert case_of(target).state == Case.State.APPROVED


def test_the_submitter_still_takes_it_back_in_the_editor(client, people):
    for kind in ("section", "script"):
        target = proposal(people, kind)
        client.force_login(again(people.editor))
        client.post(editor(target), untouched(client, editor(target)) | {"action-cancel-workflow": "1"})
        assert case_of(target).state == Case.State.CANCELLED


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_not_decide_gets_nowhere(client, people, kind):
    target = proposal(people, kind)
    client.force_login(again(people.manager))
    form = untouched(client, editor(target)) | {"action-workflow-action": "1", "workflow-action-name": "approve"}
    for user in (people.consultant, people.receptionist, people.editor, people.trainer, person("SYS")):
        client.force_login(again(user))
        client.post(editor(target), form)
    assert case_of(target).state == Case.State.OPEN
    assert not Decision.objects.filter(step__case=case_of(target)).exists()
    client.force_login(again(people.manager))
    for nonsense in ({"workflow-action-name": "publish"}, {"workflow-action-extra-data": "["}):
        assert client.post(editor(target), form | nonsense).status_code == 400
    assert case_of(target).state == Case.State.OPEN
