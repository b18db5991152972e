"""What a cell can hold.

A cell is plain data so that a million of them travel cheaply between processes:
`None` (empty), `str`, `int`, `float`, `bool`, or one of the three marked kinds below.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple


class DateCell(NamedTuple):
    """A number under a date or time format: days since the workbook's base, part of a day behind the point."""

    serial: float


class ErrorCell(NamedTuple):
    """`#N/A`, `#VALUE!` and their kin."""

    code: str


class FormulaCell(NamedTuple):
    """A formula whose result was never stored, e.g. a look-up into a file that was not at hand."""

    formula: str = ""


Cell = None | str | int | float | bool | DateCell | ErrorCell | FormulaCell

ERROR_CODES = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

# Days between the two bases a workbook may count from (1900-01-00 and 1904-01-01).
SHIFT_1904 = 1462
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no zone, only wall time


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26. Raises ValueError for anything but Latin letters."""
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"no column: {letters!r}")
        index = index * 26 + ord(letter) - 64
    return index - 1


def serial_moment(serial: float, base_1904: bool = False) -> dt.datetime:
    """Serial day → moment to the second. Raises OverflowError far outside the calendar."""
    days = serial + SHIFT_1904 if base_1904 else serial
    whole = int(days // 1)
    return _EPOCH + dt.timedelta(days=whole, seconds=round((days - whole) * 86400))


def moment_serial(moment: dt.datetime) -> float:
    """Moment → serial day of the 1900 base."""
    gap = moment - _EPOCH
    return gap.days + gap.seconds / 86400


def number_text(number: int | float) -> str:
    """A number as a person would type it: no `.0`, no exponent below 10^15."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number) if isinstance(number, float) else str(number)


def original_text(cell: Cell, base_1904: bool = False) -> str:
    """The cell as the user saw it, near enough to find it again; kept with every imported row."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, DateCell):
        return _date_text(cell.serial, base_1904)
    if isinstance(cell, ErrorCell):
        return cell.code
    if isinstance(cell, FormulaCell):
        return "=" + cell.formula
    return number_text(cell)


def _date_text(serial: float, base_1904: bool) -> str:
    try:
        moment = serial_moment(serial, base_1904)
    except OverflowError:
        return number_text(serial)
    if 0 <= serial < 1:
        return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if moment.time() == dt.time():
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
