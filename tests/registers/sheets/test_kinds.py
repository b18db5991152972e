"""Each kind reads every way of writing that sites use, warns where it guessed, refuses where it cannot know."""

import datetime as dt
from decimal import Decimal

import pytest

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.cells import DateCell
from backoffice.registers.sheets.kinds import CellRefused, Context

from .corpus import KNOWN

REFUSED = object()


def context(**given):
    return Context(known=KNOWN, **given)


def outcome(kind, cell, **given):
    """(shown value, warnings) or (REFUSED, code)."""
    try:
        read = kind.read(cell, context(**given))
    except CellRefused as refused:
        return REFUSED, refused.code
    return (None if read.value is None else kind.show(read.value)), read.warnings


DATES = [
    *(
        (text, "2025-06-18", ())
        for text in (
            *("2025-06-18", "2025/6/18", "2025.6.18", "2025年6月18日", "20250618", "25/6/18", " 2025-06-18\u3000"),
            *(
                "２０２５－６－１８",
                "2025 年 6 月 18 日",
                "2025-6-18(周三)",
                "25.6.18",
                "25年6月18日",
                20250618,
                45826,
                "45826",
            ),
            DateCell(45826.0),
        )
    ),
    ("2025-6-18 14:30", "2025-06-18 14:30", ()),
    ("2025-06-18T14:30:05", "2025-06-18 14:30:05", ()),
    ("2025/6/18 下午2点半", "2025-06-18 14:30", ()),
    (DateCell(45826.604166667), "2025-06-18 14:30", ()),
    ("6/18/2025", "2025-06-18", ("us_date_order",)),
    ("2025-06-18 24:00", "2025-06-19 00:00", ("time_24",)),
    *((text, "2025-06-18", ("year_from_title",)) for text in ("6月18日", "6.18", "6/18", "06-18", "6月18号")),
    *(
        (cell, REFUSED, "bad_date")
        for cell in (
            *("2025-02-30", "2025年5月", "6月", "昨天", "2025-13-02", "7月", "待补资料", "18/6/2025", "2025.6"),
            *(15000, 70000, 1.2, 6.2, 6.18, DateCell(0.5), DateCell(60001), True, -1, 1e300, 20251301),
        )
    ),
    *((mark, None, ()) for mark in ("", "—", "--", "/", "无", "N/A", "不详", " ")),
]


@pytest.mark.parametrize(("cell", "shown", "told"), DATES)
def test_moment(cell, shown, told):
    assert outcome(kinds.Instant(), cell, year=2025) == (shown, told)


def test_a_day_without_year_needs_a_title():
    assert outcome(kinds.Day(), "6月18日") == (REFUSED, "bad_date")


@pytest.mark.parametrize(("text", "shown"), [("12.30", "2024-12-30"), ("12月1日", "2024-12-01")])
def test_december_in_a_january_list_belongs_to_the_year_before(text, shown):
    assert outcome(kinds.Day(), text, year=2025, month=1) == (shown, ("year_by_sequence",))
    assert outcome(kinds.Day(), "1.2", year=2025, month=1) == ("2025-01-02", ("year_from_title",))


def test_1904_base_is_applied_before_the_limits():
    assert outcome(kinds.Day(), 44364, base_1904=True) == ("2025-06-18", ())
    assert outcome(kinds.Day(), DateCell(44364.0), base_1904=True) == ("2025-06-18", ())
    assert outcome(kinds.Day(), 12345, base_1904=True) == (REFUSED, "bad_date")


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        *((c, "14:30", ()) for c in ("14:30", "１４：３０", "14.30", "下午2点半", "下午2:30", "2:30PM", "14点30分")),
        *((c, "14:30", ()) for c in (0.604166667, "0.604166667", DateCell(0.604166667), DateCell(45826.604166667))),
        ("晚上6点半", "18:30", ()),
        ("下午3点", "15:00", ()),
        ("上午十点一刻", "10:15", ()),
        ("08:30:00", "08:30:00", ()),
        ("9.20", "09:20", ()),
        ("中午12点", "12:00", ()),
        ("16", "16:00", ("time_hour_only",)),
        (16, "16:00", ("time_hour_only",)),
        ("24:00", "00:00", ("time_24",)),
        ("上午", None, ("time_vague",)),
        ("晚上", None, ("time_vague",)),
        *(
            (c, REFUSED, "bad_time")
            for c in ("25:10", "25:10:00", "10:61", "一会儿", 9.2, 25, -0.5, True, DateCell(1.05))
        ),
    ],
)
def test_time(cell, shown, told):
    assert outcome(kinds.Time(), cell) == (shown, told)


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        *(
            (c, "19900000001", ())
            for c in (
                *("199 0000 0001", "199-0000-0001", "+8619900000001", "008619900000001", "１９９０００００００１"),
                *(
                    19900000001,
                    19900000001.0,
                    "19900000001.0",
                    "\t19900000001",
                    "'19900000001",
                    "\u00a019900000001\u200b",
                ),
                *("+86 199 0000 0001", "86-19900000001", "电话:19900000001", "199.0000.0001"),
            )
        ),
        ("0512-6600 0000", "0512-66000000", ()),
        ("051266000000", "0512-66000000", ()),
        ("(0512)66000000", "0512-66000000", ()),
        ("010-66000000", "010-66000000", ()),
        ("0512-66000033转801", "0512-66000033-801", ()),
        ("66000000", "0512-66000000", ("landline_area_code_added",)),
        ("6600 0105", "0512-66000105", ("landline_area_code_added",)),
        ("0", None, ()),
        (0, None, ()),
        *(
            (c, REFUSED, "bad_phone")
            for c in ("1990000000", "12900000001", "1.99E+10", "=19900000001", "199****0001", "96600000", True, 1.5)
        ),
    ],
)
def test_phone(cell, shown, told):
    assert outcome(kinds.Phone(), cell) == (shown, told)


@pytest.mark.parametrize("sign", ["/", "、", "\n", ",", ";", " ", "或"])
def test_second_telephone_of_a_cell_is_a_further_one(sign):
    read = kinds.Phone(further="further_phones").read(f"19900000001{sign}19900000002", context())
    assert read == ("19900000001", (), {"further_phones": ["19900000002"]})


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        ("99010819880809062x", "99010819880809062X", ()),
        ("９９０１０８１９８８０８０９０６２Ｘ", "99010819880809062X", ()),
        ("'990102 19910301 3612\t", "990102199103013612", ()),
        ("990109790403673", "990109790403673", ("identity_15_digits",)),
        (990109790403673, "990109790403673", ("identity_15_digits",)),
        *(
            (c, REFUSED, "damaged_identity_number")
            for c in (990104198109105000, 9.90104198109105e17, "9.90106E+17", "990105199603089000")
        ),
        *((c, REFUSED, "bad_identity_number") for c in ("990103197601108311", "99010719850326607", "E12345678", 123)),
    ],
)
def test_identity_number(cell, shown, told):
    assert outcome(kinds.IdentityNumber("identity_kind"), cell) == (shown, told)


def test_other_papers_need_their_kind():
    kind = kinds.IdentityNumber("identity_kind")
    assert outcome(kind, "e12345670", row={"identity_kind": "护照"}) == ("E12345670", ())
    assert outcome(kind, "E12345670", row={"identity_kind": "身份证"}) == (REFUSED, "bad_identity_number")


@pytest.mark.parametrize(
    ("cell", "name", "related", "told"),
    [
        ("张 三", "张三", None, ()),
        ("张三（本人）", "张三", None, ()),
        ("张三、李四/王五", "张三", ["李四", "王五"], ()),
        ("John  Smith", "John Smith", None, ()),
        ("欧阳小小", "欧阳小小", None, ()),
        ("𠮷野青", "𠮷野青", None, ()),
        ("=2+5", "=2+5", None, ()),
        ("王总", "王总", None, ("name_incomplete",)),
        ("王 女士", "王女士", None, ("name_incomplete",)),
        ("欧阳先生", "欧阳先生", None, ("name_incomplete",)),
        ("赵", "赵", None, ("name_incomplete",)),
        ("—", None, None, ()),
    ],
)
def test_name(cell, name, related, told):
    read = kinds.Name(related="related").read(cell, context())
    assert (read.value, (read.also or {}).get("related"), read.warnings) == (name, related, told)


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        *(
            (c, "1285000.00", ())
            for c in (
                *("1,285,000.00", "128.5万", "128.5万元", "¥1285000", "￥1,285,000", "RMB 1,285,000.00", "1285000元"),
                *("壹佰贰拾捌万伍仟元整", "人民币壹佰贰拾捌万伍仟元", 1285000, 1284999.9999, "１２８５０００"),
            )
        ),
        ("(2,000)", "-2000.00", ()),
        ("-3.50", "-3.50", ()),
        ("约2万", "20000.00", ("amount_approximate",)),
        ("壹佰零伍元叁角贰分", "105.32", ()),
        ("0", "0.00", ()),
        ("-", None, ()),
        *(
            (c, REFUSED, "bad_amount")
            for c in ("面议", "贰万", "145-160", "150以内", "1.5E+06", True, DateCell(1.0), "1,28,5")
        ),
    ],
)
def test_amount(cell, shown, told):
    assert outcome(kinds.Amount(), cell) == (shown, told)


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        ("145-160", ["1450000.00", "1600000.00"], ()),
        ("145~160万", ["1450000.00", "1600000.00"], ()),
        ("145至160", ["1450000.00", "1600000.00"], ()),
        ("150左右", "1500000.00", ("amount_approximate",)),
        ("约150万", "1500000.00", ("amount_approximate",)),
        (150, "1500000.00", ()),
        ("1500000元", "1500000.00", ()),
        (0.5, "5000.00", ("amount_out_of_range",)),
        (1500000, "15000000000.00", ("amount_out_of_range",)),
    ],
)
def test_budget_under_a_heading_with_ten_thousand_yuan(cell, shown, told):
    assert outcome(kinds.AmountRange(), cell, wan=True) == (shown, told)


def test_a_bare_total_price_can_only_be_ten_thousand_yuan():
    kind = kinds.Amount(guess_below=100_000)
    assert outcome(kind, 160.205) == ("1602050.00", ("unit_guessed",))
    assert outcome(kind, "160.205万") == ("1602050.00", ())
    assert outcome(kind, 1602050) == ("1602050.00", ())


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        *((c, "0.98", ()) for c in ("98折", "9.8折", "0.98", "98%", "98点", "优惠2%", 0.98, "９８折")),
        ("9折", "0.90", ()),
        ("95折", "0.95", ()),
        ("98.5折", "0.985", ()),
        ("98", "0.98", ("discount_guessed",)),
        (98, "0.98", ("discount_guessed",)),
        *((c, REFUSED, "bad_discount") for c in ("1.02", "9.8", 1.02, "特批", "0", "120")),
    ],
)
def test_discount(cell, shown, told):
    assert outcome(kinds.Discount(), cell) == (shown, told)


@pytest.mark.parametrize(
    ("cell", "shown"), [("3成", "0.30"), ("三成", "0.30"), ("30%", "0.30"), (0.3, "0.30"), ("全款", "1.00")]
)
def test_share(cell, shown):
    assert outcome(kinds.Share(), cell) == (shown, ())


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        *(
            (c, "89.50", ())
            for c in ("89.5㎡", "89.5平", "89.50 m2", "89.5m²", "89.50平方米", 89.5, "89.5 M2", "89.5平米")
        ),
        ("90-110㎡", ["90.00", "110.00"], ()),
        ("90㎡-110㎡", ["90.00", "110.00"], ()),
        (0, "0.00", ("area_out_of_range",)),
        ("2100", "2100.00", ("area_out_of_range",)),
        *((c, REFUSED, "bad_number") for c in ("大", "-5", True)),
    ],
)
def test_area(cell, shown, told):
    assert outcome(kinds.AreaRange(), cell) == (shown, told)


@pytest.mark.parametrize(
    "text",
    [
        "1-2-301",
        "1栋2单元301",
        "1#2-301",
        "01-02-0301",
        "一号楼二单元三零一室",
        "1幢2单元301室",
        " 1 - 2 - 301 ",
        "1号楼2单元301",
    ],
)
def test_unit_code(text):
    assert outcome(kinds.UnitCode(), text) == ("1-2-301", ())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *((c, "damaged_unit_code") for c in ("3.00E+05", 300000, DateCell(45717.0), "300000", "2001-2-3", "1月2日")),
        *((c, "bad_unit_code") for c in ("3号楼", "1-301", "车位", "1-2-3-4", 301)),
    ],
)
def test_damaged_unit_code(cell, code):
    assert outcome(kinds.UnitCode(), cell) == (REFUSED, code)


def test_parts_of_a_unit_code():
    part = kinds.UnitPart()
    assert [part.read(c, context()).value for c in ("1#", "十一栋", "二单元", "0302", 302, "3E05")] == [
        *("1", "11", "2", "302", "302", "3E05"),
    ]
    assert outcome(part, "3.00E+05") == (REFUSED, "damaged_unit_code")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((c, True) for c in ("是", "√", "Y", "1", 1, "有", True)),
        *((c, False) for c in ("否", "×", "n", "0", 0, "无")),
    ],
)
def test_yes_or_no(cell, value):
    assert outcome(kinds.YesNo(), cell) == (value, ())


def test_gender():
    kind = kinds.Gender("gender")
    assert [outcome(kind, c) for c in ("男", "先生", "M", "f", "女士")] == [
        *(("male", ()), ("male", ()), ("male", ()), ("female", ()), ("female", ())),
    ]
    assert outcome(kind, 1) == ("male", ("gender_code_guessed",))
    assert outcome(kind, "0") == ("female", ("gender_code_guessed",))


def test_choice_is_found_under_any_way_of_writing_and_asked_otherwise():
    kind, asked = kinds.ChoiceList("awareness_source"), []
    read = kind.read("朋友推荐/ 户外大牌,渠道-某某行", context())
    assert read.value == ["朋友介绍", "户外广告", "渠道"]
    with pytest.raises(CellRefused, match="unknown_choice"):
        kind.read("抖音、电梯广告、公交", context(ask=asked.append))
    assert asked == ["电梯广告", "公交"]
    answers = {"电梯广告": "户外广告", "公交": ""}
    assert kind.read("抖音、电梯广告、公交", context(answers=answers)).value == ["抖音", "户外广告"]


def test_bank_account_that_became_a_number_is_left_out():
    kind = kinds.BankAccount()
    assert outcome(kind, "6200 0000 0000 0009 997\t") == ("6200000000000009997", ())
    for cell in (6.2000000000001e18, "6.2E+18"):
        assert outcome(kind, cell) == (None, ("account_number_damaged",))


def test_text_keeps_formulas_and_lines_and_drops_what_cannot_be_seen():
    kind = kinds.Text()
    for text in ("=1+1", "+86-1+1", "@SUM(1+1)", "<script>", "'; DROP TABLE x"):
        assert outcome(kind, text) == (text, ())
    assert outcome(kind, "\u3000两行\r\n第二行\u200b\0 ") == ("两行\n第二行", ())
    assert outcome(kind, "👨‍👩‍👧 一家") == ("👨‍👩‍👧 一家", ())
    assert outcome(kind, "\ufeff'123\t") == ("123", ())


def test_numbers():
    assert outcome(kinds.Quantity(), "1,200") == ("1200", ())
    assert outcome(kinds.Quantity(), 12.5) == ("12.5", ())
    assert outcome(kinds.Quantity(), "一批") == (REFUSED, "bad_number")
    assert outcome(kinds.Integer(0, 120), "35岁") == ("35", ())
    assert outcome(kinds.Integer(), 1.5) == (REFUSED, "bad_number")
    assert outcome(kinds.Score(), "86分", highest=100) == ("86", ())
    assert outcome(kinds.Score(100), 120) == (REFUSED, "value_out_of_range")
    assert outcome(kinds.Score(100), "缺考") == (None, ())


def test_birth_date_and_gender_follow_from_an_identity_number():
    from backoffice.registers.sheets.kinds.people import birth_date, gender_of

    assert birth_date("99010819880809062X") == dt.date(1988, 8, 9)
    assert gender_of("99010819880809062X") == "female"
    assert gender_of("990109790403673") == "male"


def test_money_is_decimal():
    assert kinds.Amount().read(0.1, context()).value == Decimal("0.10")
