"""Compares the sums written in a list with the rows that can be imported; a difference refuses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .cells import Cell, ErrorCell, FormulaCell
from .headings import Heading
from .kinds import Amount, CellRefused

ZERO = Decimal("0.00")


class SumChecks:
    """Running sums of one table: since the last total, since the last that was no subtotal, since the heading."""

    def __init__(self, sheet: str, heading: Heading, reader):
        self.sheet, self.reader = sheet, reader
        self.columns = [
            c for c in heading.columns if c.field and isinstance(c.field.kind, Amount) and c.field.kind.summed
        ]
        self.sums = {level: dict.fromkeys(self._names(), ZERO) for level in ("block", "step", "all")}

    def _names(self) -> list[str]:
        return [c.field.name for c in self.columns]

    def add(self, values: Mapping[str, Any]) -> None:
        for name in self._names():
            value = values.get(name)
            if isinstance(value, Decimal):
                for sums in self.sums.values():
                    sums[name] += value

    def check(self, row: int, cells: Sequence[Cell], level: str) -> list[dict]:
        """One entry per amount that the line states; an average states none."""
        entries = []
        for column in self.columns if level != "average" else ():
            cell = cells[column.index] if column.index < len(cells) else None
            if cell is None or isinstance(cell, (ErrorCell, FormulaCell)):
                continue
            try:
                stated = column.field.kind.read(cell, self.reader.context_of(column)).value
            except CellRefused:
                continue
            if isinstance(stated, Decimal):
                imported = self.sums[level][column.field.name]
                entries.append(
                    {
                        "sheet": self.sheet,
                        "row": row,
                        "field": column.field.name,
                        "stated": format(stated, ".2f"),
                        "imported_rows_sum": format(imported, ".2f"),
                        "agrees": abs(stated - imported) < Decimal("0.01"),
                    }
                )
        self._reset(level)
        return entries

    def _reset(self, level: str) -> None:
        self.sums["block"] = dict.fromkeys(self._names(), ZERO)
        if level != "block":
            self.sums["step"] = dict.fromkeys(self._names(), ZERO)
