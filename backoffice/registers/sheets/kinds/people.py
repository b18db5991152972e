"""Names, telephones, identity numbers, accounts, members of staff."""

from __future__ import annotations

import datetime as dt
import re
from operator import mul

from ..cells import Cell, number_text
from ..signs import code_text, half_width
from .base import CellRefused, Kind, Read, Text

# Two-sign surnames; the longest first piece decides whether a name is a surname alone.
_DOUBLE = (
    "欧阳 上官 司徒 诸葛 司马 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 长孙 宇文 轩辕 南宫 端木 独孤 西门 百里 东郭 呼延"
)
DOUBLE_SURNAMES = frozenset(_DOUBLE.split())
_ADDRESS = "先生|女士|小姐|太太|夫人|同志|老师|老板|经理|阿姨|叔叔|大哥|大姐|师傅|医生|某某|某|总|姐|哥|工"
_ADDRESSED = re.compile(rf"(.{{1,2}})(?:{_ADDRESS})")
_BRACKETS = re.compile(r"[(\[{【〔][^)\]}】〕]*[)\]}】〕]?")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_NAME_CUT = re.compile(r"[、/,;|\n&及]+")


def split_names(text: str) -> tuple[list[str], bool]:
    """(names, whether a bracket marks a cancellation). Blanks inside a Chinese name go, remarks in brackets go."""
    flat = half_width(text)
    if flat.isalpha() and "及" not in flat:
        return [flat], False
    cancelled = any("退" in remark for remark in _BRACKETS.findall(flat))
    names = []
    for piece in _NAME_CUT.split(_BRACKETS.sub("", flat)):
        name = "".join(piece.split()) if _CHINESE.search(piece) else " ".join(piece.split())
        if name:
            names.append(name)
    return names, cancelled


def is_incomplete(name: str) -> bool:
    """A surname with a form of address, or one sign alone."""
    if len(name) == 1 or name in DOUBLE_SURNAMES:
        return True
    match = _ADDRESSED.fullmatch(name)
    return bool(match) and (len(match[1]) == 1 or match[1] in DOUBLE_SURNAMES)


class Name(Kind):
    """The name of a person. Further names in the cell go to the field `related`."""

    refusal = "bad_name"

    def __init__(self, related: str | None = None):
        self.related = related

    def read_text(self, text, context):
        names, _ = split_names(text)
        if not names:
            return Read()
        warnings = ("name_incomplete",) if is_incomplete(names[0]) else ()
        also = {self.related: names[1:]} if self.related and len(names) > 1 else None
        return Read(names[0], warnings, also)


class Names(Kind):
    """Several persons of equal standing, e.g. the buyers of an order. 退 in brackets sets the field `cancelled`."""

    refusal = "bad_name"

    def __init__(self, cancelled: str | None = None):
        self.cancelled = cancelled

    def read_text(self, text, context):
        names, cancelled = split_names(text)
        if not names:
            return Read()
        warnings = ("name_incomplete",) if any(is_incomplete(name) for name in names) else ()
        return Read(names, warnings, {self.cancelled: True} if self.cancelled and cancelled else None)

    def write(self, value):
        return "、".join(value) if value else None


_MOBILE = re.compile(r"1[3-9]\d{9}")
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.I)
_PHONE_CUT = re.compile(r"[、/,;|\n或]+")
_PHONE_LABEL = re.compile(r"^(?:电话|手机|tel)[:.]?", re.I)
_PHONE_DECIMALS = re.compile(r"^((?:(?:00)?86)?1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7})\.00?$")
_PHONE_SIGNS = re.compile(r"[-—–.()_]")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)(\d{1,6})$", re.I)


def read_phone(text: str, area_code: str) -> tuple[str, bool]:
    """(number, whether the area code was added). Raises CellRefused("bad_phone")."""
    piece = _PHONE_LABEL.sub("", code_text(text))
    # A whole number shown with decimals; a dot may also part the digits of a mobile.
    piece = _PHONE_DECIMALS.sub(r"\1", piece)
    extension = _EXTENSION.search(piece)
    body = piece[: extension.start()] if extension else piece
    digits = _PHONE_SIGNS.sub("", body)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not (digits.isascii() and digits.isdigit()):
        raise CellRefused("bad_phone")
    if _MOBILE.fullmatch(digits) and not extension:
        return digits, False
    return _landline(body, digits, extension[1] if extension else "", area_code)


def _landline(body: str, digits: str, extension: str, area_code: str) -> tuple[str, bool]:
    added = False
    if digits.startswith("0"):
        # Three signs for Beijing and the 02x cities, four elsewhere, unless the writer cut it himself.
        size = 3 if digits[1:2] in ("1", "2") else 4
        written = re.match(r"\(?(0\d{2,3})[-—–)]", body)
        if written:
            size = len(written[1])
        area, number = digits[:size], digits[size:]
    else:
        area, number, added = area_code, digits, True
        if not area:
            raise CellRefused("bad_phone")
    if len(number) not in (7, 8) or number[0] not in "2345678":
        raise CellRefused("bad_phone")
    return "-".join(filter(None, (area, number, extension))), added


class Phone(Kind):
    """A mobile number (11 digits) or a landline (`0512-66000033-801`); further numbers go to the field `further`."""

    refusal = "bad_phone"
    repeatable = False

    def __init__(self, further: str | None = None):
        self.further = further

    def read_text(self, text, context):
        if text.isascii() and _MOBILE.fullmatch(text):
            return Read(text)
        numbers, added = self._numbers(text, context.known.area_code)
        if not numbers:
            return Read()
        warnings = ("landline_area_code_added",) if added else ()
        also = {self.further: numbers[1:]} if self.further and len(numbers) > 1 else None
        return Read(numbers[0], warnings, also)

    def read_number(self, number, context):
        return self.read_text(number_text(number), context)

    def says_nothing(self, text):
        return super().says_nothing(text) or text in ("0", "0.0")

    @staticmethod
    def _numbers(text: str, area_code: str) -> tuple[list[str], bool]:
        numbers: list[str] = []
        any_added = False
        for piece in _phone_pieces(text):
            if _EXPONENT.fullmatch(piece):
                raise CellRefused("bad_phone", damaged=True)
            number, added = read_phone(piece, area_code)
            any_added |= added
            if number not in numbers:
                numbers.append(number)
        return numbers, any_added


def _phone_pieces(text: str):
    for piece in _PHONE_CUT.split(half_width(text)):
        flat = code_text(piece)
        if not flat:
            continue
        # Two mobiles with nothing but a blank between them.
        if len(flat) == 22 and _MOBILE.fullmatch(flat[:11]) and _MOBILE.fullmatch(flat[11:]):
            yield flat[:11]
            yield flat[11:]
        else:
            yield flat


class PhoneList(Phone):
    """Further telephones of a person."""

    def read_text(self, text, context):
        numbers, added = self._numbers(text, context.known.area_code)
        return Read(numbers or None, ("landline_area_code_added",) if added else ())

    def write(self, value):
        return "、".join(value) if value else None


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_NUMBER, _OLD_NUMBER = re.compile(r"[0-9]{17}[0-9X]"), re.compile(r"[0-9]{15}")
_OTHER_PAPER = re.compile(r"[A-Z0-9()]{4,20}")
CITIZEN_PAPERS = frozenset({"身份证", "居民身份证", "二代身份证", "户口簿", "临时身份证"})


def check_sign(first_17: str) -> str:
    """The eighteenth sign of an identity number. Source: GB 11643, ISO 7064 mod 11-2."""
    return _CHECK[sum(map(mul, _WEIGHTS, map(int, first_17))) % 11]


def birth_date(identity_number: str) -> dt.date:
    """Birth date of an identity number of 15 or 18 signs. Raises ValueError for a day that does not exist."""
    digits = identity_number[6:14] if len(identity_number) == 18 else "19" + identity_number[6:12]
    return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def gender_of(identity_number: str) -> str:
    """male or female, from the last digit of the running number."""
    return "male" if int(identity_number[16 if len(identity_number) == 18 else 14]) % 2 else "female"


def read_identity(text: str) -> tuple[str, bool]:
    """(number, whether it is an old one of 15 digits). Raises CellRefused: damaged_ or bad_identity_number."""
    number = code_text(text).upper().lstrip("'")
    if _EXPONENT.fullmatch(number):
        raise CellRefused("damaged_identity_number")
    try:
        if _OLD_NUMBER.fullmatch(number):
            birth_date(number)
            return number, True
        if not _NUMBER.fullmatch(number):
            raise CellRefused("bad_identity_number")
        if check_sign(number[:17]) != number[17]:
            # A number cell keeps fifteen digits and fills up with zeros.
            raise CellRefused("damaged_identity_number" if number.endswith("000") else "bad_identity_number")
        birth_date(number)
    except ValueError as error:
        raise CellRefused("bad_identity_number") from error
    return number, False


class IdentityNumber(Kind):
    """An identity number; other papers only when the field `kind_field` of the row names one."""

    refusal = "bad_identity_number"
    repeatable = False
    needs_row = True

    def __init__(self, kind_field: str | None = None):
        self.kind_field = kind_field

    def read_text(self, text, context):
        paper = context.row.get(self.kind_field) if self.kind_field else None
        if paper and paper not in CITIZEN_PAPERS:
            number = code_text(text).upper()
            if _EXPONENT.fullmatch(number):
                raise CellRefused("damaged_identity_number")
            if not _OTHER_PAPER.fullmatch(number):
                raise CellRefused("bad_identity_number")
            return Read(number)
        number, old = read_identity(text)
        return Read(number, ("identity_15_digits",) if old else ())

    def read_number(self, number, context):
        if abs(number) >= 10**15:
            raise CellRefused("damaged_identity_number")
        return self.read_text(number_text(number), context)


class IdentityNumbers(IdentityNumber):
    """The identity numbers of several buyers in one cell."""

    def read_text(self, text, context):
        numbers, warnings = [], ()
        for piece in re.split(r"[、/,;|\n]+", half_width(text)):
            if piece.strip():
                number, old = read_identity(piece)
                numbers.append(number)
                warnings = ("identity_15_digits",) if old else warnings
        return Read(numbers or None, warnings)

    def write(self, value):
        return " / ".join(value) if value else None


class BankAccount(Kind):
    """Digits as text. A number the sheet has shortened is left out with a warning: the line can still be matched."""

    refusal = "bad_account"
    repeatable = False

    def read_text(self, text, context):
        account = code_text(text)
        if _EXPONENT.fullmatch(account):
            return Read(None, ("account_number_damaged",))
        return Read(account)

    def read_number(self, number, context):
        if abs(number) >= 10**15:
            return Read(None, ("account_number_damaged",))
        return Read(number_text(number))


class Person(Text):
    """A member of staff by name (or by card or staff number, as the group says). Unknown ones are refused."""

    refusal = "unknown_person"

    def __init__(self, group: str = "employees"):
        self.group = group

    def read_text(self, text, context):
        found = context.known.person(text, self.group)
        if found is None:
            names, _ = split_names(text)
            found = context.known.person(names[0], self.group) if names else None
        if found is None:
            raise CellRefused("unknown_person", value=text)
        return Read(found)

    def read_bool(self, truth, context) -> Read:
        raise CellRefused("unknown_person", value=str(truth))

    def write(self, value) -> Cell:
        return value
