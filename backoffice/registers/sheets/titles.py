"""What stands above a heading and in the name of a sheet: the year, the day, the unit of money, labelled facts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .cells import Cell, DateCell, serial_moment
from .kinds.times import read_day
from .layout import Layout
from .signs import half_width, tidy

_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|[-/.](?=\s*\d{1,2}(?!\d))|Q[1-4])")
_MONTH = re.compile(r"(?<!\d)20\d{2}\s*[-/.年]\s*(\d{1,2})(?!\d)")
_SHEET_DAY = re.compile(r"(\d{1,2})(?:[.\-/]|月)(\d{1,2})[日号]?")
_SHEET_MONTH = re.compile(r"(\d{1,2})月(?:份)?")
_LABEL = re.compile(r"(?:^|[\s;,])([\u4e00-\u9fff]{2,6})\s*:\s*(.*?)(?=\s+[\u4e00-\u9fff]{2,6}\s*:|[;,]|$)")


@dataclass
class SheetContext:
    """`facts` are printed with the sheet: `year`, or what the layout's labels name."""

    year: int | None = None
    month: int | None = None
    day: dt.date | None = None
    wan: bool = False
    facts: dict[str, str | int] = field(default_factory=dict)


def read_titles(
    rows: Sequence[tuple[int, list[Cell]]], sheet_name: str, layout: Layout, base_1904: bool
) -> SheetContext:
    """From the rows above the heading. File names are never asked: they are older than their content."""
    context = SheetContext()
    lines = [" ".join(_shown(cell, base_1904) for cell in cells if cell is not None) for _, cells in rows]
    for line in (*lines, half_width(sheet_name)):
        _take_year(line, context)
    context.wan = any(re.search(r"单位\s*:\s*万元", line) for line in lines)
    for line in lines:
        _take_labels(line, layout.title_labels, context)
    _take_sheet_name(half_width(sheet_name).strip(), layout, context)
    if context.year and context.day is None:
        context.facts = {"year": context.year, **context.facts}
    return context


def _shown(cell: Cell, base_1904: bool) -> str:
    if isinstance(cell, DateCell):
        try:
            return serial_moment(cell.serial, base_1904).date().isoformat()
        except OverflowError:
            return ""
    return half_width(tidy(cell)) if isinstance(cell, str) else ""


def _take_year(line: str, context: SheetContext) -> None:
    year, month = _YEAR.search(line), _MONTH.search(line)
    if year and context.year is None:
        context.year = int(year[1])
    if month and context.month is None and 1 <= int(month[1]) <= 12:
        context.month = int(month[1])


def _take_labels(line: str, labels: Mapping[str, str], context: SheetContext) -> None:
    for label, value in _LABEL.findall(line):
        name = labels.get(label)
        if not name or not value.strip():
            continue
        if name.endswith("date"):
            try:
                context.day = read_day(value, context.year, context.month).day
            except ValueError:
                continue
            context.year, context.month = context.day.year, context.day.month
            context.facts[name] = context.day.isoformat()
        else:
            context.facts[name] = value.strip()


def _take_sheet_name(name: str, layout: Layout, context: SheetContext) -> None:
    day_name = next((fact for fact in layout.title_labels.values() if fact.endswith("date")), None)
    match = _SHEET_MONTH.fullmatch(name)
    if match and context.month is None:
        context.month = int(match[1])
    if context.day is not None or day_name is None:
        return
    try:
        if _SHEET_DAY.fullmatch(name) and context.year:
            context.day = read_day(name, context.year, context.month).day
        else:
            context.day = read_day(name).day
    except ValueError:
        return
    context.facts[day_name] = context.day.isoformat()
