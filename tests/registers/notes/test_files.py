"""Files of a record: who may add, read and remove them, how they leave, and what a scanner has to say."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from backoffice.jobs import clock
from backoffice.jobs.models import Job, Outbox
from backoffice.jobs.worker import wake
from backoffice.registers.changes import Write, apply
from backoffice.registers.notes import files
from backoffice.registers.notes.models import FOLDER, Attachment
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

from . import samples


@pytest.fixture
def row(make, people):
    return make(people.li)


@pytest.fixture
def attach(customers, people):
    def attached(row, name="合同.pdf", content=samples.PDF, actor=None):
        return files.take(customers, row, samples.upload(name, content), actor=actor or people.mgr)

    return attached


def body(response):
    return b"".join(response.streaming_content)


def test_several_files_are_added_at_once_and_stand_in_list_and_timeline(as_, people, row):
    client = as_(people.li)
    posted = {
        "files": [samples.upload("合同.pdf", samples.PDF), samples.upload("现场.jpg", samples.located_picture())],
        "_reason": "签约当天",
    }
    assert client.post(at("files", row), posted).status_code == 302
    page = as_(people.mgr).get(at("files", row))
    assert [line["file"].name for line in page.context["lines"]] == ["现场.jpg", "合同.pdf"]
    assert page.context["lines"][0]["thumbnail_url"] and not page.context["lines"][1]["thumbnail_url"]
    entries = as_(people.mgr).get(at("timeline", row), {"kind": "files"}).context["entries"]
    assert {(entry.who, entry.reason, entry.body) for entry in entries} == {
        ("李思远", "签约当天", "合同.pdf"),
        ("李思远", "签约当天", "现场.jpg"),
    }
    assert Outbox.objects.filter(name="attachments.added").count() == 2


def test_a_refused_file_is_named_with_its_reason_and_the_others_are_kept(as_, people, row):
    posted = {"files": [samples.upload("a.pdf", samples.PDF), samples.upload("b.svg", b"<svg onload='x()'/>")]}
    page = as_(people.mgr).post(at("files", row), posted)
    assert page.status_code == 422 and [name for name, _why in page.context["refused"]] == ["b.svg"]
    assert Attachment.objects.get().name == "a.pdf"
    again = as_(people.mgr).post(at("files", row), {"files": [samples.upload("c.pdf", samples.PDF)]})
    assert again.status_code == 422 and Attachment.objects.count() == 1
    assert as_(people.mgr).post(at("files", row), {}).status_code == 422


def test_a_file_leaves_as_a_download_in_which_nothing_runs(as_, people, row, attach):
    file = attach(row)
    answer = as_(people.li).get(at("file", row, file.public_id))
    assert body(answer) == samples.PDF
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and "%E5%90%88%E5%90%8C.pdf" in answer["Content-Disposition"]
    )
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    assert file.name not in file.file.name and file.file.name.startswith(FOLDER)
    assert as_(people.li).get(f"/files/{file.file.name}").status_code == 404


def test_a_thumbnail_is_our_own_drawing(as_, people, row, attach):
    file = attach(row, "现场.jpg", samples.located_picture())
    answer = as_(people.li).get(at("thumbnail", row, file.public_id))
    drawn = body(answer)
    assert answer["Content-Type"] == "image/jpeg" and "sandbox" in answer["Content-Security-Policy"]
    assert b"SecretCamera" not in drawn and Image.open(io.BytesIO(drawn)).format == "JPEG"
    assert as_(people.li).get(at("thumbnail", row, attach(row).public_id)).status_code == 404


SCREENS = ["files", "file", "thumbnail", "void_file", "return_file"]


@pytest.mark.parametrize("screen", SCREENS)
def test_who_does_not_see_the_record_finds_no_file_of_it(as_, people, row, attach, make, screen):
    file = attach(row, "现场.jpg", samples.picture())
    args = [] if screen == "files" else [file.public_id]
    for stranger in (people.wang, org.person("SM", site=org.site("B"))):
        client = as_(stranger)
        assert client.get(at(screen, row, *args)).status_code == 404
        answer = client.post(
            at(screen, row, *args), {"_reason": "x", "files": [samples.upload("a.pdf", samples.PDF)]}
        )
        assert answer.status_code in (404, 405)
    other = make(people.mgr)
    if args:
        assert as_(people.mgr).get(at(screen, other, *args)).status_code == 404
    assert Attachment.objects.count() == 1 and Attachment.objects.get().voided_at is None


def test_verbs_of_the_record_decide_who_adds_and_removes(as_, people, row, attach):
    file = attach(row)
    reader = org.person("MKT")
    page = as_(reader).get(at("files", row))
    assert page.status_code == 200 and not page.context["may_add"]
    assert (
        as_(reader).post(at("files", row), {"files": [samples.upload("b.jpg", samples.picture())]}).status_code == 404
    )
    assert body(as_(reader).get(at("file", row, file.public_id))) == samples.PDF
    assert as_(people.li).get(at("void_file", row, file.public_id)).status_code == 404


def test_removing_needs_a_reason_voids_and_can_be_taken_back(as_, people, row, attach):
    file, client = attach(row), as_(people.mgr)
    assert client.get(at("void_file", row, file.public_id)).status_code == 200
    assert client.post(at("void_file", row, file.public_id), {}).status_code == 422
    assert client.post(at("void_file", row, file.public_id), {"_reason": "传错了"}).status_code == 302
    assert client.get(at("file", row, file.public_id)).status_code == 404
    page = client.get(at("files", row))
    assert "传错了" in page.text and file.name in page.text and not page.context["lines"][0]["url"]
    assert default_storage.exists(file.file.name)
    assert client.post(at("void_file", row, file.public_id), {"_reason": "再来"}).status_code == 404
    assert client.post(at("return_file", row, file.public_id), {"_reason": "没传错"}).status_code == 302
    assert client.get(at("file", row, file.public_id)).status_code == 200
    entries = client.get(at("timeline", row), {"kind": "files"}).context["entries"]
    assert [(entry.kind, entry.reason) for entry in entries] == [
        ("file-returned", "没传错"),
        ("file-voided", "传错了"),
        ("file-added", ""),
    ]


def test_nothing_is_added_to_a_void_record_and_its_files_stay_readable(as_, people, row, attach, customers):
    file = attach(row)
    apply(customers, [Write(row=row, action="void")], act=org.by_system("重复"))
    client = as_(people.mgr)
    posted = {"files": [samples.upload("b.jpg", samples.picture())]}
    assert client.post(at("files", row), posted).status_code == 404
    assert client.get(at("file", row, file.public_id)).status_code == 200


def test_the_list_of_files_costs_the_same_for_one_and_thirty(as_, people, row, attach):
    client = as_(people.mgr)
    attach(row)
    for screen in ("files", "timeline"):
        client.get(at(screen, row))
    counted = {}
    for screen in ("files", "timeline"):
        with CaptureQueriesContext(connection) as one:
            client.get(at(screen, row))
        counted[screen] = len(one)
    for n in range(29):
        attach(row, f"{n}.pdf", samples.PDF + str(n).encode())
    for screen, before in counted.items():
        with CaptureQueriesContext(connection) as thirty:
            client.get(at(screen, row))
        assert len(thirty) <= before, screen


# The scanner

FOUND = []


def scanner(file):
    assert file.read(1)
    if FOUND == ["away"]:
        raise OSError("nobody there")
    return FOUND[0] if FOUND else ""


@pytest.fixture
def scanned(settings):
    settings.ATTACHMENT_SCANNER = "tests.registers.notes.test_files.scanner"
    FOUND.clear()
    yield FOUND
    FOUND.clear()


@pytest.mark.django_db(transaction=True)
def test_a_file_waits_for_the_scanner_and_is_free_when_it_is_clean(as_, people, row, attach, scanned):
    file, client = attach(row, "现场.jpg", samples.picture()), as_(people.mgr)
    assert client.get(at("file", row, file.public_id)).status_code == 404
    assert not client.get(at("files", row)).context["lines"][0]["thumbnail_url"]
    wake(Job.objects.get(kind=files.SCAN).pk)
    assert client.get(at("file", row, file.public_id)).status_code == 200
    assert client.get(at("thumbnail", row, file.public_id)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_file_with_something_in_it_is_gone_and_the_timeline_says_so(as_, people, row, attach, scanned):
    file, client = attach(row), as_(people.mgr)
    scanned.append("Eicar-Test")
    wake(Job.objects.get(kind=files.SCAN).pk)
    assert client.get(at("file", row, file.public_id)).status_code == 404
    assert not default_storage.exists(file.file.name)
    entry = client.get(at("timeline", row), {"kind": "files"}).context["entries"][0]
    assert (entry.kind, entry.reason) == ("file-refused", "Eicar-Test")


@pytest.mark.django_db(transaction=True)
def test_without_an_answer_the_file_stays_away_and_is_asked_about_again(people, row, attach, scanned):
    file = attach(row)
    scanned.append("away")
    asked = Job.objects.get(kind=files.SCAN)
    wake(asked.pk)
    asked.refresh_from_db()
    file.refresh_from_db()
    assert file.state == "waiting" and asked.state == Job.State.QUEUED and asked.attempts == 1


@pytest.mark.parametrize(("code", "found"), [(0, ""), (1, "Eicar FOUND")])
def test_a_scanner_may_be_a_program(settings, tmp_path, code, found):
    from backoffice.registers.notes import scanning

    program = tmp_path / "scan"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\necho 'Eicar FOUND'\nexit {code}\n")
    program.chmod(0o755)
    settings.ATTACHMENT_SCANNER = f"{program} -"
    assert scanning.scan(io.BytesIO(b"x")) == found
    program.write_text("#!/bin/sh\nexit 2\n")
    with pytest.raises(scanning.ScannerFailed):
        scanning.scan(io.BytesIO(b"x"))


@pytest.mark.django_db(transaction=True)
def test_bytes_that_no_file_knows_are_cleaned_up_after_a_day(row, attach, monkeypatch):
    from django.core.files.base import ContentFile

    from backoffice.jobs.queue import enqueue

    kept = attach(row, "现场.jpg", samples.picture())
    orphan = default_storage.save(f"{FOLDER}/zz/orphan", ContentFile(b"x"))
    wake(enqueue("attachments.clean").pk)
    assert default_storage.exists(orphan)
    later = clock.wall() + timedelta(days=2)
    monkeypatch.setattr("backoffice.registers.notes.jobs.clock.wall", lambda: later)
    wake(enqueue("attachments.clean").pk)
    assert not default_storage.exists(orphan)
    assert default_storage.exists(kept.file.name) and default_storage.exists(kept.thumbnail.name)
