"""Messy sheets: where the table begins, which lines are records, what the user is asked and may decide."""

import datetime as dt

import pytest

from backoffice.registers.sheets import messages
from backoffice.registers.sheets.messages import problem_message
from backoffice.registers.sheets.reading import read_file

from .books import HEADINGS, book
from .corpus import CUSTOMER, KNOWN, LAYOUTS

ZHANG, LI, WANG = ("张三", "19900000001"), ("李四", "19900000002"), ("王五五", "19900000003")


def read(data, layout="customer", **wishes):
    return read_file(data, LAYOUTS[layout], KNOWN, **wishes)


def people(reading):
    return [row.values["name"] for row in reading.rows]


def mapped(reading):
    return {entry["column"]: entry["field"] for entry in reading.mapping()}


def questions(reading, kind):
    return [question for question in reading.questions if question["kind"] == kind]


def test_title_rows_above_the_heading_give_the_year():
    rows = [("客户台账",), ("制表日期：2025年6月30日",), ("姓 名", "联系电话（必填）", "首访日期"), (*ZHANG, "6.18")]
    reading = read(book(rows, headings=None))
    assert reading.sheets[0].heading.row == 3
    assert reading.sheets[0].context == {"year": 2025}
    assert str(reading.rows[0].values["first_contact_at"]) == "2025-06-18"


def test_the_year_never_comes_from_a_permit_number():
    reading = read(
        book([("许可证号:示预售(2025)第8号",), ("姓名", "电话", "首访日期"), (*ZHANG, "6.18")], headings=None)
    )
    assert reading.refused_rows == [{"sheet": "客户", "row": 3, "reasons": ["bad_date"]}]


def test_january_list_reaches_back_over_new_year():
    reading = read(
        book([("2025年1月客户",), ("姓名", "电话", "首访日期"), (*ZHANG, "12.30"), (*LI, "1.2")], headings=None)
    )
    assert [str(row.values["first_contact_at"]) for row in reading.rows] == ["2024-12-30", "2025-01-02"]
    assert reading.by_reason["warnings"] == {"year_by_sequence": 1, "year_from_title": 1}


def two_levels(workbook, sheet):
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    sheet.merge_cells("E1:E2")


def test_heading_on_two_levels():
    rows = [("客户信息", None, "需求", None, "备注"), ("姓名", "电话", "户型", "面积"), (*ZHANG, "三房", 95)]
    reading = read(book(rows, headings=None, prepare=two_levels))
    assert (reading.sheets[0].heading.row, reading.sheets[0].heading.group_row) == (2, 1)
    assert mapped(reading) == {"A": "name", "B": "phone", "C": "layout_wish", "D": "area_wish", "E": "remark"}
    assert [c.group for c in reading.sheets[0].heading.columns] == ["客户信息", "客户信息", "需求", "需求", ""]


def mostly_joined_downwards(workbook, sheet):
    for column in "ABCD":
        sheet.merge_cells(f"{column}1:{column}2")
    sheet.merge_cells("E1:F1")


def test_heading_whose_upper_row_knows_more():
    rows = [
        ("姓名", "电话", "性别", "备注", "需求", None),
        (None, None, None, None, "户型", "面积"),
        (*ZHANG, "男", "", "三房", 95),
    ]
    reading = read(book(rows, headings=None, prepare=mostly_joined_downwards))
    assert reading.sheets[0].heading.row == 2
    assert list(mapped(reading).values()) == ["name", "phone", "gender", "remark", "layout_wish", "area_wish"]
    assert people(reading) == ["张三"]


def test_heading_on_two_levels_in_a_text_file():
    text = "序号,客户信息,,需求,,备注\n,姓名,电话,户型,面积,\n1,张三,19900000001,三房,95,好\n"
    reading = read(text.encode())
    assert list(mapped(reading).values()) == [None, "name", "phone", "layout_wish", "area_wish", "remark"]
    assert reading.rows[0].values["remark"] == "好"


def test_lines_that_are_no_record():
    rows = [
        (*ZHANG, "一"),
        ("合 计", None, "1人"),
        HEADINGS,
        (*LI, "二"),
        (),
        ("6月合计:", None, "2人"),
        ("说明:电话请核对后再录入",),
        ("制表人:", "审核人: 王经理"),
        ("制表人：张三  审核人：李四  财务：",),
        ("制表人:", "张三", "审核人:"),
    ]
    reading = read(book(rows))
    assert people(reading) == ["张三", "李四"]
    assert [(line["row"], line["reason"]) for line in reading.skipped_rows] == [
        *(
            (3, "total"),
            (4, "repeated_heading"),
            (7, "total"),
            (8, "note"),
            (9, "signature"),
            (10, "signature"),
            (11, "signature"),
        ),
    ]


def test_rows_with_a_running_number_alone_are_empty():
    reading = read(book([(1, *ZHANG), (2,), (3,)], headings=("序号", "姓名", "电话")))
    assert reading.counts()["data_rows"] == 1


def test_repeated_and_blank_headings_are_not_used():
    reading = read(book([(*ZHANG, "一", "二", "三")], headings=("姓名", "电话", "备注", "备注", None)))
    assert [(e["field"], e.get("note")) for e in reading.mapping()][2:] == [
        *(("remark", None), (None, "repeated_heading_not_mapped"), (None, "blank_heading_not_mapped")),
    ]


def test_columns_that_are_merely_given_twice_make_no_second_table():
    rows = [("姓名", "联系电话", "联系电话", "备注", "备注"), (*ZHANG, "19900000009", "先到", "后到")]
    reading = read(book(rows, headings=None))
    assert reading.outcome == "import"
    assert mapped(reading) == {"A": "name", "B": "phone", "C": None, "D": "remark", "E": None}
    assert (reading.rows[0].values["phone"], reading.rows[0].values["remark"]) == ("19900000001", "先到")


def test_tables_side_by_side_need_an_area():
    data = book([(*ZHANG, None, *LI)], headings=("姓名", "电话", None, "姓名", "电话"))
    reading = read(data)
    assert (reading.outcome, reading.rows) == ("needs_area", [])
    assert questions(reading, "area") == [{"kind": "area", "sheet": "客户", "areas": ["A:B", "D:E"]}]
    assert people(read(data, areas={"客户": "D:E"})) == ["李四"]


def join_days(workbook, sheet):
    sheet.merge_cells("C2:C3")


def test_joined_cells_are_filled_downwards_and_blank_ones_are_not():
    day = dt.date(2025, 6, 18)
    data = book([(*ZHANG, day), (*LI, None), (*WANG, None)], headings=("姓名", "电话", "首访日期"), prepare=join_days)
    reading = read(data)
    assert [str(row.values.get("first_contact_at")) for row in reading.rows] == ["2025-06-18", "2025-06-18", "None"]
    assert reading.warning_rows == [{"sheet": "客户", "row": 3, "reasons": ["filled_from_above"]}]


def join_under_a_hidden_row(workbook, sheet):
    join_days(workbook, sheet)
    sheet.row_dimensions[2].hidden = True


def test_a_hidden_row_still_gives_its_joined_value():
    data = book(
        [(*ZHANG, "2025-06-18"), (*LI, None)], headings=("姓名", "电话", "首访日期"), prepare=join_under_a_hidden_row
    )
    (row,) = read(data, visible_only=True).rows
    assert (row.values["name"], str(row.values["first_contact_at"])) == ("李四", "2025-06-18")


def hide(workbook, sheet):
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True


def hide_by_filter(workbook, sheet):
    hide(workbook, sheet)
    sheet.auto_filter.ref = "A1:C4"


def test_hidden_rows_and_columns_are_read_and_asked_about():
    data = book([ZHANG, LI, WANG], prepare=hide)
    reading = read(data)
    assert people(reading) == ["张三", "李四", "王五五"]
    assert questions(reading, "hidden_rows") == [{"kind": "hidden_rows", "sheet": "客户", "all": 3, "visible": 2}]
    assert questions(reading, "hidden_column") == [{"kind": "hidden_column", "column": "B", "heading": "联系电话"}]
    assert people(read(data, visible_only=True)) == ["张三", "王五五"]
    filtered = read(book([ZHANG, LI, WANG], prepare=hide_by_filter))
    assert questions(filtered, "filter_left_on") == [{"kind": "filter_left_on", "all": 3, "visible": 2}]


def more_sheets(workbook, sheet):
    second = workbook.create_sheet("二组")
    for row in (HEADINGS, (*LI, "x"), (*ZHANG, "y")):
        second.append(row)
    hidden = workbook.create_sheet("旧")
    for row in (HEADINGS, (*WANG, "z")):
        hidden.append(row)
    hidden.sheet_state = "hidden"


def test_sheets_of_one_shape_are_all_read_and_hidden_ones_only_when_chosen():
    data = book([ZHANG], prepare=more_sheets)
    reading = read(data)
    assert [(row.sheet, row.values["name"]) for row in reading.rows] == [
        ("客户", "张三"),
        ("二组", "李四"),
        ("二组", "张三"),
    ]
    assert reading.refused_rows == [
        {"sheet": "二组", "row": 3, "reasons": ["duplicate_in_file"], "same_as_row": 2, "same_as_sheet": "客户"},
    ]
    assert questions(reading, "same_heading_in_sheets") == [
        {"kind": "same_heading_in_sheets", "sheets": ["客户", "二组"]}
    ]
    assert questions(reading, "hidden_sheet") == [{"kind": "hidden_sheet", "sheet": "旧"}]
    assert people(read(data, sheets=["旧"])) == ["王五五"]


def test_the_user_may_map_columns_otherwise():
    data = book([("一", "19900000001", "张三")], headings=("备注", "联系电话", "称谓"))
    assert read(data).reason == "missing_columns"
    reading = read(data, mapping={"客户": {"C": "name", "A": None}})
    assert people(reading) == ["张三"]
    assert "remark" not in reading.rows[0].values


def test_the_user_may_name_the_heading_row():
    reading = read(book([("姓名", "电话"), ("王五五", "19900000003")]), heading_rows={"客户": 2})
    assert people(reading) == ["王五五"]


def test_an_answer_settles_a_choice_for_the_whole_file():
    data = book([(*ZHANG, "B+"), (*LI, "B+"), (*WANG, "A")], headings=("姓名", "电话", "级别"))
    reading = read(data)
    assert reading.counts()["importable"] == 1
    assert reading.counts()["importable_after_answers"] == 3
    assert questions(reading, "choice_mapping") == [
        {"kind": "choice_mapping", "field": "intent_grade", "value": "B+"}
    ]
    settled = read(data, answers={"intent_grade": {"B+": "B"}})
    assert [row.values["intent_grade"] for row in settled.rows] == ["B", "B", "A"]
    assert settled.questions == []


def test_the_first_importable_row_holds_a_key():
    bad = ("张三", "19900000001", "2025-02-30")
    data = book([bad, (*ZHANG, "2025-06-01"), (*ZHANG, "2025-06-02")], headings=("姓名", "电话", "首访日期"))
    assert read(data).refused_rows == [
        {"sheet": "客户", "row": 2, "reasons": ["bad_date"]},
        {"sheet": "客户", "row": 4, "reasons": ["duplicate_in_file"], "same_as_row": 3},
    ]


def test_errors_in_optional_cells_leave_the_row():
    data = book([("张三", "19900000001", "#N/A"), ("李四", "#REF!", "x")], headings=("姓名", "电话", "备注"))
    reading = read(data)
    assert reading.warning_rows == [{"sheet": "客户", "row": 2, "reasons": ["optional_cell_refused"]}]
    assert reading.refused_rows == [{"sheet": "客户", "row": 3, "reasons": ["error_value"]}]


def test_a_missing_column_is_told_by_name():
    reading = read(book([("张三", "一")], headings=("客户姓名", "备注")))
    assert (reading.outcome, reading.reason, reading.params) == ("reject", "missing_columns", {"fields": ["phone"]})


def test_sums_are_compared_block_by_block():
    heads = ("收据号", "收款日期", "金额(元)")
    rows = [
        ("S1", "2025-06-01", 100),
        ("小计", None, 100),
        ("S2", "2025-06-02", 50),
        ("小计", None, 60),
        ("总计", None, 150),
    ]
    reading = read(book(rows, headings=heads), "receipt")
    assert [(c["row"], c["stated"], c["imported_rows_sum"], c["agrees"]) for c in reading.sum_checks] == [
        (3, "100.00", "100.00", True),
        (5, "60.00", "50.00", False),
        (6, "150.00", "150.00", True),
    ]


def test_rows_can_be_streamed_and_original_texts_are_kept():
    rows = []
    reading = read(
        book([(" 张 三 ", 19900000001.0, dt.date(2025, 6, 18))], headings=("姓名", "电话", "首访日期")),
        each=rows.append,
    )
    assert reading.rows == []
    assert rows[0].original() == {"A": " 张 三 ", "B": "19900000001", "C": "2025-06-18"}


def test_every_sentence_takes_its_facts():
    facts = {"original": "x", "field": "y", "row": 3}
    for sentence in (*messages.REFUSALS.values(), *messages.WARNINGS.values()):
        assert "%(" not in sentence % facts


def test_a_problem_is_told_with_its_place_and_its_text():
    reading = read(book([("张三", "1990000000", "")]))
    row = reading.rows[0]
    sentence = problem_message(row.refusals[0], row)
    for piece in ("客户", "B2", "联系电话", "1990000000"):
        assert piece in sentence


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("首次到访时间", "first_contact_at"),
        ("客户首访时间", "first_contact_at"),
        ("最近联系时间", "last_contact_at"),
        ("是否拒绝联系", "do_not_contact"),
        ("是否勿扰", "do_not_contact"),
        ("客户职业", "occupation"),
        ("客户备用电话", "further_phones"),
        ("客户身份证号码", "identity_number"),
        ("客户的家庭住址", "home_address"),
        ("发证日期", None),
        ("是否成交", None),
    ],
)
def test_a_heading_nobody_listed_is_known_by_the_words_it_is_made_of(heading, field):
    reading = read(book([(*ZHANG, "")], headings=("姓名", "电话", heading)))
    assert mapped(reading)["C"] == field


def test_a_heading_that_comes_close_takes_nothing_from_one_that_says_it():
    heads = ("姓名", "电话", "首次到访时间", "首访日期")
    reading = read(book([(*ZHANG, "2025-06-18", "2025-06-20")], headings=heads))
    assert mapped(reading)["C"] is None and mapped(reading)["D"] == "first_contact_at"


def test_a_sheet_that_is_not_there_is_said_and_the_others_named():
    reading = read(book([ZHANG], title="六月"), sheets=["七月"])
    assert (reading.outcome, reading.reason) == ("reject", "no_such_sheet")
    sentence = messages.file_message(reading.reason, reading.params)
    assert "七月" in sentence and "六月" in sentence


@pytest.mark.parametrize("name", ["6.16", "6月16日", "2025.6.16"])
def test_a_sheet_name_gives_the_day_of_calls(name):
    rows = [("2025年来电登记",), ("时间", "客户姓名", "联系电话"), ("9:05", *ZHANG)]
    reading = read(book(rows, title=name, headings=None), "call")
    assert str(reading.rows[0].values["call_start"]) == "2025-06-16 09:05"


def test_reading_is_deterministic():
    data = book([(*ZHANG, "B+"), (*LI, "C-"), (*WANG, "A")], headings=("姓名", "电话", "级别"))
    assert read(data).as_json(values=True) == read(data).as_json(values=True)


def test_a_layout_without_records_of_its_own_kind_is_not_forced():
    assert read(book([(1, 2)], headings=("楼栋", "房号"))).reason == "no_heading_row"
    assert CUSTOMER.field("phone").required
