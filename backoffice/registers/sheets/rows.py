"""Reads one record: every cell by its kind, then what only the whole row can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import Cell, DateCell, ErrorCell, FormulaCell
from .headings import Column, Heading
from .kinds import CellRefused, Context, Instant, Known, Moment, Read
from .kinds.base import NOTHING
from .kinds.times import add_clock
from .layout import Layout
from .marks import Range
from .report import Problem, Reading, ReadRow
from .signs import is_error_text, tidy
from .titles import SheetContext
from .workbook import Sheet

_MEMO_SIZE = 5000
# True and 1 are equal to a dictionary, so truth values are never looked up.
_REPEATED = frozenset({str, int, float, DateCell})


@dataclass
class Reader:
    """A column with its field: what reading needs, looked up once per table."""

    column: Column
    context: Context
    required: bool
    memo: dict[Any, Read | CellRefused] = field(default_factory=dict)


class RowReader:
    """Reads the rows of one file. One object per file: it keeps the questions that were asked."""

    def __init__(self, layout: Layout, known: Known, answers: Mapping, reading: Reading, base_1904: bool):
        self.layout, self.known, self.answers = layout, known, answers
        self.reading, self.base_1904 = reading, base_1904
        self.readers: list[Reader] = []

    def begin_table(self, sheet: Sheet, heading: Heading, context: SheetContext) -> None:
        self.sheet, self.heading, self.titles = sheet.name, heading, context
        required = {f.name for f in self.layout.fields if f.required}
        parts = {part for f in self.layout.fields if f.name in required for part in f.from_parts}
        self.readers = [
            Reader(column, self._context(column), column.field.name in required | parts)
            for column in heading.columns
            if column.field and not column.field.left_out
        ]
        # What a cell says about the row (its kind of paper) must be known before the cell that depends on it.
        self.readers.sort(key=lambda reader: reader.column.field.kind.needs_row)
        names = heading.names()
        self.joined_fields = [f for f in self.layout.fields if f.from_parts and f.name not in names]
        self.completed_fields = [f for f in self.layout.fields if f.required or f.day_from_sheet or f.from_context]
        self.key = next((key for key in self.layout.keys if self._has(key[0], names)), None)
        self._prepare_fills(sheet, heading)

    def _has(self, name: str, names: set[str]) -> bool:
        known = self.layout.field(name)
        return name in names or bool(known.from_parts and set(known.from_parts) <= names) or known.day_from_sheet

    def _context(self, column: Column) -> Context:
        name = column.field.name
        by_title = self.titles.wan and getattr(column.field.kind, "guess_below", 0) is None
        column.wan = column.wan or (by_title and not column.field.kind.per_unit and "元" not in column.heading)
        return Context(
            known=self.known,
            year=self.titles.year,
            month=self.titles.month,
            base_1904=self.base_1904,
            wan=column.wan,
            highest=column.highest,
            answers=self.answers.get(name, {}),
            ask=lambda value: self.reading.ask(name, value),
        )

    def context_of(self, column: Column) -> Context:
        return next(reader.context for reader in self.readers if reader.column is column)

    def _prepare_fills(self, sheet: Sheet, heading: Heading) -> None:
        """Joined cells below the heading: column → rows that take the value from above."""
        columns = {reader.column.index for reader in self.readers}
        self.fill_values: dict[int, Cell] = {}
        self.fill_ranges = [
            r for r in sheet.marks.merged if r.top > heading.row and r.bottom > r.top and r.left in columns
        ]
        # The next one last, so that taking it is cheap; a list may join thousands of cells.
        self.fill_ranges.sort(key=lambda r: r.top, reverse=True)
        self.filling: list[Range] = []

    def read(self, number: int, cells: Sequence[Cell]) -> ReadRow:
        row = ReadRow(self.sheet, number, list(cells), self.heading, self.base_1904)
        filled = self._fill(number, row.cells) if self.fill_ranges or self.filling else ()
        clocks: dict[str, tuple[Reader, Cell]] = {}
        values = row.values
        for reader in self.readers:
            column = reader.column
            cell = row.cells[column.index] if column.index < len(row.cells) else None
            if column.part == "time" and isinstance(column.field.kind, Instant):
                clocks[column.field.name] = (reader, cell)
                continue
            reader.context.row = values
            read = self._read_cell(reader, cell, row)
            name = column.field.name
            if values.get(name) is None:
                values[name] = read.value
            elif isinstance(read.value, list):
                values[name] = [*values[name], *(v for v in read.value if v not in values[name])]
            if read.also:
                _merge(values, read.also)
        for column in filled:
            row.warnings.append(Problem("filled_from_above", column.field.name, column))
        for name, (reader, cell) in clocks.items():
            self._add_clock(name, reader, cell, row)
        self._whole_row(row)
        return row

    def pass_over(self, number: int, cells: Sequence[Cell]) -> None:
        """A line that is not read may still hold the value of a joined cell that reaches below it."""
        if self.fill_ranges or self.filling:
            self._fill(number, list(cells))

    def _read_cell(self, reader: Reader, cell: Cell, row: ReadRow) -> Read:
        """The value; refusals and warnings go to the row."""
        if cell is None:
            return NOTHING
        kind = reader.column.field.kind
        memo = reader.memo if kind.repeatable and type(cell) in _REPEATED else None
        found = memo.get(cell) if memo is not None else None
        if found is None:
            found = self._fresh(reader, cell)
            if memo is not None and len(memo) < _MEMO_SIZE:
                memo[cell] = found
        if isinstance(found, CellRefused):
            problem = Problem(found.code, reader.column.field.name, reader.column, found.params)
            if found.code == "optional_cell_refused":
                row.warnings.append(problem)
            else:
                row.refusals.append(problem)
            return NOTHING
        for code in found.warnings:
            row.warnings.append(Problem(code, reader.column.field.name, reader.column))
        return found

    def _fresh(self, reader: Reader, cell: Cell) -> Read | CellRefused:
        broken = None
        if isinstance(cell, FormulaCell):
            broken = "formula_without_result"
        elif isinstance(cell, ErrorCell) or (isinstance(cell, str) and is_error_text(tidy(cell))):
            broken = "error_value"
        if broken:
            return CellRefused(broken) if reader.required else CellRefused("optional_cell_refused", why=broken)
        try:
            return reader.column.field.kind.read(cell, reader.context)
        except CellRefused as refused:
            return refused

    def _fill(self, number: int, cells: list[Cell]) -> list[Column]:
        """Fills the joined cells of a row from the first row of each; the columns that were filled."""
        filled = []
        while self.fill_ranges and self.fill_ranges[-1].top <= number:
            joined = self.fill_ranges.pop()
            self.filling.append(joined)
            # Its first row may be absent for want of any value: then there is nothing to take.
            self.fill_values[joined.left] = None
        self.filling = [joined for joined in self.filling if joined.bottom >= number]
        for joined in self.filling:
            index = joined.left
            if number == joined.top:
                self.fill_values[index] = cells[index] if index < len(cells) else None
            elif self.fill_values.get(index) is not None:
                cells.extend([None] * (index + 1 - len(cells)))
                cells[index] = self.fill_values[index]
                filled.append(next(c for c in self.heading.columns if c.index == index))
        return filled

    def _add_clock(self, name: str, reader: Reader, cell: Cell, row: ReadRow) -> None:
        kind = reader.column.field.kind
        if row.values.get(name) is None and self.titles.day and reader.column.field.day_from_sheet:
            row.values[name] = Moment(self.titles.day)
        if isinstance(cell, str) and kind.says_nothing(tidy(cell)):
            cell = None
        if cell is None:
            return
        if isinstance(cell, (ErrorCell, FormulaCell)):
            self._read_cell(reader, cell, row)
            return
        try:
            found = kind.read_clock_cell(cell)
        except CellRefused as refused:
            row.refusals.append(Problem(refused.code, name, reader.column, refused.params))
            return
        row.warnings += [Problem(code, name, reader.column) for code in found.warnings]
        moment = row.values.get(name)
        if moment is not None and found.clock is not None:
            row.values[name] = add_clock(moment.day, found)

    def _whole_row(self, row: ReadRow) -> None:
        values = row.values
        for joined in self.joined_fields:
            parts = [values.get(part) for part in joined.from_parts]
            values[joined.name] = "-".join(parts) if all(parts) else None
        refused = {problem.field for problem in row.refusals}
        for known in self.completed_fields:
            if known.day_from_sheet and values.get(known.name) is None and self.titles.day:
                values[known.name] = Moment(self.titles.day) if isinstance(known.kind, Instant) else self.titles.day
            if known.from_context and values.get(known.name) is None:
                values[known.name] = self.titles.facts.get(known.from_context)
            if known.required and known.name not in refused and not refused.intersection(known.from_parts):
                self._check_required(known, row)
        if self.key is not None:
            key = tuple(_hashable(values.get(name)) for name in self.key)
            row.key = None if key[0] is None else key

    def _check_required(self, known, row: ReadRow) -> None:
        value = row.values.get(known.name)
        if value is not None and not (isinstance(known.kind, Instant) and known.kind.timed and value.clock is None):
            return
        if known.required_unless and row.values.get(known.required_unless[0]) == known.required_unless[1]:
            return
        column = next((c for c in self.heading.columns if c.field is known), None)
        row.refusals.append(Problem("missing_required", known.name, column))


def _merge(values: dict[str, Any], also: Mapping[str, Any]) -> None:
    for name, value in also.items():
        if isinstance(value, list) and isinstance(values.get(name), list):
            values[name] = [*values[name], *(v for v in value if v not in values[name])]
        else:
            values[name] = value


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
