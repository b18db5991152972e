"""Drafts are seen by those who write or decide such texts, and by nobody else, whatever address they try."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import ReferenceIndex, TaskState

from content.handbook.models import Chapter, ContentRoot
from content.training.models import Catalogue, Course
from tests.content.factories import draft_script, draft_section, released_course, released_script, released_section
from tests.organisation.factories import again, person, superuser

SECRET = {"handbook": "密稿甲", "talk-scripts": "密稿乙", "courses": "密稿丙"}
PACKAGES = ("wagtail.", "workflows.", "content.")
# Who has a way into the back office, and in which kinds of text they take no part.
OUTSIDERS = {
    "STK": ("handbook", "talk-scripts", "courses"),
    "SYS": ("handbook", "talk-scripts", "courses"),
    "PC": ("handbook", "courses"),
    "TRN": ("handbook", "talk-scripts"),
}


class Drafts:
    """Texts that were never released, new titles of released ones, and what hangs on them."""

    def __init__(self, people):
        self.people = people
        self.targets = {
            "handbook": [draft_section(people, title=self.name("handbook")), released_section(people)],
            "talk-scripts": [draft_script(people, question=self.name("talk-scripts")), released_script(people)],
            "courses": [self.course(), released_course(people)],
        }
        for system, (draft, released) in self.targets.items():
            field = "question" if system == "talk-scripts" else "title"
            setattr(released, field, self.name(system))
            released.save_revision(user=self.writer(system))
            for target in (draft, released):
                target = type(target).objects.get(pk=target.pk)
                target.get_workflow().start(target, self.writer(system))
        self.picture = Image.objects.create(title="图", file=get_test_image_file())
        self.file = Document.objects.create(title="文件", file=ContentFile(b"%PDF-1.4", name="form.pdf"))
        ReferenceIndex.create_or_update_for_object(self.targets["courses"][0])

    def name(self, system):
        return f"{SECRET[system]}还没有发布"

    def writer(self, system):
        return self.people.trainer if system == "courses" else self.people.editor

    def course(self):
        body = [{"type": "lesson", "value": {"title": "一", "minutes": 5, "body": "<p>一</p>", "takeaways": []}}]
        course = Course(
            title=self.name("courses"), slug="c-99", code="C-99", goal="学", owner_role="TRN", change_summary="首次",
            body=body, live=False,
        )  # fmt: skip
        Catalogue.objects.get().add_child(instance=course)
        course.save_revision(user=self.people.trainer)
        return Course.objects.get(pk=course.pk)

    def addresses(self):
        """Every address of Wagtail's own screens, filled in with each of these texts, and with what lies above."""
        root, chapter = ContentRoot.objects.get(), Chapter.objects.get()
        pages = [*self.targets["handbook"], *self.targets["courses"], chapter, root]
        kinds = {"scripts": self.targets["talk-scripts"], "snippets": self.targets["talk-scripts"]}
        kinds |= {"images": [self.picture], "documents": [self.file]}
        everything = [*pages, *self.targets["talk-scripts"], self.picture, self.file]
        for route in routes(get_resolver()):
            first = route.removeprefix("admin/").split("/")[0]
            about = kinds.get(first) or (pages if first in ("pages", "choose-page") else everything)
            yield from filter(None, (self.filled(route, one) for one in about))

    def filled(self, route, about):
        revision = getattr(about, "latest_revision_id", None) or 1
        state = TaskState.objects.filter(revision_id=revision).first()
        label, name = about._meta.app_label, about._meta.model_name
        found = route.replace("^", "").replace("$", "").replace(r"\d+", "int").replace(r"\.\.\.", "...")
        for pattern, value in {
            "(?P<pk>int)": about.pk, "(?P<pk>.+)": about.pk,
            "(?P<revision_id_a>live|earliest|int)": "earliest", "(?P<revision_id_b>live|latest|int)": "latest",
            "<int:revision_id>": revision, "<int:task_state_id>": state.pk if state else 1,
            "<int:task_id>": state.task_id if state else 1,
            "<int:workflow_state_id>": state.workflow_state_id if state else 1,
            "<slug:action_name>": "approve", "<str:action_name>": "copy", "<str:action>": "delete",
            "<slug:content_type_app_name>": label, "<slug:content_type_model_name>": name,
            "<str:app_label>": label, "<slug:app_label>": label, "<str:model_name>": name, "<slug:model_name>": name,
            "<slug:app_name>": label, "<str:filter_spec>": "width-100", "<str:object_id>": about.pk,
            "<int:session_id>": 1, "<int:content_type>": 1,
        }.items():  # fmt: skip
            found = found.replace(pattern, str(value))
        while "<int:" in found or "<str:" in found:
            start = found.index("<int:") if "<int:" in found else found.index("<str:")
            found = found[:start] + str(about.pk) + found[found.index(">", start) + 1 :]
        return None if "<" in found or "(?P" in found else f"/{found}"


def routes(resolver, before=""):
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from routes(one, route)
        elif route.startswith(("admin/", "documents/", "pages/")) and "logout" not in route:
            module = getattr(getattr(one.callback, "view_class", one.callback), "__module__", "")
            if module.startswith(PACKAGES):
                yield route


@pytest.fixture
def drafts(people):
    return Drafts(people)


def said(answer):
    """The text of an answer; JSON writes Chinese in escapes."""
    if answer.get("Content-Type", "").startswith("application/json"):
        return json.dumps(answer.json(), ensure_ascii=False)
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="ignore")


def seen(client, addresses):
    """{secret: [addresses that say it]}, and how many addresses answered with a page."""
    found, shown = {}, 0
    for address in addresses:
        searched = {"q": "密稿", "id": address.split("/")[-2]}
        for query in ({}, searched) if "search" in address or "choose" in address or "results" in address else ({},):
            answer = client.get(address, query)
            shown += answer.status_code == 200
            text = said(answer)
            # A search says again what was searched for: only the whole title tells.
            for system, word in SECRET.items():
                if f"{word}还没有发布" in text:
                    found.setdefault(system, set()).add(address)
    return found, shown


@pytest.mark.parametrize("role", OUTSIDERS)
def test_no_address_tells_of_a_draft(client, drafts, people, role):
    known = {"TRN": people.trainer, "PC": people.consultant}
    client.raise_request_exception = False
    client.force_login(again(known.get(role) or person(role)))
    found, _shown = seen(client, sorted(set(drafts.addresses())))
    leaks = {system: sorted(found[system]) for system in OUTSIDERS[role] if system in found}
    assert leaks == {}


def test_the_walk_reaches_what_it_looks_for(client, drafts, people):
    """The control: people who take part see all three kinds, on many screens."""
    client.raise_request_exception = False
    client.force_login(again(people.editor))
    found, shown = seen(client, sorted(set(drafts.addresses())))
    assert set(found) == set(SECRET)
    assert shown > 60
    assert all(len(addresses) > 3 for addresses in found.values())


@pytest.mark.parametrize("role", ["SYS", "STK", "VND", "ENG", "DEV"])
def test_choosers_are_closed_to_who_writes_nothing(client, drafts, role):
    client.force_login(again(person(role)))
    script = drafts.targets["talk-scripts"][0]
    for address in (
        "/admin/snippets/choose/scripts/script/",
        "/admin/snippets/choose/scripts/script/results/",
        f"/admin/snippets/choose/scripts/script/chosen/{script.pk}/",
        reverse("wagtailadmin_choose_page"),
        reverse("wagtailadmin_choose_page_search") + "?q=密稿",
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtaildocs_chooser:choose"),
        reverse("scripts:list"),
        reverse("wagtailadmin_pages:search"),
        reverse("wagtailadmin_reports:workflow"),
    ):
        assert client.get(address).status_code in (302, 404), address


def test_a_trainer_links_to_released_sections_under_the_title_readers_know(client, people, drafts):
    shown = released_section(people, title="目的与读者")
    client.force_login(again(people.trainer))
    assert "目的与读者" in said(client.get(reverse("wagtailadmin_choose_page_search"), {"q": "目的"}))
    below = reverse("wagtailadmin_choose_page_child", args=[shown.get_parent().pk])
    assert "目的与读者" in said(client.get(below))
    assert "密稿甲" not in said(client.get(below))
    client.force_login(again(people.editor))
    assert "密稿甲" in said(client.get(below))


def test_superusers_and_editors_keep_their_screens(client, people, drafts):
    for user in (people.editor, superuser()):
        client.force_login(again(user))
        for name, arguments in (
            ("wagtailadmin_explore", [Chapter.objects.get().pk]),
            ("wagtailadmin_pages:history", [drafts.targets["handbook"][0].pk]),
            ("wagtailadmin_reports:workflow", []),
            ("wagtailadmin_choose_page", []),
            ("scripts:list", []),
            ("wagtailimages:index", []),
        ):
            assert client.get(reverse(name, args=arguments)).status_code == 200, name
