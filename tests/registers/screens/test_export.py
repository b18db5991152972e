"""Exports: what the list shows, masked, as text, written down; nothing in it runs as a formula."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from backoffice.registers import exports
from backoffice.registers.models import Access
from backoffice.registers.sheets.signs import tidy
from tests.organisation import factories as org

from .conftest import SECRET, at

FORMULA = '=HYPERLINK("http://example.com","x")'


def body(response):
    return b"".join(response.streaming_content)


def csv_rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def four(people, make):
    make(people.li, name=FORMULA, phone=SECRET, remark="+86", intent_grade="A", budget=(Decimal(900000),))
    make(people.wang, name="何秋", remark="＝1+1", intent_grade="A")  # noqa: RUF001
    make(people.wang, name="秦川", intent_grade="B")
    return people


def test_the_workbook_holds_the_filtered_rows_with_text_as_text(as_, four):
    answer = as_(four.mgr).post(at("export") + "?intent_grade=A&ordering=name", {"kind": "xlsx", "_reason": "周报"})
    sheet = openpyxl.load_workbook(io.BytesIO(body(answer))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3 and {rows[1][0], rows[2][0]} == {FORMULA, "何秋"}
    assert all(cell.data_type != "f" for line in sheet for cell in line)
    assert SECRET not in str(rows) and "199****7788" in str(rows)
    assert "filename" in answer["Content-Disposition"]
    access = Access.objects.get()
    assert (access.kind, access.actor, access.rows, access.row) == ("export", four.mgr, 2, None)
    assert "周报" in access.reason and "name" in access.fields and str(access.pk) in answer["Content-Disposition"]


def test_the_text_file_opens_in_excel_and_starts_no_formula(as_, four):
    answer = as_(four.mgr).post(at("export"), {"kind": "csv", "columns": "all"})
    rows = csv_rows(body(answer))
    cells = [cell for row in rows for cell in row]
    assert len(rows) == 4 and f"'{FORMULA}" in cells and "'+86" in cells and "'＝1+1" in cells  # noqa: RUF001


def test_a_search_narrows_the_export_and_stays_out_of_the_log(as_, four):
    client = as_(four.li)
    supervisor = as_(four.boss)
    token = supervisor.post(at("search"), {"q": SECRET}).json()["token"]
    rows = csv_rows(body(supervisor.post(at("export") + f"?s={token}", {"kind": "csv"})))
    assert len(rows) == 2 and SECRET not in Access.objects.get().reason
    assert client.get(at("export")).status_code in (200, 404)


def test_without_the_verb_there_is_no_export(as_, four):
    client = as_(four.li)
    assert client.get(at("export")).status_code == 404
    assert client.post(at("export"), {"kind": "csv"}).status_code == 404
    assert at("export") not in client.get(at("index")).text
    assert not Access.objects.filter(kind="export").exists()


def test_the_shell_exports_masked_and_in_the_name_of_a_user(four, tmp_path, capsys):
    path = tmp_path / "customers.csv"
    call_command("export_sheet", "customer", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    rows = csv_rows(path.read_bytes())
    assert told["rows"] == 3 == len(rows) - 1 and SECRET not in str(rows)
    call_command("export_sheet", "customer", str(tmp_path / "team.xlsx"), user=four.boss.username)
    sheet = openpyxl.load_workbook(tmp_path / "team.xlsx").active
    assert sheet.max_row == 4 and sheet.freeze_panes == "B2"
    assert Access.objects.filter(kind="export").count() == 2
    for wrong in (("customer", str(tmp_path / "x.pdf")), ("nothing", str(path))):
        with pytest.raises(CommandError):
            call_command("export_sheet", *wrong)
    with pytest.raises(CommandError):
        call_command("export_sheet", "customer", str(path), user=org.person("TRN").username)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "－1"])  # noqa: RUF001
def test_every_sign_that_starts_a_formula_is_neutralised(text):
    assert exports.neutral(text) == f"'{text}" and exports.neutral(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("text", ["990101199001011232", "0012", "6217000010001234567"])
def test_digits_that_are_no_amount_stay_as_they_are_in_a_spreadsheet_and_on_the_way_back(text):
    assert exports._csv_text(text) == f"\t{text}" and tidy(exports._csv_text(text)) == text


@pytest.mark.parametrize("text", ["19900000001", "99010119900101123X", "12", "0512-66001234", "0"])
def test_other_texts_are_exported_as_they_are(text):
    assert exports._csv_text(text) == text
