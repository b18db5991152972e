"""Quantities, money, areas, discounts."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ..signs import code_text
from .base import CellRefused, Kind, Read

CENT = Decimal("0.01")
WAN = 10_000
_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_APPROXIMATE = re.compile(r"左右|上下|大约|大概|约")
_BOUND = re.compile(r"以内|以下|以上|之内|起")
_RANGE_SIGN = r"(?:-|~|—|–|至|到)+"


def exact(number: int | float) -> Decimal:
    """A number cell as the decimal a person would read."""
    return Decimal(repr(number) if isinstance(number, float) else number)


def cents(number: Decimal) -> Decimal:
    """Two decimals, half up. Raises CellRefused-free InvalidOperation only beyond 28 digits."""
    return number.quantize(CENT, ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """`12.50` → `12.5`, `1200` → `1200`, never an exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_number(text: str) -> Decimal:
    """`1,285,000.00`, `(2,000)`, `-3.5`, `+7`. Raises ValueError."""
    match = re.fullmatch(rf"(\()?([-+−])?({_NUMBER})([-−])?(\))?", text)
    if not match or bool(match[1]) != bool(match[5]):
        raise ValueError(text)
    if "," in match[3] and not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,4}(?:,\d{4})+(?:\.\d+)?", match[3]):
        raise ValueError(text)
    number = Decimal(match[3].replace(",", ""))
    minus = bool(match[1]) ^ (match[2] in ("-", "−")) ^ bool(match[4])
    return -number if minus else number


class Quantity(Kind):
    """A plain number, with a measure word or without: `1,200`, `10个`, `12.5`."""

    refusal = "bad_number"
    _measure = re.compile(r"[\u4e00-\u9fff]{1,2}$|[a-zA-Z]{1,3}$")

    def __init__(self, lowest: int | None = None, highest: int | None = None):
        self.lowest, self.highest = lowest, highest

    def read_text(self, text, context):
        try:
            number = parse_number(self._measure.sub("", code_text(text)))
        except ValueError as error:
            raise CellRefused(self.refusal) from error
        return self._checked(number, context)

    def read_number(self, number, context):
        return self._checked(exact(number), context)

    def _checked(self, number: Decimal, context) -> Read:
        highest = context.highest if self.highest is None else self.highest
        if (self.lowest is not None and number < self.lowest) or (highest is not None and number > highest):
            raise CellRefused("value_out_of_range", lowest=self.lowest, highest=highest)
        return Read(number)

    def show(self, value):
        return plain(Decimal(value))


class Integer(Quantity):
    """A whole number."""

    def _checked(self, number, context):
        if number != number.to_integral_value():
            raise CellRefused(self.refusal)
        return Read(int(super()._checked(number, context).value))


class Score(Quantity):
    """Points from zero up to the highest of the heading (`业绩(40分)`) or of the kind. 缺考 is no score."""

    _measure = re.compile("分$")

    def __init__(self, highest: int | None = None):
        super().__init__(0, highest)

    def says_nothing(self, text):
        return super().says_nothing(text) or text in ("缺考", "未考", "缺席", "免考")


class Amount(Kind):
    """Money in yuan with two decimals.

    `per_unit` prices are not read in the unit of a title and are not summed. `guess_below`: a bare number below it
    can only be ten thousand yuan (a total price of 158.6).
    """

    refusal = "bad_amount"
    ranges = False

    def __init__(self, per_unit: bool = False, summed: bool = True, guess_below: int | None = None):
        self.per_unit, self.guess_below = per_unit, guess_below
        self.summed = summed and not per_unit

    def read_text(self, text, context):
        flat = code_text(text)
        capital = _capital_amount(flat)
        if capital is not None:
            return Read(cents(capital))
        try:
            bare = _approximately(flat, self.ranges)
            approximate = bare != flat
            numbers, unit = self._parse(bare)
        except (ValueError, InvalidOperation) as error:
            raise CellRefused(self.refusal) from error
        read = self._in_yuan(numbers, unit, context)
        return read._replace(warnings=("amount_approximate", *read.warnings)) if approximate else read

    def read_number(self, number, context):
        return self._in_yuan([exact(number)], None, context)

    def _parse(self, text: str) -> tuple[list[Decimal], int | None]:
        """(one number or two ends, the unit written in the cell). Raises ValueError."""
        text = re.sub(r"^(?:¥|rmb|cny|人民币|\$)+|(?:人民币|rmb)$", "", text, flags=re.I)
        ends = [text]
        if self.ranges:
            cut = re.fullmatch(rf"((?:{_NUMBER})(?:万元|万|元)?){_RANGE_SIGN}((?:{_NUMBER})(?:万元|万|元)?)", text)
            ends = list(cut.groups()) if cut else ends
        numbers, units = [], []
        for end in ends:
            number, unit = _unit_apart(end)
            numbers.append(parse_number(number))
            units.append(unit)
        return numbers, units[-1] or units[0]

    def _in_yuan(self, numbers: list[Decimal], unit: int | None, context) -> Read:
        warnings: tuple[str, ...] = ()
        if unit is None and context.wan and not self.per_unit:
            unit = WAN
            if any(number < 1 or number > 100_000 for number in numbers):
                warnings = ("amount_out_of_range",)
        elif unit is None and self.guess_below and 0 < abs(numbers[0]) < self.guess_below:
            unit, warnings = WAN, ("unit_guessed",)
        try:
            values = [cents(number * (unit or 1)) for number in numbers]
        except InvalidOperation as error:
            raise CellRefused(self.refusal) from error
        return Read(values[0] if len(values) == 1 else values, warnings)

    def write(self, value):
        return value

    def show(self, value):
        if isinstance(value, (list, tuple)):
            return [format(end, ".2f") for end in value]
        return format(value, ".2f")


class AmountRange(Amount):
    """A budget: one amount or two ends, `145-160`, `150左右`."""

    ranges = True

    def __init__(self):
        super().__init__(summed=False)

    def write(self, value):
        return f"{plain(value[0])}-{plain(value[1])}" if isinstance(value, (list, tuple)) else value


def _approximately(text: str, wish: bool) -> str:
    """Without 左右 and 约; a wish may also say 以内 or 以上."""
    bare = _APPROXIMATE.sub("", text)
    return _BOUND.sub("", bare) if wish else bare


def _unit_apart(text: str) -> tuple[str, int | None]:
    for word, unit in (
        ("万元整", WAN),
        ("万元", WAN),
        ("万", WAN),
        ("亿元", 10**8),
        ("亿", 10**8),
        ("元整", 1),
        ("元", 1),
    ):
        if text.endswith(word):
            return text[: -len(word)], unit
    return text, None


_CAPITAL = re.compile(
    r"(?:人民币)?([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)[元圆](?:整|正|([零壹贰叁肆伍陆柒捌玖])角整?(?:([壹贰叁肆伍陆柒捌玖])分)?)?"
)
_CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def _capital_amount(text: str) -> Decimal | None:
    """`壹佰贰拾捌万伍仟元整` → 1285000. None when the text is no capital amount that ends in 元."""
    match = _CAPITAL.fullmatch(text)
    if not match:
        return None
    total = section = digit = 0
    for sign in match[1]:
        if sign in _CAPITAL_DIGITS:
            digit = _CAPITAL_DIGITS.index(sign)
        elif sign in "拾佰仟":
            section += (digit or (1 if sign == "拾" and not section else 0)) * {"拾": 10, "佰": 100, "仟": 1000}[sign]
            digit = 0
        else:
            total = (total + section + digit) * (WAN if sign == "万" else 10**8)
            section = digit = 0
    yuan = Decimal(total + section + digit)
    tenths = _CAPITAL_DIGITS.index(match[2]) if match[2] else 0
    hundredths = _CAPITAL_DIGITS.index(match[3]) if match[3] else 0
    return yuan + Decimal(tenths * 10 + hundredths) / 100


_SQUARE = re.compile(r"(?:㎡|平方米|平方|平米|平|m2|m²)$", re.I)


class Area(Kind):
    """Square metres with two decimals; zero and above 2,000 warn."""

    refusal = "bad_number"
    ranges = False

    def read_text(self, text, context):
        flat = code_text(text).lower()
        bare = _approximately(flat, self.ranges)
        approximate, flat = bare != flat, bare
        ends = [flat]
        if self.ranges:
            unit = r"(?:㎡|平方米|平方|平米|平|m2|m²)?"
            cut = re.fullmatch(rf"((?:{_NUMBER}){unit}){_RANGE_SIGN}((?:{_NUMBER}){unit})", flat)
            ends = list(cut.groups()) if cut else ends
        try:
            numbers = [parse_number(_SQUARE.sub("", end)) for end in ends]
        except ValueError as error:
            raise CellRefused(self.refusal) from error
        return self._checked(numbers, ("amount_approximate",) if approximate else ())

    def read_number(self, number, context):
        return self._checked([exact(number)])

    def _checked(self, numbers: list[Decimal], warnings: tuple[str, ...] = ()) -> Read:
        if any(number < 0 for number in numbers):
            raise CellRefused(self.refusal)
        if any(number == 0 or number > 2000 for number in numbers):
            warnings = (*warnings, "area_out_of_range")
        try:
            values = [cents(number) for number in numbers]
        except InvalidOperation as error:
            raise CellRefused(self.refusal) from error
        return Read(values[0] if len(values) == 1 else values, warnings)

    write, show = Amount.write, Amount.show


class AreaRange(Area):
    """A wish: one area or two ends, `90-110㎡`."""

    ranges = True

    write = AmountRange.write


class Discount(Kind):
    """A share of the price: `98折`, `9.8折`, `0.98`, `98%`, `98点` and `优惠2%` are all 0.98."""

    refusal = "bad_discount"

    def read_text(self, text, context):
        flat = code_text(text)
        match = re.fullmatch(rf"(优惠|减|下浮|让利|再减)?({_NUMBER})(折|%|点|个点)?", flat)
        if not match:
            raise CellRefused(self.refusal, value=text)
        less, number, unit = match[1], Decimal(match[2]), match[3]
        if less:
            if unit not in ("%", "点", "个点"):
                raise CellRefused(self.refusal, value=text)
            return self._share(1 - number / 100)
        if unit == "折":
            return self._share(number / (10 if number < 10 else 100))
        if unit:
            return self._share(number / 100)
        return self._bare(number)

    def read_number(self, number, context):
        return self._bare(exact(number))

    def _bare(self, number: Decimal) -> Read:
        if 50 <= number <= 100:
            return self._share(number / 100, ("discount_guessed",))
        return self._share(number)

    def _share(self, share: Decimal, warnings: tuple[str, ...] = ()) -> Read:
        if not 0 < share <= 1:
            raise CellRefused(self.refusal)
        return Read(share.quantize(Decimal("0.0001"), ROUND_HALF_UP), warnings)

    def write(self, value):
        return value

    def show(self, value):
        whole, _, rest = plain(value).partition(".")
        return f"{whole}.{rest.ljust(2, '0')}"


class Share(Discount):
    """A part of a whole: `3成`, `30%`, `0.3` are 0.30; 全款 is 1.00."""

    refusal = "bad_number"

    def read_text(self, text, context):
        flat = code_text(text).removeprefix("首付")
        if flat in ("全款", "一次性", "一次性付款", "全额"):
            return Read(Decimal("1.0000"))
        match = re.fullmatch(r"([\d.]+|[一二三四五六七八九十])成(?:([五\d])|半)?", flat)
        if match:
            tenths = (
                Decimal("一二三四五六七八九十".index(match[1]) + 1)
                if match[1] in "一二三四五六七八九十"
                else Decimal(match[1])
            )
            return self._share((tenths + (Decimal("0.5") if flat.endswith(("半", "五", "5")) else 0)) / 10)
        match = re.fullmatch(rf"({_NUMBER})%", flat)
        try:
            return self._share(parse_number(match[1]) / 100 if match else parse_number(flat))
        except (ValueError, InvalidOperation) as error:
            raise CellRefused(self.refusal) from error

    def _bare(self, number):
        return self._share(number)
