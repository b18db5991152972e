"""Wagtail's own search boxes, as an editor uses them: a Chinese word of two characters finds what bears it."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import Collection
from wagtail_factories import ImageFactory

from tests.content.factories import People, released_section
from tests.organisation import factories as org

BOXES = {
    "the explorer": "/admin/pages/{chapter}/results/?q={word}",
    "pages": "/admin/pages/search/?q={word}",
    "pages while typing": "/admin/pages/search/results/?q={word}",
    "chooser of pages": "/admin/choose-page/search/?q={word}",
    "pictures": "/admin/images/?q={word}",
    "chooser of pictures": "/admin/images/chooser/results/?q={word}",
    "documents": "/admin/documents/?q={word}",
    "chooser of documents": "/admin/documents/chooser/results/?q={word}",
}


@pytest.mark.django_db
@pytest.mark.parametrize("box", BOXES)
def test_two_characters_find_what_bears_them_and_nothing_else(client, box):
    people = People()
    section = released_section(people, title="沙盘讲解要点")
    released_section(people, title="交房流程")
    files = Collection.get_first_root_node()
    for title in ("沙盘讲解.jpg", "交房流程.jpg"):
        ImageFactory(title=title, collection=files)
        Document.objects.create(title=title, collection=files, file=ContentFile(b"x", "x.txt"))
    org.sign_in(client, people.editor)
    answer = client.get(BOXES[box].format(chapter=section.get_parent().pk, word="讲解"))
    assert answer.status_code == 200
    assert "沙盘讲解" in answer.text and "交房流程" not in answer.text
