"""A manager and a spreadsheet: the messy list is looked at, its refusals taken home, the rest written and undone."""

import json
import re
import subprocess
import sys
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.database import ROOT
from tests.organisation.factories import PASSWORD

MANAGER = "importer"
CORPUS = ROOT / "tests" / "data" / "sheets"
MAKE_LARGE = ROOT / "tests" / "data" / "make_large.py"
MESSY = "客户台账(汇总)副本2.xlsx"
EXPECTATIONS = json.loads((CORPUS / "expectations.json").read_text(encoding="utf-8"))
EXPECTED = next(entry for entry in EXPECTATIONS["files"] if entry["file"] == MESSY)
# A site with a manager of its own: no customer of the demo site stands in the way, and the demo stays as it was.
PREPARE = f"""
import json
from tests.organisation import factories
from tests.sheets.known import load
known = json.load(open({str(CORPUS / "expectations.json")!r}, encoding="utf-8"))
site = load(known | {{"site": known["site"] | {{"project": "湖西里"}}}})
for number, name in enumerate(("许未", "曹北辰", "董小园", "韩七月", "陆一鸣", "欧阳小舟")):
    factories.staff(name, site=site, number=f"N{{number}}", phone="")
factories.person("SM", site=site, name="温知新", username={MANAGER!r})
print(site.pk)
"""


@pytest.fixture(scope="module")
def site(served):
    return served.manage("shell", "--no-imports", "-c", PREPARE).strip().splitlines()[-1]


def figure(page, kind):
    return page.locator(f".import-figure--{kind} strong").inner_text().replace(",", "")


def upload(page, path):
    page.goto("/admin/imports/to/customer/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name=re.compile("Upload and check|上传")).click()


def test_a_messy_list_is_imported_and_undone(login, site, shot, axe):
    page = login(MANAGER, PASSWORD)
    page.goto("/admin/imports/to/customer/")
    shot(page, "import-upload")
    axe(page)
    upload(page, CORPUS / MESSY)

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


def test_ten_thousand_rows_with_a_moving_bar(login, site, served, tmp_path, shot):
    path = tmp_path / "customers.xlsx"
    made = [sys.executable, str(MAKE_LARGE), "--register", "customer", "--rows", "10000", "--seed", "3"]
    subprocess.run([*made, "--out", str(path)], check=True, stdout=subprocess.DEVNULL)
    page = login(MANAGER, PASSWORD)
    upload(page, path)
    expect(page.locator(".import-figures")).to_be_visible(timeout=180_000)
    assert figure(page, "create") == "10000"

    page.locator("form[action$='/confirm/'] button").click()
    bar = page.locator("[data-progress-bar]")
    expect(bar).to_be_visible()
    seen = set()
    while page.locator(".import-sentence").count() == 0 and len(seen) < 4:
        seen.add(bar.get_attribute("value", timeout=5_000) if bar.count() else None)
        if len(seen) == 3:
            shot(page, "import-progress")
        page.wait_for_timeout(300)
    assert len(seen - {None}) >= 3, seen
    # The page may be left, and somebody else may write meanwhile.
    page.goto("/admin/")
    other = login("bo")
    other.goto("/admin/r/customer/")
    page.goto("/admin/imports/to/customer/")
    page.get_by_role("link", name="customers.xlsx").first.click()
    expect(page.locator(".import-sentence")).to_be_visible(timeout=180_000)
    assert figure(page, "create") == "10000"

    page.locator("a[href$='/undo/']").click()
    page.fill("#deed-reason", "只是试一试")
    page.locator("form.reason-form button[type=submit]").click()
    expect(page.locator("[data-progress-bar]")).to_be_visible()
    expect(page.locator("[data-progress-bar]")).to_have_attribute("value", re.compile("[1-9]"), timeout=60_000)
    page.goto("/admin/imports/to/customer/")
    undone = page.locator("li", has_text="customers.xlsx").first.locator(".import-state")
    for _try in range(180):
        if undone.inner_text() in ("Undone", "已撤销"):
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(undone).to_have_text(re.compile("Undone|已撤销"))


def test_a_file_that_is_no_list_says_so_in_one_sentence(login, site, tmp_path, shot):
    page = login(MANAGER, PASSWORD)
    upload(page, CORPUS / "认购台账_加密.xlsx")
    expect(page.locator(".import-mistake")).to_be_visible(timeout=60_000)
    shot(page, "import-rejected")
    big = tmp_path / "big.csv"
    big.write_bytes(b"x" * (20 * 1024 * 1024 + 1))
    page.goto("/admin/imports/to/customer/")
    page.set_input_files("input[type=file]", big)
    expect(page.locator("[data-upload-error]")).to_be_visible()
    expect(page.locator("[data-upload-button]")).to_be_disabled()
