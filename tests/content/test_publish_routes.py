"""Every way Wagtail and Django know to make something live, or not live any more, tried by everybody.

After each attempt what is live is what was live before, and no release was made or withdrawn. The one way that
does work is tested beside it, so that a lock on everything would not pass for a guard.
"""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Page,
    Revision,
    Task,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from backoffice.jobs import clock
from content.handbook.models import Section
from content.scripts.models import Script
from tests.content.factories import draft_script, draft_section, released_script, released_section, shelf
from tests.content.forms import page_form, script_form
from tests.organisation.factories import again, superuser
from workflows.releases.models import Release


class Stage:
    """A released and an unreleased section and script, each of the released ones with a newer draft."""

    def __init__(self, people):
        self.people = people
        self.live = released_section(people, "在用的条款。")
        self.live.title = "newer draft"
        self.live.save_revision(user=people.editor)
        self.draft = draft_section(people, "没有批准的条款。")
        self.live_script = released_script(people)
        self.live_script.question = "newer draft?"
        self.live_script.save_revision(user=people.editor)
        self.draft_script = draft_script(people)
        self.root = superuser()
        self.before = self.facts()

    def facts(self):
        return {
            "pages": sorted(Page.objects.values_list("pk", "live", "live_revision_id", "title", "path")),
            "scripts": sorted(Script.objects.values_list("pk", "live", "live_revision_id", "question")),
            "releases": sorted(Release.objects.values_list("pk", "withdrawn_at", "content_hash")),
            "scheduled": Revision.objects.filter(approved_go_live_at__isnull=False).count(),
        }

    def unchanged(self, new_drafts=False):
        now = self.facts()
        if new_drafts:
            known = {row[0] for row in self.before["pages"]}
            assert not any(live for pk, live, *_rest in now["pages"] if pk not in known)
            now["pages"] = [row for row in now["pages"] if row[0] in known]
        assert now == self.before


@pytest.fixture
def stage(people):
    return Stage(people)


@pytest.fixture
def browsers(stage):
    """Logged in: the writer, somebody who decides, and a superuser."""
    found = []
    for user in (stage.people.editor, stage.people.manager, stage.root):
        browser = Client()
        browser.force_login(again(user))
        found.append(browser)
    return found


PAGE_POSTS = {
    "publish": {"action-publish": "1"},
    "publish with a schedule": {"action-publish": "1", "go_live_at": "2020-01-01 00:00"},
    "publish later": {"action-publish": "1", "go_live_at": "2040-01-01 00:00"},
    "expire": {"action-publish": "1", "expire_at": "2020-01-01 00:00"},
    "live in the form": {"live": "on", "has_unpublished_changes": ""},
    "approve without a case": {"action-workflow-action": "1", "workflow-action-name": "approve"},
}


def test_posts_to_the_editors(stage, browsers):
    for browser in browsers:
        for post in PAGE_POSTS.values():
            for page in (stage.live, stage.draft):
                browser.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), page_form(page, **post))
            for script in (stage.live_script, stage.draft_script):
                browser.post(reverse("scripts:edit", args=[script.pk]), script_form(script, **post))
            stage.unchanged()


def test_creating_something_published(stage, browsers):
    for browser in browsers:
        chapter = shelf(stage.people)
        url = reverse("wagtailadmin_pages:add", args=["handbook", "section", chapter.pk])
        browser.post(url, page_form(stage.draft, **{"action-publish": "1", "title": "brand new"}))
        assert not Section.objects.filter(title="brand new", live=True).exists()
        browser.post(
            reverse("scripts:add"), script_form(stage.draft_script, **{"action-publish": "1", "code": "NEW-1"})
        )
        assert not Script.objects.filter(code="NEW-1", live=True).exists()


def test_buttons_to_publish_are_not_drawn(stage, browsers):
    for browser in browsers:
        for url in (
            reverse("wagtailadmin_pages:edit", args=[stage.live.pk]),
            reverse("wagtailadmin_pages:edit", args=[stage.draft.pk]),
            reverse("scripts:edit", args=[stage.live_script.pk]),
            reverse("scripts:add"),
        ):
            page = browser.get(url).content.decode()
            assert 'name="action-publish"' not in page
            assert "unpublish" not in page.lower()


def test_unpublish_and_delete_views(stage, browsers):
    for browser in browsers:
        live, script = stage.live, stage.live_script
        for name in ("unpublish", "delete"):
            for page in (live, live.get_parent(), live.get_parent().get_parent()):
                url = reverse(f"wagtailadmin_pages:{name}", args=[page.pk])
                browser.post(url, {"include_descendants": "on"})
                browser.post(url + "?next=/admin/")
            browser.post(reverse(f"scripts:{name}", args=[script.pk]))
        stage.unchanged()


def test_bulk_actions(stage, browsers):
    chapter = shelf(stage.people)
    for browser in browsers:
        for action in ("publish", "unpublish", "delete", "move"):
            url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
            pages = [stage.live, chapter, chapter.get_parent()]
            for page in pages if action in ("delete", "move") else [*pages, stage.draft]:
                data = {"include_descendants": "on", "chooser": chapter.get_parent().pk}
                browser.post(f"{url}?id={page.pk}", data)
        url = reverse("wagtail_bulk_action", args=["scripts", "script", "delete"])
        browser.post(f"{url}?id={stage.live_script.pk}")
        stage.unchanged()


def test_copies_are_drafts_and_aliases_are_refused(stage, browsers):
    for browser in browsers:
        chapter = shelf(stage.people)
        for page, extra in ((stage.live, {}), (stage.live, {"alias": "on"}), (chapter, {"copy_subpages": "on"})):
            browser.post(
                reverse("wagtailadmin_pages:copy", args=[page.pk]),
                {
                    "new_title": "copy",
                    "new_slug": f"copy-{len(extra)}-{page.pk}",
                    "new_parent_page": page.get_parent().pk,
                    "publish_copies": "on",
                }
                | extra,
            )
        stage.unchanged(new_drafts=True)
        assert not Page.objects.filter(alias_of__isnull=False, live=True).exists()


def test_moving_and_reordering_released_pages(stage, browsers):
    for browser in browsers:
        chapter = shelf(stage.people)
        for page, target in ((stage.live, chapter.get_parent()), (chapter, chapter.get_parent())):
            browser.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk]))
            browser.post(reverse("wagtailadmin_pages:set_page_position", args=[page.pk]) + "?position=0")
        stage.unchanged()


def test_reverting_makes_a_draft(stage, browsers):
    for browser in browsers:
        first = stage.live.revisions.order_by("pk").first()
        url = reverse("wagtailadmin_pages:edit", args=[stage.live.pk])
        browser.post(
            reverse("wagtailadmin_pages:revisions_revert", args=[stage.live.pk, first.pk]),
            page_form(stage.live, **{"action-publish": "1", "revision": first.pk}),
        )
        browser.post(url, page_form(stage.live, **{"action-publish": "1", "revision": first.pk}))
        first = stage.live_script.revisions.order_by("pk").first()
        browser.post(
            reverse("scripts:revisions_revert", args=[stage.live_script.pk, first.pk]),
            script_form(stage.live_script, **{"action-publish": "1", "revision": first.pk}),
        )
        stage.unchanged()


def test_converting_an_alias(stage, browsers):
    for browser in browsers:
        browser.post(reverse("wagtailadmin_pages:convert_alias", args=[stage.draft.pk]))
        stage.unchanged()


def test_no_api_writes_pages(stage, browsers):
    for browser in browsers:
        for path in (
            "/api/v2/pages/",
            "/api/v3/pages/",
            f"/api/v3-preview/pages/{stage.draft.pk}/",
            "/admin/api/v3/",
        ):
            for method in (browser.get, browser.post):
                assert method(path).status_code == 404
        own = f"/admin/api/main/pages/{stage.live.pk}/action/"
        for action in ("publish", "unpublish", "delete", "copy", "create_alias", "move", "revert_to_page_revision"):
            data = json.dumps({"keep_live": True, "destination_page_id": stage.live.get_parent().pk})
            browser.post(f"{own}{action}/", data, content_type="application/json")
        stage.unchanged(new_drafts=True)


def test_the_command_for_scheduled_publishing(stage):
    soon = timezone.now() - timedelta(hours=1)
    revision = stage.draft.get_latest_revision()
    with pytest.raises(PermissionDenied), transaction.atomic():
        revision.approved_go_live_at = soon
        revision.save()
    for statement in (
        lambda: Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=soon),
        lambda: stage.draft.save_revision(approved_go_live_at=soon, user=stage.root),
    ):
        with pytest.raises((DatabaseError, PermissionDenied)), transaction.atomic():
            statement()
    Page.objects.filter(pk=stage.live.pk).update(expire_at=soon)
    with pytest.raises(PermissionDenied), transaction.atomic():
        call_command("publish_scheduled")
    stage.unchanged()


DIRECT = {
    "publish a revision": lambda s: s.draft.get_latest_revision().publish(user=s.root, skip_permission_checks=True),
    "publish a script": lambda s: s.draft_script.get_latest_revision().publish(skip_permission_checks=True),
    "publish a newer draft": lambda s: s.live.get_latest_revision().publish(skip_permission_checks=True),
    "unpublish": lambda s: s.live.unpublish(user=s.root),
    "unpublish a script": lambda s: UnpublishAction(s.live_script).execute(skip_permission_checks=True),
    "unpublish a branch": lambda s: shelf(s.people).unpublish(),
    "save as live": lambda s: _save(s.draft, live=True),
    "save as live with the live revision of another": lambda s: _save(
        s.draft, live=True, live_revision_id=s.draft.latest_revision_id
    ),
    "save a script as not live": lambda s: _save(s.live_script, live=False),
    "update pages": lambda s: Page.objects.filter(pk=s.draft.pk).update(live=True),
    "update all pages": lambda s: Page.objects.update(live=True),
    "take pages away": lambda s: Page.objects.filter(pk=s.live.pk).update(live=False),
    "swap the live revision": lambda s: Page.objects.filter(pk=s.live.pk).update(
        live_revision_id=s.live.latest_revision_id
    ),
    "update scripts": lambda s: Script.objects.filter(pk=s.draft_script.pk).update(live=True),
    "raw SQL": lambda s: _sql("UPDATE wagtailcore_page SET live = TRUE"),
    "raw SQL on scripts": lambda s: _sql("UPDATE scripts_script SET live = NOT live"),
    "copy that keeps live": lambda s: s.live.copy(update_attrs={"slug": "kept-live"}, keep_live=True),
    "alias": lambda s: s.live.create_alias(update_slug="alias", user=s.root),
    "delete": lambda s: s.live.delete(user=s.root),
    "delete the chapter": lambda s: shelf(s.people).delete(),
    "delete a script": lambda s: s.live_script.delete(),
    "delete scripts": lambda s: Script.objects.all().delete(),
    "raw delete": lambda s: _sql(f"DELETE FROM scripts_script WHERE id = {s.live_script.pk}"),
    "delete who wrote": lambda s: s.live.revisions.all().delete(),
    "delete one version": lambda s: s.live.live_revision.delete(),
    "import as live": lambda s: Script.objects.bulk_create(
        [Script(code="X-1", live=True, valid_until=clock.today())]
    ),
}


def _save(target, **values):
    for name, value in values.items():
        setattr(target, name, value)
    target.save()


def _sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_code_and_statements_that_never_ask_for_permission(stage):
    """Models, querysets and raw SQL: what a command, a script or a mistake would do."""
    went_through = []
    for way, attempt in DIRECT.items():
        try:
            with transaction.atomic():
                attempt(stage)
                went_through.append(way)
                transaction.set_rollback(True)
        except (PermissionDenied, DatabaseError):
            stage.unchanged()
        for target in (stage.live, stage.draft, stage.live_script, stage.draft_script):
            target.refresh_from_db()
    assert went_through == []


def test_rights_to_publish_given_by_hand_are_worth_nothing(stage, client):
    group = Group.objects.create(name="handmade")
    for codename in ("publish_page", "change_page", "add_page", "bulk_delete_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        page = Page.objects.get(depth=1)
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    publish, _made = Permission.objects.get_or_create(
        codename="publish_script",
        content_type=Permission.objects.get(codename="change_script").content_type,
        defaults={"name": "Can publish"},
    )
    group.permissions.add(publish)
    stage.people.editor.groups.add(group)
    client.force_login(again(stage.people.editor))
    publish = {"action-publish": "1"}
    client.post(reverse("wagtailadmin_pages:edit", args=[stage.draft.pk]), page_form(stage.draft, **publish))
    client.post(reverse("scripts:edit", args=[stage.draft_script.pk]), script_form(stage.draft_script, **publish))
    client.post(reverse("wagtailadmin_pages:unpublish", args=[stage.live.pk]))
    stage.unchanged()


@pytest.mark.parametrize("kind", ["no task", "a group's task", "a plain task"])
def test_a_workflow_of_somebodys_own_making(stage, kind):
    """Whoever may configure Wagtail's workflows still cannot publish with one."""
    workflow = Workflow.objects.create(name="mine")
    if kind != "no task":
        task = (
            GroupApprovalTask.objects.create(name="t") if kind == "a group's task" else Task.objects.create(name="t")
        )
        WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.update_or_create(page=stage.draft.page_ptr, defaults={"workflow": workflow})
    WorkflowContentType.objects.update(workflow=workflow)
    for draft in (Section.objects.get(pk=stage.draft.pk), stage.draft_script):
        with pytest.raises(PermissionDenied), transaction.atomic():
            state = draft.get_workflow().start(draft, stage.root)
            state.current_task_state.approve(user=stage.root)
    stage.unchanged()


def test_ending_the_approval_task_does_not_publish(stage):
    """Deactivating a task cancels its states, after which Wagtail finishes the workflow."""
    started = stage.draft.get_workflow().start(stage.draft, stage.people.editor).pk
    for attempt in (
        lambda state: state.current_task_state.task.specific.deactivate(),
        lambda state: state.finish(user=stage.root),
        lambda state: state.current_task_state.specific.approve(user=stage.root),
    ):
        with pytest.raises(PermissionDenied), transaction.atomic():
            attempt(WorkflowState.objects.get(pk=started))
    stage.unchanged()


def test_the_same_posts_do_publish_when_another_person_approves(stage, browsers):
    """The counter-proof: the forms above are good, and the guard lets the one way through."""
    editor, manager, _root = browsers
    for draft, edit, action, form in (
        (stage.draft, "wagtailadmin_pages:edit", "wagtailadmin_pages:workflow_action", page_form),
        (stage.draft_script, "scripts:edit", "scripts:workflow_action", script_form),
    ):
        editor.post(reverse(edit, args=[draft.pk]), form(draft, **{"action-submit": "1"}))
        draft.refresh_from_db()
        state = draft.current_workflow_state.current_task_state
        manager.post(reverse(action, args=[draft.pk, "approve", state.pk]), {"comment": "good"})
        draft.refresh_from_db()
        assert draft.live
        release = Release.objects.of(draft).get()
        assert (release.submitted_by, release.decided_by) == (stage.people.editor, stage.people.manager)
        assert release.summary == "because"
