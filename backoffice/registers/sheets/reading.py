"""From a file to checked rows: values, warnings, refusals, skipped lines, questions. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import headings
from .cells import column_index
from .containers import FileRefused
from .headings import Heading, find_heading
from .kinds import Known
from .layout import Layout, fold_heading
from .lines import LineJudge, total_level
from .report import Reading, ReadRow, SheetReport, SkippedRow
from .rows import RowReader
from .sums import SumChecks
from .titles import SheetContext, read_titles
from .workbook import Sheet, Workbook, read_workbook


@dataclass
class Wishes:
    """What the user decided. All optional, all by the names the report shows.

    `answers`: field → word → value of the dictionary ("" leaves it empty).  `mapping`: sheet → letters → field.
    `sheets`: names of the sheets to take, hidden ones too.  `areas`: sheet → columns `A:F`.
    `heading_rows`: sheet → row.
    """

    answers: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    mapping: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    sheets: Sequence[str] | None = None
    areas: Mapping[str, str] = field(default_factory=dict)
    heading_rows: Mapping[str, int] = field(default_factory=dict)
    visible_only: bool = False


def read_file(
    source,
    layout: Layout,
    known: Known,
    *,
    answers=None,
    mapping=None,
    sheets=None,
    areas=None,
    heading_rows=None,
    visible_only: bool = False,
    each: Callable[[ReadRow], None] | None = None,
) -> Reading:
    """Reads a path, bytes, a binary file or an opened `Workbook` by a layout.

    Never raises for a bad file: its `outcome` is reject. `each` is called with every row instead of keeping the
    rows, so that a long list needs no more memory than a short one. The other arguments are those of `Wishes`.
    """
    wishes = Wishes(answers or {}, mapping or {}, sheets, areas or {}, heading_rows or {}, visible_only)
    reading = Reading(layout)
    try:
        with source if isinstance(source, Workbook) else read_workbook(source) as workbook:
            reading.format = workbook.format
            reading.base_1904 = workbook.date1904
            _read_sheets(workbook, layout, known, wishes, reading, each or reading.rows.append)
    except FileRefused as refused:
        reading = Reading(layout, outcome="reject", reason=refused.reason, params=refused.params)
    return reading


def _read_sheets(workbook: Workbook, layout: Layout, known: Known, wishes: Wishes, reading: Reading, each) -> None:
    names = [sheet.name for sheet in workbook.sheets]
    if unknown := [name for name in wishes.sheets or () if name not in names]:
        raise FileRefused("no_such_sheet", wanted=unknown, sheets=names)
    tables = [_find_table(sheet, layout, wishes, reading, workbook.date1904) for sheet in workbook.sheets]
    used = [table for table in tables if table is not None]
    if any(table.heading.areas for table in used):
        reading.outcome = "needs_area"
        return
    if not used:
        raise _nothing_found(reading)
    reader = RowReader(layout, known, wishes.answers, reading, workbook.date1904)
    for table in used:
        _read_table(table, reader, layout, wishes, reading, each)
    reading.finish()


def _nothing_found(reading: Reading) -> FileRefused:
    missing = [report.missing for report in reading.sheets if report.missing]
    if missing:
        return FileRefused("missing_columns", fields=min(missing, key=len))
    return FileRefused("no_heading_row")


@dataclass
class Table:
    sheet: Sheet
    heading: Heading
    context: SheetContext


def _find_table(sheet: Sheet, layout: Layout, wishes: Wishes, reading: Reading, base_1904: bool) -> Table | None:
    """The table of a sheet that shall be used, with the sheet's entry in the report."""
    report = SheetReport(sheet.name, "visible" if sheet.state == "visible" else "hidden")
    reading.sheets.append(report)
    if fold_heading(sheet.name) in layout.beside:
        report.why = "lines"
        return None
    top = list(islice(sheet.rows(), headings.SEARCHED_ROWS))
    area = _area(wishes.areas.get(sheet.name))
    heading = find_heading(top, sheet.marks, layout, area, wishes.heading_rows.get(sheet.name))
    if heading is None:
        report.why = "no_table"
        return None
    if sheet.name in wishes.mapping:
        headings.override(heading, layout, wishes.mapping[sheet.name])
    above = [(number, cells) for number, cells in top if number < (heading.group_row or heading.row)]
    context = read_titles(above, sheet.name, layout, base_1904)
    missing = _missing_columns(heading, layout, context)
    if wishes.sheets is not None and sheet.name not in wishes.sheets:
        report.why = "not_chosen"
    elif wishes.sheets is None and sheet.state != "visible":
        report.why = "hidden"
        if len(heading.names()) > 1:
            reading.questions.append({"kind": "hidden_sheet", "sheet": sheet.name})
    elif missing:
        report.why, report.missing = "missing_columns", missing
    else:
        report.use = True
    if not report.use:
        return None
    report.heading, report.context = heading, context.facts
    _ask_about(sheet, heading, report, reading)
    return Table(sheet, heading, context)


def _area(text: str | None) -> tuple[int, int] | None:
    if not text:
        return None
    first, _, last = text.partition(":")
    return column_index(first), column_index(last or first)


def _missing_columns(heading: Heading, layout: Layout, context: SheetContext) -> list[str]:
    names = heading.names()
    return [
        f.name
        for f in layout.fields
        if f.required
        and f.name not in names
        and not (f.from_parts and set(f.from_parts) <= names)
        and not (f.day_from_sheet and context.day)
        and not (f.from_context and f.from_context in context.facts)
    ]


def _ask_about(sheet: Sheet, heading: Heading, report: SheetReport, reading: Reading) -> None:
    reading.comments += sheet.marks.comments
    reading.pictures += sheet.marks.pictures
    for first, last in heading.areas:
        report.areas.append(f"{headings.column_letters(first)}:{headings.column_letters(last)}")
    if report.areas:
        reading.questions.append({"kind": "area", "sheet": sheet.name, "areas": report.areas})
    for column in heading.columns:
        if column.hidden and column.field:
            reading.questions.append({"kind": "hidden_column", "column": column.letters, "heading": column.heading})


def _read_table(table: Table, reader: RowReader, layout: Layout, wishes: Wishes, reading: Reading, each) -> None:
    sheet, heading, marks = table.sheet, table.heading, table.sheet.marks
    joined = {r.top: r.right - r.left + 1 for r in marks.merged if r.right > r.left}
    judge = LineJudge(heading, joined)
    reader.begin_table(sheet, heading, table.context)
    sums = SumChecks(sheet.name, heading, reader)
    tally = reading.begin_table(sheet.name, marks)
    for number, cells in sheet.rows():
        if number <= heading.row:
            continue
        hidden = number in marks.hidden_rows
        verdict = judge.judge(number, cells)
        left_out = hidden and wishes.visible_only
        if left_out or verdict != "record":
            reader.pass_over(number, cells)
        if left_out:
            continue
        if verdict == "record":
            row = reader.read(number, cells)
            if layout.ignore is not None and layout.ignore(row.values):
                tally.skip(SkippedRow(sheet.name, number, "ignored_by_rule"), hidden)
                continue
            tally.add(row, hidden)
            if row.importable:
                sums.add(row.values)
            each(row)
        elif verdict != "empty":
            tally.skip(SkippedRow(sheet.name, number, verdict), hidden)
            if verdict == "total":
                reading.sum_checks += sums.check(number, cells, total_level(cells))
    tally.finish()
