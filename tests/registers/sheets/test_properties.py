"""Every value reads as it was written; dressing changes nothing; no bytes break reading."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.kinds import CellRefused, Clock, Context, Moment
from backoffice.registers.sheets.kinds.people import check_sign
from backoffice.registers.sheets.reading import read_file
from backoffice.registers.sheets.signs import is_empty_mark, is_error_text, tidy
from backoffice.registers.sheets.workbook import read_workbook

from .corpus import CUSTOMER, FOLDER, KNOWN

CONTEXT = Context(known=KNOWN)

digits = st.characters(min_codepoint=48, max_codepoint=57)
mobiles = st.builds("1{}{:09d}".format, st.integers(3, 9), st.integers(0, 10**9 - 1))
landlines = st.builds("0512-{}{:07d}".format, st.integers(2, 8), st.integers(0, 10**7 - 1))
names = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4).filter(
    lambda name: not set(name) & set("无暂不详未知空及或")
)
days = st.dates(dt.date(1954, 10, 4), dt.date(2064, 4, 7))
clocks = st.builds(Clock, st.integers(0, 23), st.integers(0, 59), st.none() | st.integers(0, 59))
money = st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2)
areas = st.decimals(Decimal("0.01"), Decimal("1999.99"), places=2)
texts = (
    st.text(max_size=60).map(tidy).filter(lambda t: not is_empty_mark(t) and not is_error_text(t) and tidy(t) == t)
)


@st.composite
def identity_numbers(draw):
    birth = draw(st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1)))
    first = f"99{draw(st.integers(0, 9999)):04d}{birth:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + check_sign(first)


VALUES = {
    "text": (kinds.Text(), texts),
    "name": (kinds.Name(), names),
    "names": (kinds.Names(), st.lists(names, min_size=1, max_size=4)),
    "phone": (kinds.Phone(), mobiles | landlines),
    "phones": (kinds.PhoneList(), st.lists(mobiles | landlines, min_size=1, max_size=3, unique=True)),
    "identity": (kinds.IdentityNumber(), identity_numbers()),
    "identities": (kinds.IdentityNumbers(), st.lists(identity_numbers(), min_size=1, max_size=3)),
    "account": (kinds.BankAccount(), st.text(digits, min_size=16, max_size=19)),
    "amount": (kinds.Amount(), money),
    "budget": (
        kinds.AmountRange(),
        money.filter(lambda m: m > 0) | st.lists(money.filter(lambda m: m > 0), min_size=2, max_size=2),
    ),
    "area": (kinds.Area(), areas),
    "areas": (kinds.AreaRange(), areas | st.lists(areas, min_size=2, max_size=2)),
    "discount": (kinds.Discount(), st.decimals(Decimal("0.0001"), Decimal("1"), places=4)),
    "integer": (kinds.Integer(), st.integers(-(10**9), 10**9)),
    "quantity": (kinds.Quantity(), money),
    "day": (kinds.Day(), days),
    "time": (kinds.Time(), clocks),
    "moment": (kinds.Instant(), st.builds(Moment, days, st.none() | clocks)),
    "yes or no": (kinds.YesNo(), st.booleans()),
    "gender": (kinds.Gender("gender"), st.sampled_from(["male", "female"])),
    "choice": (kinds.Choice("intent_grade"), st.sampled_from("ABCD")),
    "choices": (
        kinds.ChoiceList("purpose"),
        st.lists(st.sampled_from(["自住", "改善", "投资", "婚房", "养老"]), min_size=1, max_size=5, unique=True),
    ),
    "person": (kinds.Person("consultants"), st.sampled_from(["李岚", "周一", "林知远"])),
    "unit code": (
        kinds.UnitCode(),
        st.builds("{}-{}-{}".format, st.integers(1, 99), st.integers(1, 9), st.integers(101, 9999)),
    ),
}


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
@settings(max_examples=60)
def test_a_value_written_to_a_cell_is_read_back(name, data):
    kind, values = VALUES[name]
    value = data.draw(values)
    cell = kind.write(value)
    if isinstance(cell, Decimal):  # a sheet keeps numbers as binary fractions
        cell = float(cell)
    assert kind.read(cell, CONTEXT).value == value


@given(
    mobiles,
    st.sampled_from(["", "+86", "0086", "+86 "]),
    st.lists(st.integers(0, 10), max_size=3),
    st.sampled_from(" -.\u00a0\t"),
)
@example("13000000000", "0086", [9], ".")
@settings(max_examples=200)
def test_a_telephone_reads_equal_in_any_dressing(number, prefix, cuts, sign):
    dressed = number
    for cut in sorted(cuts, reverse=True):
        dressed = dressed[:cut] + sign + dressed[cut:]
    wide = dressed.translate({48 + d: 0xFF10 + d for d in range(10)})
    for text in (prefix + dressed, prefix + wide, f"'{number}", f"{number}.0"):
        assert kinds.Phone().read(text, CONTEXT).value == number
    assert kinds.Phone().read(int(number), CONTEXT).value == number
    assert kinds.Phone().read(float(number), CONTEXT).value == number


@pytest.mark.parametrize("name", VALUES)
@given(cell=st.text(max_size=40) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
@settings(max_examples=80)
@example(cell="9" * 40)
@example(cell="0." + "9" * 60)
@example(cell=1.7e308)
@example(cell="二十百千")
def test_any_cell_is_read_or_refused(name, cell):
    kind, _ = VALUES[name]
    context = Context(known=KNOWN, year=2025, month=1, wan=True)
    try:
        value = kind.read(cell, context).value
    except CellRefused:
        return
    if value is not None:
        kind.show(value)
        kind.write(value)


def corrupted(original: bytes):
    cut = st.integers(0, len(original)).map(lambda n: original[:n])
    flips = st.lists(st.tuples(st.integers(0, len(original) - 1), st.integers(1, 255)), min_size=1, max_size=8)
    return cut | flips.map(lambda changes: _flip(original, changes))


def _flip(original, changes):
    data = bytearray(original)
    for position, mask in changes:
        data[position] ^= mask
    return bytes(data)


SAMPLES = ["客户_注入.xlsx", "客户导入_新.csv", "来访记录导出.xls", "物料领用台账.xls"]


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_corrupted_file_gives_rows_or_a_reason(name, data):
    reading = read_file(data.draw(corrupted((FOLDER / name).read_bytes())), CUSTOMER, KNOWN)
    assert reading.outcome in ("import", "needs_area", "reject")
    assert (reading.outcome == "reject") == bool(reading.reason)


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_corrupted_sheet_parts_behind_right_checksums_give_rows_or_a_reason(data):
    """Flips inside the parts, not in the archive: the archive's own checksums do not catch these."""
    source = zipfile.ZipFile(FOLDER / "客户_注入.xlsx")
    part = data.draw(
        st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, data.draw(corrupted(body)) if name == part else body)
    assert read_file(packed.getvalue(), CUSTOMER, KNOWN).outcome in ("import", "reject")


@given(st.binary(max_size=400))
@settings(max_examples=15, deadline=None)
def test_any_bytes_are_answered(data):
    assert read_file(data, CUSTOMER, KNOWN).outcome == "reject"


def test_frames_are_read_alike_twice():
    with read_workbook(FOLDER / "来电登记6.16-6.22.xlsx") as workbook:
        sheet = workbook.sheets[0]
        assert list(sheet.rows()) == list(sheet.rows())
