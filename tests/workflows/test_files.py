"""What a release shows stays as it was, whatever happens to the library's files afterwards."""

import hashlib
import re

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import CollectionViewRestriction

from content.loading import is_current
from content.training.models import Course
from tests.content.browsing import drawn
from tests.content.factories import draft_section, publish, released_course
from tests.organisation.factories import again
from workflows.releases.files import stored_as
from workflows.releases.models import Release
from workflows.releases.operations import fingerprint


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(people):
    return Image.objects.create(title="沙盘", file=get_test_image_file("jia.png", size=(1200, 600)))


def with_picture(people, picture):
    body = f'<p>看图。</p><embed embedtype="image" id="{picture.pk}" format="fullwidth" alt="沙盘"/>'
    course = released_course(people, body=[
        {"type": "lesson", "value": {"title": "沙盘", "minutes": 5, "body": body, "takeaways": []}}
    ])  # fmt: skip
    return course, Release.objects.of(course).get()


def shown(release):
    html = release.content["modules"][0]["lessons"][0]["html"]
    return re.search(r'src="([^"]+)"', html)[1]


def body_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return b"".join(answer.streaming_content)


def test_a_released_picture_outlives_replacing_and_deleting_it(client, people, picture):
    course, release = with_picture(people, picture)
    client.force_login(again(people.consultant))
    url = shown(release)
    before = body_of(client, url)
    lesson = release.content["modules"][0]["lessons"][0]["id"]
    page = client.get(reverse("portal:lesson", args=[course.code, lesson])).content.decode()
    assert url in page and 'alt="沙盘"' in page
    trainer = Client()
    trainer.force_login(again(people.trainer))
    edit = reverse("wagtailimages:edit", args=[picture.pk])
    other = get_test_image_file("other.png", colour="black", size=(1200, 600))
    form = drawn(BeautifulSoup(trainer.get(edit).content, "html.parser").select_one(f'form[action="{edit}"]'))
    trainer.post(edit, form | {"title": "换了", "file": SimpleUploadedFile("other.png", other.file.getvalue())})
    assert Image.objects.get(pk=picture.pk).title == "换了"
    assert body_of(client, url) == before
    Image.objects.get(pk=picture.pk).delete()
    assert body_of(client, url) == before
    assert hashlib.sha256(before).hexdigest() in url
    assert fingerprint(Release.objects.get(pk=release.pk)) == release.content_hash


def test_a_released_document_outlives_deleting_it(client, people):
    document = Document.objects.create(title="样表", file=ContentFile(b"%PDF-1.4 one", name="form.pdf"))
    section = draft_section(
        people, f'填<a href="{document.url}">样表</a>，见<a href="https://a.example/x?a=1&amp;b=2">例</a>'
    )
    html = publish(section, people).content["clauses"][0]["html"]
    kept, outside = re.findall(r'href="([^"]+)"', html)
    assert outside == "https://a.example/x?a=1&amp;b=2"
    Document.objects.get(pk=document.pk).delete()
    client.force_login(again(people.consultant))
    assert body_of(client, kept) == b"%PDF-1.4 one"
    answer = client.get(kept)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_copies_ask_for_a_login_as_the_library_does(client, people, picture):
    _course, release = with_picture(people, picture)
    assert client.get(shown(release)).status_code == 302
    client.force_login(again(people.consultant))
    digest = shown(release).split("/")[-2]
    for address in (f"/files/kept/{'0' * 64}/x.png", f"/files/kept/{digest}/x.pdf", f"/files/kept/{digest}"):
        assert client.get(address).status_code == 404


def test_only_files_of_the_library_are_copied(people):
    """A link typed by hand must not bring a private file, such as an import, before everybody."""
    default_storage.save("imports/private.csv", ContentFile(b"secret"))
    section = draft_section(people, '<a href="/files/imports/private.csv">表</a>')
    html = publish(section, people).content["clauses"][0]["html"]
    assert "/files/imports/private.csv" in html
    assert not default_storage.exists(stored_as(hashlib.sha256(b"secret").hexdigest(), "private.csv"))


def test_a_file_that_not_everybody_may_open_is_not_released(people):
    document = Document.objects.create(title="密", file=ContentFile(b"%PDF-1.4", name="form.pdf"))
    CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="groups")
    with pytest.raises(PermissionDenied), transaction.atomic():
        publish(draft_section(people, f'<a href="{document.url}">样表</a>'), people)


def test_a_text_whose_picture_is_gone_is_not_released(people, picture):
    course, _release = with_picture(people, picture)
    draft = Course.objects.get(pk=course.pk)
    default_storage.delete(picture.file.name)
    picture.renditions.all().delete()
    draft.change_summary = "again"
    with pytest.raises(PermissionDenied), transaction.atomic():
        publish(draft, people)
    Image.objects.get(pk=picture.pk).delete()
    with pytest.raises(PermissionDenied), transaction.atomic():
        publish(Course.objects.get(pk=course.pk), people)


def test_a_copy_that_a_crash_left_unfinished_is_written_again(client, people, picture):
    course, release = with_picture(people, picture)
    name = stored_as(*shown(release).split("/")[-2:])
    with default_storage.open(name) as stored:
        whole = stored.read()
    default_storage.delete(name)
    default_storage.save(name, ContentFile(whole[:10]))
    draft = Course.objects.get(pk=course.pk)
    assert is_current(draft)
    draft.change_summary = "again"
    publish(draft, people)
    client.force_login(again(people.consultant))
    assert body_of(client, shown(release)) == whole
