"""Nothing on the Chinese screens of editors and deciders is said in English.

Catalogues are compared in tests/i18n; here the screens themselves are read, with what templates say outside of any
catalogue. What only a script writes is not seen here.
"""

import json
import re
from pprint import pformat

import pytest
from bs4 import BeautifulSoup, Comment
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Workflow

from content.handbook.models import Chapter, ContentRoot
from content.training.models import Catalogue
from tests.content.factories import draft_section, released_course, released_script, released_section
from tests.organisation.factories import again, rename, superuser

READ_ALOUD = ("aria-label", "title", "placeholder", "alt", "aria-description", "data-w-tooltip-content-value")
# Keys of a keyboard, kinds of files, a language called by its own name, codes of ours, names of test people.
ALLOWED = re.compile(
    r"JavaScript|Ctrl|Alt|Shift|Esc|GIF|JPE?G|PNG|WEBP|MB|KB|XLSX|CSV|English|URL|ASCII"
    r"|\b(?:PH|C)-\d+\b|\b[A-Z]{2,3}\b|Person \d+|user\d+|[\w./-]+\.(?:pdf|png|gif|txt)|/handbook/|root"
)
WORD = re.compile(r"[A-Za-z]{2,}")


def said(html):
    """Every text of a page that somebody reads or hears."""
    soup = BeautifulSoup(html, "html.parser")
    for node in soup(["script", "style", "kbd"]):
        if node.get("type") != "application/json":
            node.decompose()
    for counter in soup.select(".w-side-panel-toggle__counter[hidden]"):
        counter.decompose()
    for node in soup.find_all(string=True):
        if not isinstance(node, Comment) and node.parent.name not in ("script", "[document]"):
            yield node.strip()
    for node in soup.find_all(True):
        yield from (node[name] for name in READ_ALOUD if node.has_attr(name))


def english(answer):
    html = answer.content.decode()
    if answer["Content-Type"].startswith("application/json"):
        html = json.loads(html).get("html") or ""
    return sorted({text for text in said(html) if WORD.search(ALLOWED.sub("", text))})


class Desk:
    """One of each thing people look at."""

    def __init__(self, people):
        for user, name in ((people.editor, "文砚青"), (people.trainer, "施教之"), (people.manager, "方知行")):
            rename(user, name)
        words = {"change_summary": "首次发布"}
        self.section = released_section(people, title="目的与读者", **words)
        self.draft = draft_section(people, title="还没有发布", **words)
        self.waiting = released_section(people, title="手册怎样更新", **words)
        self.script = released_script(people, **words)
        self.course = released_course(people, **words)
        self.waiting.title, self.waiting.change_summary = "手册怎样修改", "改标题"
        self.waiting.save_revision(user=people.editor)
        self.waiting.get_workflow().start(self.waiting, people.editor)
        self.chapter = Chapter.objects.get()
        self.picture = Image.objects.create(title="沙盘", file=get_test_image_file())
        self.file = Document.objects.create(title="样表", file=ContentFile(b"%PDF-1.4", name="form.pdf"))

    def screens(self):
        pages, page = "wagtailadmin_pages:", self.section.pk
        latest = self.waiting.latest_revision_id
        yield from (
            ("wagtailadmin_home", []),
            ("wagtailadmin_explore", [ContentRoot.objects.get().pk]),
            ("wagtailadmin_explore", [self.chapter.pk]),
            ("wagtailadmin_explore", [Catalogue.objects.get().pk]),
            ("wagtailadmin_explore", [self.chapter.pk], {"q": "没有这个"}),
            ("wagtailadmin_explore", [self.chapter.pk], {"q": "手册", "ordering": "title"}),
            (pages + "search", [], {"q": "手册"}),
            (pages + "search", [], {"q": "没有这个"}),
            (pages + "edit", [page]),
            (pages + "edit", [self.draft.pk]),
            (pages + "edit", [self.waiting.pk]),
            (pages + "edit", [self.course.pk]),
            (pages + "add_subpage", [self.chapter.pk]),
            (pages + "add", ["handbook", "section", self.chapter.pk]),
            (pages + "add", ["training", "course", Catalogue.objects.get().pk]),
            (pages + "history", [self.waiting.pk]),
            (pages + "usage", [page]),
            (pages + "workflow_history", [self.waiting.pk]),
            (pages + "delete", [self.draft.pk]),
            (pages + "copy", [page]),
            (pages + "move", [self.draft.pk]),
            (pages + "revisions_compare", [self.waiting.pk, "live", latest]),
            (pages + "confirm_workflow_cancellation", [self.waiting.pk]),
            ("scripts:list", []),
            ("scripts:list", [], {"q": "没有这个"}),
            ("scripts:add", []),
            ("scripts:edit", [self.script.pk]),
            ("scripts:history", [self.script.pk]),
            ("scripts:usage", [self.script.pk]),
            ("scripts:delete", [self.script.pk]),
            ("wagtailimages:index", []),
            ("wagtailimages:index", [], {"q": "没有这个"}),
            ("wagtailimages:add_multiple", []),
            ("wagtailimages:edit", [self.picture.pk]),
            ("wagtailimages:delete", [self.picture.pk]),
            ("wagtailimages:image_usage", [self.picture.pk]),
            ("wagtailimages_chooser:choose", []),
            ("wagtailimages_chooser:choose", [], {"q": "没有这个"}),
            ("wagtaildocs:index", []),
            ("wagtaildocs:add_multiple", []),
            ("wagtaildocs:edit", [self.file.pk]),
            ("wagtaildocs:delete", [self.file.pk]),
            ("wagtaildocs:document_usage", [self.file.pk]),
            ("wagtaildocs_chooser:choose", []),
            ("wagtailadmin_choose_page", []),
            ("wagtailadmin_choose_page_search", [], {"q": "没有这个"}),
            ("wagtailadmin_choose_page_external_link", []),
            ("wagtailadmin_choose_page_email_link", []),
            ("wagtailadmin_choose_page_phone_link", []),
            ("wagtailadmin_choose_page_anchor_link", []),
            ("wagtailadmin_reports:locked_pages", []),
            ("wagtailadmin_reports:workflow", []),
            ("wagtailadmin_reports:workflow_tasks", []),
            ("wagtailadmin_account", []),
            ("wagtailadmin_collections:index", []),
            ("wagtailadmin_collections:add", []),
            ("wagtailadmin_workflows:index", []),
            ("wagtailadmin_workflows:edit", [Workflow.objects.get(active=True).pk]),
            ("wagtailadmin_workflows:task_index", []),
        )
        for kind, number in (("wagtailimages/image", self.picture.pk), ("wagtaildocs/document", self.file.pk)):
            for deed in ("delete", "add_to_collection", "add_tags"):
                yield f"/admin/bulk/{kind}/{deed}/", None, {"id": number}


@pytest.fixture
def desk(people):
    return Desk(people)


def walk(client, screens):
    """{what is said in English: where first} and the screens that were shown."""
    found, shown = {}, set()
    for name, arguments, *query in screens:
        address = name if arguments is None else reverse(name, args=arguments)
        answer = client.get(address, *query)
        if answer.status_code != 200:
            continue
        shown.add(name)
        for text in english(answer):
            found.setdefault(text, f"{address} {query or ''}")
    return found, shown


def test_the_screens_are_read_at_all(client, desk, people):
    client.force_login(again(people.editor))
    _found, shown = walk(client, desk.screens())
    assert len(shown) > 35
    page = client.get(reverse("wagtailadmin_home"))
    page.content = page.content.replace("控制面板".encode(), b"Dashboard")
    assert "Dashboard - 案场后台" in english(page)


@pytest.mark.parametrize("who", ["editor", "trainer", "manager", "director", "superuser"])
def test_no_screen_speaks_english(client, desk, people, who):
    client.force_login(again(superuser() if who == "superuser" else getattr(people, who)))
    found, _shown = walk(client, desk.screens())
    assert not found, pformat(found)


def test_refused_uploads_and_incomplete_forms_are_explained_in_chinese(client, desk, people):
    client.force_login(again(people.editor))
    junk = SimpleUploadedFile("plan.png", b"no picture", content_type="image/png")
    found = {}
    for name, arguments, post in (
        ("wagtailadmin_pages:edit", [desk.section.pk], {"title": "", "body-count": 0}),
        ("scripts:add", [], {}),
        ("scripts:edit", [desk.script.pk], {"valid_until": "soon"}),
        ("wagtailimages:add", [], {"title": "", "file": junk}),
        ("wagtailimages:add_multiple", [], {"title": "x", "files[]": junk}),
        ("wagtaildocs:add", [], {}),
        ("wagtailadmin_choose_page_external_link", [], {"external-link-chooser-url": "x y"}),
        ("wagtailadmin_account", [], {"password-old_password": "x", "password-new_password1": "y"}),
    ):
        try:
            answer = client.post(reverse(name, args=arguments), post)
        except NoReverseMatch:
            continue
        for text in english(answer):
            found.setdefault(text, name)
    assert not found, pformat(found)
