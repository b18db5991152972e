"""A manager and a spreadsheet: the messy list is looked at, its refusals taken home, the rest written and undone."""

import json
import re
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.database import ROOT

CORPUS = ROOT / "tests" / "data" / "sheets"
MESSY = "客户台账(汇总)副本2.xlsx"
EXPECTATIONS = json.loads((CORPUS / "expectations.json").read_text(encoding="utf-8"))
EXPECTED = next(entry for entry in EXPECTATIONS["files"] if entry["file"] == MESSY)
# A site of its own, so that no customer of the demo site stands in the way, where the demo manager works too.
PREPARE = f"""
import json
from tests.organisation import factories
from tests.sheets.known import load
from backoffice.organisation.models import User
known = json.load(open({str(CORPUS / "expectations.json")!r}, encoding="utf-8"))
site = load(known | {{"site": known["site"] | {{"project": "湖西里"}}}})
seat = factories.seat(User.objects.get(username="sm").staff, "SM", site=site, is_primary=False)
print(site.pk)
"""


@pytest.fixture(scope="module")
def site(served):
    return served.manage("shell", "--no-imports", "-c", PREPARE).strip().splitlines()[-1]


def figure(page, kind):
    return page.locator(f".import-figure--{kind} strong").inner_text().replace(",", "")


def upload(page, site, path):
    page.goto("/admin/imports/to/customer/")
    page.select_option("select[name=site]", site)
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name=re.compile("Upload and check|上传")).click()


def test_a_messy_list_is_imported_and_undone(login, site, shot, axe):
    page = login("sm")
    page.goto("/admin/imports/to/customer/")
    shot(page, "import-upload")
    axe(page)
    upload(page, site, CORPUS / MESSY)

    expect(page.locator(".import-figures")).to_be_visible(timeout=60_000)
    counts = EXPECTED["counts"]
    assert figure(page, "create") == str(counts["importable"])
    assert figure(page, "refused") == str(counts["refused"])
    assert figure(page, "skipped") == str(counts["skipped"])
    assert figure(page, "warned") == str(counts["warning_rows"])
    shot(page, "import-preview")
    axe(page)

    page.locator(".import-figure--refused").click()
    expect(page.locator(".import-line--refused")).to_have_count(counts["refused"])
    rows = page.locator(".import-line__row").all_inner_texts()
    assert {int(re.search(r"\d+", text)[0]) for text in rows} == {row["row"] for row in EXPECTED["refused_rows"]}
    assert page.locator(".import-reasons li").count() >= counts["refused"]
    shot(page, "import-refused")

    with page.expect_download() as download:
        page.locator("a[href$='/refused/']").click()
    book = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    assert sum(1 for row in book.worksheets[0].iter_rows(min_row=3, values_only=True) if row[0]) == counts["refused"]

    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator(".import-sentence")).to_be_visible(timeout=60_000)
    assert figure(page, "create") == str(counts["importable"])
    shot(page, "import-result")
    axe(page)

    page.locator("a[href$='/undo/']").click()
    page.fill("#deed-reason", "传错了表")
    page.locator("form.reason-form button[type=submit]").click()
    page.goto("/admin/imports/to/customer/")
    page.get_by_role("link", name=MESSY).first.click()
    expect(page.locator(".help-warning")).to_be_visible()
    expect(page.locator("a[href$='/undo/']")).to_have_count(0)
    shot(page, "import-undone")


def test_a_file_that_is_no_list_says_so_in_one_sentence(login, site, tmp_path, shot):
    page = login("sm")
    upload(page, site, CORPUS / "认购台账_加密.xlsx")
    expect(page.locator(".import-mistake")).to_be_visible(timeout=60_000)
    shot(page, "import-rejected")
    big = tmp_path / "big.csv"
    big.write_bytes(b"x" * (20 * 1024 * 1024 + 1))
    page.goto("/admin/imports/to/customer/")
    page.set_input_files("input[type=file]", big)
    expect(page.locator("[data-upload-error]")).to_be_visible()
    expect(page.locator("[data-upload-button]")).to_be_disabled()
