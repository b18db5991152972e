"""The screens where editors find their pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from backoffice.frontdoor.labels import age
from backoffice.jobs import clock
from content.handbook.models import Chapter, Section
from content.training.models import Catalogue
from tests.content.factories import draft_section, released_course, released_section
from tests.organisation.factories import again, superuser


@pytest.fixture
def editor(client, people):
    client.force_login(again(people.editor))
    return client


def titles(page):
    found = re.findall(r'id="page_\d+_title"[^>]*>(.*?)</', page.content.decode(), re.S)
    return [" ".join(title.split()) for title in found]


def explore(client, page, **query):
    return client.get(reverse("wagtailadmin_explore", args=[page.pk]), query)


def test_sections_stand_under_the_numbers_readers_cite_in_their_order(editor, people):
    first = released_section(people, title="目的与读者")
    released_section(people, title="手册怎样更新")
    draft_section(people, title="还没有发布")
    page = explore(editor, Chapter.objects.get())
    assert titles(page) == ["1.1 目的与读者", "1.2 手册怎样更新", "还没有发布"]
    assert "1 接待" in page.content.decode()
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[first.pk])).content.decode()
    assert "1.1 目的与读者" in shown
    assert first.get_latest_revision_as_object().number == 1


def test_a_copy_takes_no_number_along(people):
    section = released_section(people)
    copy = section.copy(update_attrs={"slug": "copy"}, keep_live=False)
    assert (copy.specific.number, copy.specific.label) == (None, "")


@pytest.mark.parametrize("ordering", ["", "ord", "title"])
def test_nothing_invites_to_an_order_or_a_publishing_that_is_refused(editor, client, people, ordering):
    section = released_section(people)
    for user in (people.editor, superuser()):
        client.force_login(again(user))
        page = explore(client, Chapter.objects.get(), **({"ordering": ordering} if ordering else {})).content.decode()
        for sign in (
            "w-orderable",
            "set_position",
            '?ordering=ord"',
            'type="checkbox" data-bulk',
            "data-bulk-action-all",
        ):
            assert sign not in page, sign
    moved = client.post(reverse("wagtailadmin_pages:set_page_position", args=[section.pk]), {"position": 0})
    assert moved.status_code in (302, 403)


def test_nobody_is_warned_about_a_site_that_is_not_needed(client, people):
    released_course(people)
    draft_section(people)
    for user, page in ((people.trainer, Catalogue.objects.get()), (people.editor, Chapter.objects.get())):
        client.force_login(again(user))
        shown = explore(client, page)
        assert shown.status_code == 200
        assert "help-warning" not in shown.content.decode()


def test_pages_are_found_by_two_characters_in_the_middle(editor, people):
    released_section(people, title="客户首次来访")
    released_section(people, title="样板间管理")
    chapter = Chapter.objects.get()
    for found in (
        explore(editor, chapter, q="首次"),
        editor.get(reverse("wagtailadmin_pages:search"), {"q": "首次"}),
    ):
        assert found.status_code == 200
        assert titles(found) == ["1.1 客户首次来访"]
    chosen = editor.get(reverse("wagtailadmin_choose_page_search"), {"q": "样板"})
    assert "样板间管理" in chosen.content.decode()
    for name in ("wagtailimages:index", "wagtaildocs:index"):
        assert editor.get(reverse(name), {"q": "首次"}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_sections(editor, people):
    released_section(people)
    chapter = Chapter.objects.get()
    explore(editor, chapter)
    with CaptureQueriesContext(connection) as few:
        explore(editor, chapter)
    for _number in range(8):
        released_section(people)
    with CaptureQueriesContext(connection) as many:
        assert len(titles(explore(editor, chapter))) == 9
    assert len(many) <= len(few)
    assert Section.objects.count() == 9


def test_ages_and_the_way_to_the_reader_are_said_as_staff_say_them(editor, people):
    section = released_section(people)
    Section.objects.filter(pk=section.pk).update(latest_revision_created_at=clock.now() - timedelta(days=358))
    page = explore(editor, Chapter.objects.get()).content.decode()
    assert "11个月3周前" in " ".join(page.split())
    shown = page + editor.get(reverse("wagtailadmin_pages:edit", args=[section.pk])).content.decode()
    for word in ("任何人可看", "公众", ">发布<"):
        assert word not in shown, word
    assert "员工可读；打开在用版本" in page and "员工看到的标题" in shown
    with translation.override("en"):
        assert age(clock.now() - timedelta(days=358)) == "11\xa0months, 3\xa0weeks"
