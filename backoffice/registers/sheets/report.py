"""What reading a file gives: rows, counts, questions, and the one object that reports print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .cells import Cell, original_text
from .headings import Column, Heading
from .layout import Layout
from .marks import Marks


class Problem(NamedTuple):
    """A refusal or a warning, with its cell. `messages` turns it into a sentence."""

    code: str
    field: str
    column: Column | None = None
    params: Mapping[str, Any] = {}


class SkippedRow(NamedTuple):
    sheet: str
    row: int
    reason: str


@dataclass(slots=True)
class ReadRow:
    """One record. `values` by field (None where there is nothing); `cells` as read, joined cells filled."""

    sheet: str
    row: int
    cells: list[Cell]
    heading: Heading
    base_1904: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    refusals: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    key: tuple | None = None
    same_as: tuple[str, int] | None = None
    hidden: bool = False

    @property
    def importable(self) -> bool:
        return not self.refusals

    def original(self) -> dict[str, str]:
        """Column letters → the text of the cell as the user saw it."""
        return {
            column.letters: original_text(self.cells[column.index], self.base_1904)
            for column in self.heading.columns
            if column.index < len(self.cells) and self.cells[column.index] is not None
        }


@dataclass
class SheetReport:
    """One sheet of the file. `why` says why it is not used: hidden, no_table, missing_columns, not_chosen."""

    name: str
    state: str
    use: bool = False
    why: str = ""
    heading: Heading | None = None
    context: dict = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        entry: dict[str, Any] = {"name": self.name, "use": self.use, "state": self.state}
        if self.heading:
            entry["heading_row"] = self.heading.row
            if self.heading.group_row:
                entry["group_heading_row"] = self.heading.group_row
        if self.context:
            entry["context"] = self.context
        if self.why:
            entry["why"] = self.why
        if self.missing:
            entry["missing"] = self.missing
        return entry


class Keys:
    """Which keys are taken, under one way of looking at the file."""

    def __init__(self):
        self._holders: dict[tuple, tuple[str, int]] = {}

    def take(self, row: ReadRow) -> tuple[str, int] | None:
        """The row that holds the key already; otherwise None, and this row holds it."""
        if row.key is None:
            return None
        holder = self._holders.setdefault(row.key, (row.sheet, row.row))
        return None if holder == (row.sheet, row.row) else holder


class Reading:
    """The outcome of reading one file: import, needs_area or reject (with `reason` and `params`)."""

    def __init__(
        self, layout: Layout, outcome: str = "import", reason: str | None = None, params: Mapping | None = None
    ):
        self.layout, self.outcome, self.reason, self.params = layout, outcome, reason, dict(params or {})
        self.format = ""
        self.base_1904 = False
        self.sheets: list[SheetReport] = []
        self.rows: list[ReadRow] = []
        self.refused_rows: list[dict] = []
        self.warning_rows: list[dict] = []
        self.skipped_rows: list[dict] = []
        self.questions: list[dict] = []
        self.sum_checks: list[dict] = []
        self.comments = self.pictures = 0
        self.importable = self.after_answers = 0
        self.by_reason = {"refused": Counter(), "warnings": Counter(), "skipped": Counter()}
        self.visible: Counter | None = None
        self._keys, self._keys_after, self._keys_visible = Keys(), Keys(), Keys()
        self._asked: dict[tuple[str, str], None] = {}

    def ask(self, name: str, value: str) -> None:
        """A choice value that is not in the dictionary: asked once for the whole file."""
        self._asked.setdefault((name, value))

    def begin_table(self, sheet: str, marks: Marks) -> TableTally:
        return TableTally(self, sheet, marks)

    def finish(self) -> None:
        for name, value in self._asked:
            self.questions.append({"kind": "choice_mapping", "field": name, "value": value})
        shapes: dict[tuple, list[str]] = {}
        for report in self.sheets:
            if report.use:
                shapes.setdefault(tuple(c.heading for c in report.heading.columns), []).append(report.name)
        for names in shapes.values():
            if len(names) > 1:
                self.questions.append({"kind": "same_heading_in_sheets", "sheets": names})
        if self.comments:
            self.questions.append({"kind": "comments", "count": self.comments})
        if self.pictures:
            self.questions.append({"kind": "pictures_ignored", "count": self.pictures})

    def counts(self) -> dict:
        counts = {
            "data_rows": self.importable + len(self.refused_rows),
            "importable": self.importable,
            "refused": len(self.refused_rows),
            "warning_rows": len(self.warning_rows),
            "skipped": len(self.skipped_rows),
            "refused_by_reason": dict(sorted(self.by_reason["refused"].items())),
            "warnings_by_reason": dict(sorted(self.by_reason["warnings"].items())),
            "skipped_by_reason": dict(sorted(self.by_reason["skipped"].items())),
        }
        if self._asked:
            counts["importable_after_answers"] = self.after_answers
        return counts

    def mapping(self) -> list[dict]:
        return [
            _column_json(report.name, column)
            for report in self.sheets
            if report.use
            for column in report.heading.columns
        ]

    def as_json(self, values: bool = False) -> dict:
        """One object in the notation of reports; with `values` the rows too."""
        report: dict[str, Any] = {"format": self.format, "outcome": self.outcome, "register": self.layout.code}
        if self.outcome == "reject":
            return report | {"reason": self.reason, "counts": {"importable": 0}}
        report["sheets"] = [sheet.as_json() for sheet in self.sheets]
        report["mapping"] = self.mapping()
        report["counts"] = self.counts()
        if self.visible is not None:
            keys = ("data_rows", "importable", "refused", "skipped")
            report["counts_visible_rows_only"] = {key: self.visible[key] for key in keys}
        report |= {
            "refused_rows": self.refused_rows,
            "warning_rows": self.warning_rows,
            "skipped_rows": self.skipped_rows,
            "questions": self.questions,
        }
        if self.sum_checks:
            report["sum_checks"] = self.sum_checks
        if self.base_1904:
            report["date_base"] = 1904
        if values:
            report["rows"] = [self.row_json(row) for row in self.rows]
        return report

    def row_json(self, row: ReadRow) -> dict:
        """{"sheet", "row", "values"}; fields without a value are left out."""
        kinds = {f.name: f.kind for f in self.layout.fields}
        shown = {
            name: kinds[name].show(value) if name in kinds else value
            for name, value in row.values.items()
            if value is not None
        }
        return {"sheet": row.sheet, "row": row.row, "values": shown}


def _column_json(sheet: str, column: Column) -> dict:
    entry: dict[str, Any] = {
        "sheet": sheet,
        "column": column.letters,
        "heading": column.heading,
        "field": column.field.name if column.field else None,
    }
    if column.group:
        entry["group_heading"] = column.group
    if column.part:
        entry["part"] = column.part
    if column.wan:
        entry["unit"] = "wan_yuan"
    if column.hidden:
        entry["hidden_column"] = True
    if column.note:
        entry["note"] = column.note
    return entry


class TableTally:
    """Counts the rows of one table into a reading."""

    def __init__(self, reading: Reading, sheet: str, marks: Marks):
        self.reading, self.sheet, self.marks = reading, sheet, marks
        self.all_rows = self.visible_rows = 0
        if marks.hidden_rows and reading.visible is None:
            reading.visible = Counter()

    def add(self, row: ReadRow, hidden: bool) -> None:
        reading = self.reading
        row.hidden = hidden
        self.all_rows += 1
        self.visible_rows += not hidden
        only_asked = {problem.code for problem in row.refusals} <= {"unknown_choice"}
        if only_asked and not reading._keys_after.take(row):
            reading.after_answers += 1
        if reading.visible is not None and not hidden:
            held = row.importable and reading._keys_visible.take(row)
            reading.visible["data_rows"] += 1
            reading.visible["importable" if row.importable and not held else "refused"] += 1
        if row.importable:
            row.same_as = reading._keys.take(row)
            if row.same_as:
                row.refusals.append(Problem("duplicate_in_file", "", None, {"row": row.same_as[1]}))
        self._count(row)

    def _count(self, row: ReadRow) -> None:
        reading = self.reading
        if row.importable:
            reading.importable += 1
            reasons = sorted({problem.code for problem in row.warnings})
            if reasons:
                reading.warning_rows.append({"sheet": row.sheet, "row": row.row, "reasons": reasons})
                reading.by_reason["warnings"].update(reasons)
            return
        reasons = sorted({problem.code for problem in row.refusals})
        entry = {"sheet": row.sheet, "row": row.row, "reasons": reasons}
        if row.same_as:
            sheet, number = row.same_as
            entry["same_as_row"] = number
            if sheet != row.sheet:
                entry["same_as_sheet"] = sheet
        reading.refused_rows.append(entry)
        reading.by_reason["refused"].update(reasons)

    def skip(self, line: SkippedRow, hidden: bool) -> None:
        self.reading.skipped_rows.append(line._asdict())
        self.reading.by_reason["skipped"][line.reason] += 1
        if self.reading.visible is not None and not hidden:
            self.reading.visible["skipped"] += 1

    def finish(self) -> None:
        if self.all_rows > self.visible_rows:
            question: dict[str, Any] = {"all": self.all_rows, "visible": self.visible_rows}
            if self.marks.filtered:
                self.reading.questions.append({"kind": "filter_left_on", **question})
            else:
                self.reading.questions.append({"kind": "hidden_rows", "sheet": self.sheet, **question})
