"""Codes of units: building, entrance, room."""

from __future__ import annotations

import re

from ..cells import number_text
from ..signs import CHINESE_NUMERAL, chinese_number, code_text
from .base import CellRefused, Kind, Read

_EXPONENT = re.compile(r"\d+(?:\.\d+)?E\+\d+", re.I)
_DATE_LIKE = re.compile(
    r"(?:19|20)\d{2}[-/年.]\d{1,2}[-/月.]\d{1,2}.*|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Za-z]{3}(?:-\d+)?"
)
_LONG = re.compile(r"\d{6,}")
_CUT = re.compile(r"号楼|栋|幢|座|楼|#|单元|门|-|—|–|_|/")


def unit_segment(text: str) -> str:
    """One part of a code without leading zeros: `01` → 1, `0301` → 301, `三零一` → 301, `3E05` as it is."""
    if CHINESE_NUMERAL.fullmatch(text):
        text = str(chinese_number(text))
    return text.lstrip("0") or "0"


class UnitCode(Kind):
    """`1-2-301`, however it was written: `1栋2单元301`, `1#2-301`, `01-02-0301`, `一号楼二单元三零一室`."""

    refusal = "bad_unit_code"
    repeatable = False

    def read_text(self, text, context):
        code = code_text(text).upper()
        if _EXPONENT.fullmatch(code) or _DATE_LIKE.fullmatch(code) or _LONG.fullmatch(code):
            raise CellRefused("damaged_unit_code")
        pieces = [piece for piece in _CUT.split(re.sub(r"(?:室|号房|房|号)$", "", code)) if piece]
        if len(pieces) != 3:
            raise CellRefused(self.refusal)
        segments = [unit_segment(piece) for piece in pieces]
        if not all(segment.isascii() and segment.isalnum() for segment in segments):
            raise CellRefused(self.refusal)
        return Read("-".join(segments))

    def read_number(self, number, context):
        text = number_text(number)
        raise CellRefused(self.refusal if text.isdigit() and len(text) < 6 else "damaged_unit_code")

    def read_date(self, date, context):
        raise CellRefused("damaged_unit_code")


class UnitPart(Kind):
    """A building, an entrance or a room in a column of its own."""

    refusal = "bad_unit_code"

    def read_text(self, text, context):
        code = code_text(text).upper()
        if _EXPONENT.fullmatch(code) or _DATE_LIKE.fullmatch(code) or _LONG.fullmatch(code):
            raise CellRefused("damaged_unit_code")
        bare = re.sub(r"^BUILDING|(?:号楼|栋|幢|座|楼|#|单元|门|室|号房|房|号)$", "", code)
        segment = unit_segment(bare) if bare else ""
        if not (segment.isascii() and segment.isalnum()):
            raise CellRefused(self.refusal)
        return Read(segment)

    def read_number(self, number, context):
        text = number_text(number)
        if not text.isdigit() or number >= 100_000:
            raise CellRefused("damaged_unit_code")
        return Read(unit_segment(text))

    def read_date(self, date, context):
        raise CellRefused("damaged_unit_code")
