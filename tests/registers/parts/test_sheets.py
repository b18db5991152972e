"""Lines in spreadsheets: exported on a sheet of their own, beside the key of their record, under the usual masks."""

from io import BytesIO

import openpyxl
import pytest

from backoffice.customers.models import Customer
from backoffice.registers import catalogue
from tests.organisation import factories as org
from tests.registers.imports.conftest import command

from .test_door import household, line, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    org.site()
    return catalogue.get("customer")


def exported(client, **data):
    answer = client.post("/admin/r/customer/export/", {"kind": "xlsx", "columns": "all"} | data)
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def test_lines_stand_on_a_sheet_of_their_own_beside_the_key_of_their_record(client, register):
    write(register, lines=[line(name="陈予安", phone="19900020001", relation="spouse"), line(name="林小满", age=6)])
    write(register, phone="19900010002")
    org.sign_in(client, org.person("SM"))

    book = exported(client)

    assert book.sheetnames == ["客户", "家庭成员"]
    head, *lines = book["家庭成员"].iter_rows(values_only=True)
    assert head[1:4] == ("姓名", "关系", "联系电话")
    told = [dict(zip(head, cells, strict=True)) for cells in lines]
    assert [one["姓名"] for one in told] == ["陈予安", "林小满"]
    assert {one[head[0]] for one in told} == {"199****0001"}
    assert "19900020001" not in str(lines) and "配偶" in str(lines)


def test_a_view_of_chosen_columns_is_exported_without_lines(client, register):
    write(register, lines=[line(name="陈予安")])
    org.sign_in(client, org.person("SM"))
    assert exported(client, columns="shown").sheetnames == ["客户"]


def test_the_export_of_a_past_moment_holds_the_lines_of_then(client, register):
    _done, row = write(register, lines=[line(name="陈予安")])
    then = row.updated_at.isoformat()
    write(register, row, [line(name="林小满")])
    org.sign_in(client, org.person("SM"))
    answer = client.post(
        f"/admin/r/customer/export/?as_of={then.replace('+', '%2B')}", {"kind": "xlsx", "columns": "all"}
    )
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert [cells[1] for cells in book["家庭成员"].iter_rows(min_row=2, values_only=True)] == ["陈予安"]


def test_what_was_exported_comes_back_without_taking_a_line_for_a_customer(register, tmp_path):
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001", age=30)])
    path = tmp_path / "customers.xlsx"
    command("export_sheet", "customer", path)

    report = command("import_sheet", "customer", path)

    assert (report["created"], report["updated"]) == (0, 0)
    assert [sheet["why"] for sheet in report["sheets"] if not sheet["use"]] == ["lines"]
    assert Customer.rows.count() == 1 and household(row) == [("陈予安", 30)]
