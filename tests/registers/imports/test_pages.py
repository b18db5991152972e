"""The pages: who finds them, what they show and hide, and every way a person can decide."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backoffice.customers.models import Customer
from backoffice.jobs import clock
from backoffice.jobs.queue import enqueue
from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.imports.models import ImportBatch, ImportRow, RememberedAnswer, RememberedMapping
from backoffice.registers.scope import viewer_of
from tests.organisation import factories

from .conftest import CORPUS, EXPECTATIONS, MESSY, UPLOAD, page, press, sheet, upload, upload_corpus

pytestmark = pytest.mark.django_db
COUNTS = next(entry["counts"] for entry in EXPECTATIONS["files"] if entry["file"] == MESSY)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_import_from_upload_to_undo(signed_in, clerk):
    batch = upload_corpus(signed_in)
    assert (batch.state, batch.counts["importable"], batch.counts["refused"]) == ("previewed", 44, 20)
    assert not Customer.rows.exists()
    assert page(signed_in, batch).status_code == 200

    press(signed_in, batch, "imports_confirm", digest=batch.digest)
    assert (batch.state, batch.counts["created"], Customer.rows.count()) == ("done", 44, 44)
    change_set = batch.change_set
    assert (change_set.channel, change_set.actor, change_set.source_name) == ("import", clerk, MESSY)
    history = catalogue.get("customer").history.objects
    assert {entry.source_sheet for entry in history.all()} == {"汇总"}
    assert set(history.values_list("source_row", flat=True)) == set(
        batch.rows.filter(action="create").values_list("row", flat=True)
    )
    assert page(signed_in, batch).status_code == 200

    signed_in.post(reverse("changes:undo", args=[change_set.public_id]), {"_reason": "wrong list"})
    drain()
    assert not Customer.rows.filter(voided_at=None).exists()
    assert ImportBatch.objects.get(pk=batch.pk).change_set.undone_by.voided == 44


def test_a_second_click_and_an_old_preview_write_nothing_more(signed_in):
    batch = upload_corpus(signed_in)
    stale = "0" * 64
    press(signed_in, batch, "imports_confirm", digest=stale)
    assert (batch.state, Customer.rows.count()) == ("previewed", 0)
    digest = batch.digest
    for _click in range(3):
        press(signed_in, batch, "imports_confirm", digest=digest)
    assert Customer.rows.count() == 44
    assert batch.change_set.created == 44


@pytest.mark.parametrize("role", ["PC", "RC", "SS", "MKT", "FIN", "GM"])
def test_who_may_not_import_finds_nothing(client, signed_in, known_site, role):
    batch = upload_corpus(signed_in)
    client.force_login(factories.person(role, site=known_site))
    assert client.get(UPLOAD).status_code == 404
    assert client.post(UPLOAD, {"file": sheet(["客户姓名", "联系电话"])}).status_code == 404
    for screen in ("batch", "progress", "refused"):
        assert page(client, batch, f"imports_{screen}").status_code == 404
    for screen in ("read", "confirm", "discard", "go_on"):
        url = reverse(f"imports_{screen}", args=[batch.public_id])
        assert client.post(url, {"digest": batch.digest}).status_code == 404
    drain()
    assert not Customer.rows.exists()


def test_an_import_belongs_to_whoever_uploaded_it(client, signed_in, known_site):
    batch = upload_corpus(signed_in)
    client.force_login(factories.person("SM", site=known_site))
    assert page(client, batch).status_code == 404
    assert MESSY not in client.get(UPLOAD).content.decode()


def test_the_preview_masks_personal_data_and_says_why(signed_in):
    batch = upload_corpus(signed_in)
    everything = text_of(page(signed_in, batch)) + text_of(page(signed_in, batch, p=2))
    assert "19900000075" not in everything
    assert "199****0075" in everything
    assert "99010819880809062X" not in everything

    refused = text_of(page(signed_in, batch, show="refused"))
    assert "D21" in refused
    assert "61" in refused
    assert refused.count("不是") + refused.count("is no") > 3


def test_a_record_out_of_reach_is_refused_without_a_word_about_it(signed_in, known_site, clerk, client):
    """A supervisor's team does not hold the record: the key is taken, and that is all they learn."""
    phone = "19900009901"
    factories.write("customer", {"site": known_site, "name": "秘密客户", "phone": phone})
    register = catalogue.get("customer")
    seats = viewer_of(clerk).seats
    seat = type(seats[0])(
        role="BO",
        site=known_site.pk,
        staff=clerk.staff_id,
        permissions=frozenset(
            {register.permission(verb) for verb in ("add", "change", "import")} | {register.permission("view_own")}
        ),
    )
    viewer = type(viewer_of(clerk))(user=clerk, seats=(seat,))
    clerk._viewer = viewer
    from django.db import transaction

    from backoffice.registers.imports import upload as uploading
    from backoffice.registers.imports.reading import read_batch

    file = BytesIO("客户姓名,联系电话\n别的名字,19900009901\n新客户,19900009902\n".encode())
    batch = uploading.receive(register, file, owner=clerk, site=known_site, name="a.csv")
    batch.state = "reading"
    batch.save()
    read_batch(batch, viewer, commit=transaction.atomic)
    taken, new = batch.rows.order_by("n")
    assert (taken.action, taken.row_id, taken.problems[0]["code"]) == ("refused", None, "taken")
    assert "秘密" not in str(taken.problems)
    assert new.action == "create"
    assert batch.counts["refused"] == 1


def test_changed_rows_show_what_changes_and_a_change_in_between_is_not_overwritten(signed_in, known_site, clerk):
    register = catalogue.get("customer")
    for number in (1, 2):
        values = {"site": known_site, "name": f"客户{number}", "phone": f"1990000980{number}", "remark": "旧"}
        factories.write("customer", values)
    batch = upload(
        signed_in,
        sheet(
            ["客户姓名", "联系电话", "备注"],
            ["客户1", "19900009801", "新"],
            ["客户2", "19900009802", "新"],
            ["客户3", "19900009803", ""],
        ),
    )
    assert (batch.counts["actions"]["update"], batch.counts["actions"]["create"]) == (2, 1)
    shown = page(signed_in, batch, show="update").content.decode()
    assert "<del>旧</del>" in shown
    assert "<ins>新</ins>" in shown

    meanwhile = Customer.rows.get(phone="19900009801")
    apply(register, [Write(row=meanwhile, values={"remark": "别人"})], act=Act(clerk, "form"))
    press(signed_in, batch, "imports_confirm", digest=batch.digest)

    assert dict(Customer.rows.values_list("phone", "remark")) == {
        "19900009801": "别人",
        "19900009802": "新",
        "19900009803": "",
    }
    assert (batch.counts["updated"], batch.counts["created"], batch.counts["conflicts"]) == (1, 1, 1)
    assert ImportRow.objects.get(batch=batch, row=2).action == "conflict"


def test_a_blank_cell_leaves_what_is_there(signed_in, known_site):
    factories.write("customer", {"site": known_site, "name": "甲", "phone": "19900009701", "remark": "留下"})
    batch = upload(signed_in, sheet(["客户姓名", "联系电话", "备注"], ["甲", "19900009701", ""]))
    assert batch.counts["actions"]["unchanged"] == 1
    assert "disabled" in page(signed_in, batch).content.decode()


def test_words_are_explained_once_and_remembered(signed_in):
    batch = upload_corpus(signed_in)
    assert COUNTS["importable_after_answers"] == 46
    names = {question["value"]: question["field"] for question in batch.reading["questions"]}
    answers = {}
    for number, (word, code) in enumerate([("电梯广告", "outdoor"), ("B+", "-")], 1):
        answers |= {f"field-{number}": names[word], f"word-{number}": word, f"answer-{number}": code}
    press(signed_in, batch, "imports_read", **answers)
    assert (batch.state, batch.counts["importable"]) == ("previewed", 46)
    assert not [question for question in batch.reading["questions"] if question["kind"] == "choice_mapping"]
    assert dict(RememberedAnswer.objects.values_list("spelling", "code")) == {"电梯广告": "outdoor", "B+": ""}

    press(signed_in, batch, "imports_discard")
    again = upload_corpus(signed_in)
    assert again.counts["importable"] == 46


def test_columns_are_mapped_by_hand_and_remembered(signed_in):
    head = ["称谓不明", "号码不明", "备注"]
    batch = upload(signed_in, sheet(["客户姓名", *head[1:]], ["甲", "19900009601", "好"]))
    assert (batch.state, batch.reason) == ("rejected", "missing_columns")
    assert "telephone" in batch.sentence or "电话" in batch.sentence
    press(signed_in, batch, "imports_read", **{"column|csv|B": "phone"})
    assert (batch.state, batch.counts["importable"]) == ("previewed", 1)
    assert RememberedMapping.objects.get().mapping["B"] == "phone"

    second = upload(signed_in, sheet(["客户姓名", *head[1:]], ["乙", "19900009602", "好"]))
    assert (second.state, second.counts["importable"]) == ("previewed", 1)


def test_a_column_cannot_be_pointed_at_what_is_no_field(signed_in, known_site):
    batch = upload(signed_in, sheet(["客户姓名", "联系电话", "别的"], ["甲", "19900009501", "x"]))
    for crafted in ("site", "version", "created_by", "voided_at", "nonsense"):
        press(signed_in, batch, "imports_read", **{"column|csv|C": crafted})
        assert batch.state == "previewed"
        assert all(entry["field"] != crafted for entry in batch.reading["mapping"])


def test_the_same_file_is_asked_about(signed_in):
    first = upload_corpus(signed_in)
    press(signed_in, first, "imports_confirm", digest=first.digest)
    second = upload_corpus(signed_in)
    assert second.state == "uploaded"
    assert page(signed_in, second).status_code == 200
    press(signed_in, second, "imports_read")
    assert second.counts["actions"]["unchanged"] == 44
    assert Customer.rows.count() == 44


def test_the_refused_rows_come_back_as_a_workbook_that_can_be_corrected(signed_in):
    batch = upload_corpus(signed_in)
    content = b"".join(page(signed_in, batch, "imports_refused").streaming_content)
    book = openpyxl.load_workbook(BytesIO(content))
    rows = list(book["汇总"].iter_rows(values_only=True))
    assert len(rows) == 2 + 20
    heads = rows[1]
    assert heads[1:4] == ("编号", "姓名", "性别")
    assert all(row[0] for row in rows[2:])
    assert all(cell.data_type in ("s", "n") and cell.data_type != "f" for row in book["汇总"] for cell in row)

    again = upload(signed_in, SimpleUploadedFile("refused.xlsx", content))
    assert again.counts["data_rows"] == 20
    # A row that repeated one that was imported is now an update of it or the first of its kind.
    codes = {problem["code"] for row in again.rows.filter(action="refused") for problem in row.problems}
    assert "bad_phone" in codes
    assert again.counts["refused_by_reason"]["bad_date"] == 3

    place = heads.index("手机") + 1
    corrected = book["汇总"]
    for number, row in enumerate(corrected.iter_rows(min_row=3), 1):
        if row[place - 1].value and "bad" not in str(row[0].value):
            row[place - 1].value = f"1990000{9000 + number}"
    out = BytesIO()
    book.save(out)
    third = upload(signed_in, SimpleUploadedFile("corrected.xlsx", out.getvalue()))
    assert third.counts["refused_by_reason"].get("bad_phone", 0) == 0


def test_formulas_are_texts_in_every_workbook_handed_out(signed_in):
    batch = upload(
        signed_in,
        sheet(
            ["客户姓名", "联系电话", "备注"],
            *[["甲", "123", f"{sign}1+1"] for sign in ("=", "+", "-", "@", "=cmd|' /C calc'!A0 ")],
        ),
    )
    content = b"".join(page(signed_in, batch, "imports_refused").streaming_content)
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0] for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    dangerous = [cell for cell in cells if str(cell.value)[0] in "=+-@"]
    assert len(dangerous) == 5
    assert all(cell.quotePrefix for cell in dangerous)


def test_the_template_is_understood_by_the_import(signed_in):
    content = b"".join(signed_in.get(f"{UPLOAD}template/").streaming_content)
    book = openpyxl.load_workbook(BytesIO(content))
    heads = [cell.value for cell in book.worksheets[0][1]]
    assert [head.endswith("*") for head in heads[:3]] == [True, True, False]
    book.worksheets[0].append(["甲", "19900009401"])
    out = BytesIO()
    book.save(out)
    batch = upload(signed_in, SimpleUploadedFile("filled.xlsx", out.getvalue()))
    assert batch.counts["importable"] == 1
    mapped = [entry["field"] for entry in batch.reading["mapping"]]
    fields = [name for name in catalogue.get("customer").fields if name != "site"]
    assert mapped == fields


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty_file"),
        ("这不是表格".encode(), "no_heading_row"),
        ("客户姓名,备注,性别\n甲,乙,男\n".encode(), "missing_columns"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "not_a_spreadsheet"),
        ((CORPUS / "认购台账_加密.xlsx").read_bytes(), "encrypted"),
        ((CORPUS / "来访登记_未传完.xlsx").read_bytes(), "damaged_file"),
        (b"x" * (20 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=["empty", "no heading", "no telephone", "picture", "encrypted", "truncated", "oversized"],
)
def test_a_file_that_cannot_be_read_says_so_and_changes_nothing(signed_in, storage, content, sentence):
    file = SimpleUploadedFile("list.xlsx", content)
    answer = signed_in.post(UPLOAD, {"file": file})
    if answer.status_code == 422:
        assert sentence in ("empty_file", "too_large")
        assert not ImportBatch.objects.exists()
    else:
        drain()
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.reason) == ("rejected", sentence)
        shown = page(signed_in, batch)
        assert shown.status_code == 200
        assert batch.sentence in shown.content.decode().replace("&#x27;", "'").replace("&quot;", '"')
    assert not Customer.rows.exists()
    assert not ImportRow.objects.exists()


def test_after_a_week_the_bytes_and_cells_are_gone_and_the_numbers_stay(signed_in, storage):
    left, done = upload(signed_in, sheet(["客户姓名", "联系电话"], ["甲", "19900009301"])), upload_corpus(signed_in)
    press(signed_in, done, "imports_confirm", digest=done.digest)
    with clock.shift(timedelta(days=7, minutes=1)):
        enqueue("imports.expire")
        drain()
        for batch in (left, done):
            batch.refresh_from_db()
            assert not batch.file
            assert len(batch.sha256) == 64
            assert not batch.rows.exclude(originals={}).exists()
            assert not batch.rows.exclude(values={}).exists()
            assert page(signed_in, batch).status_code == 200
            assert page(signed_in, batch, "imports_refused").status_code == 404
        assert (left.state, done.state, done.counts["created"]) == ("cancelled", "done", 44)
    assert not [path for path in storage.rglob("*") if path.is_file()]
    assert Customer.rows.count() == 44


def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    signed_in, known_site, django_assert_max_num_queries
):
    for number in range(40):
        values = {"site": known_site, "name": f"客{number}", "phone": f"199000090{number:02d}", "remark": "旧"}
        factories.write("customer", values)
    rows = [[f"客{number}", f"199000090{number:02d}", "新"] for number in range(45)]
    batch = upload(signed_in, sheet(["客户姓名", "联系电话", "备注"], *rows))
    page(signed_in, batch)
    with django_assert_max_num_queries(40):
        page(signed_in, batch)
