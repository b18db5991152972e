"""What a list may hold: the fields of an import, as plain data.

A layout is derived from a register's fields, with further ways of writing their headings; it can be read before
anything of the register exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .kinds import Kind
from .signs import fold


@dataclass(frozen=True)
class LayoutField:
    """One field. Headings compare without width, case, blanks and brackets; `组/标题` names one under a group.

    `date_headings` and `time_headings`: a moment in two columns.  `from_parts`: joined from other fields by `-`.
    `needs`: the headings count only where those fields have a column as well (房号 beside 楼栋 is the room).
    `required_unless`: (field, value) that makes a missing value allowed.  `day_from_sheet`: title or sheet name
    give the day.  `from_context`: the named fact of the title.  `left_out`: known, never imported; says why.
    """

    name: str
    kind: Kind
    headings: Sequence[str] = ()
    required: bool = False
    date_headings: Sequence[str] = ()
    time_headings: Sequence[str] = ()
    needs: Sequence[str] = ()
    from_parts: Sequence[str] = ()
    required_unless: tuple[str, Any] | None = None
    day_from_sheet: bool = False
    from_context: str | None = None
    left_out: str = ""


@dataclass(frozen=True)
class Layout:
    """`keys`: tuples of fields that tell rows apart; the first whose leading field has a column (or parts) is used.

    `title_labels`: labels of the lines above the heading → names in the sheet's context (`日期` → `date`).
    `ignore`: rows that are no record by a rule of the register, told from the values read.
    `beside`: names of sheets, folded, that hold lines of the records and no records.
    """

    code: str
    fields: Sequence[LayoutField]
    keys: Sequence[tuple[str, ...]] = ()
    title_labels: Mapping[str, str] = field(default_factory=dict)
    ignore: Callable[[Mapping[str, Any]], bool] | None = None
    beside: frozenset[str] = frozenset()

    def field(self, name: str) -> LayoutField:
        """Raises KeyError."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def aliases(self) -> dict[str, list[tuple[LayoutField, str | None]]]:
        """Folded heading → fields that may be meant, with the part (date, time) of it."""
        found: dict[str, list[tuple[LayoutField, str | None]]] = {}
        for candidate in self.fields:
            for part, headings in (
                (None, candidate.headings),
                ("date", candidate.date_headings),
                ("time", candidate.time_headings),
            ):
                for heading in headings:
                    found.setdefault(fold_heading(heading), []).append((candidate, part))
        return found


def fold_heading(text: str) -> str:
    """`联系 电话（必填）*` → `联系电话`. Units and remarks in brackets do not tell a heading apart."""
    folded = fold(text)
    while "(" in folded:
        before, _, rest = folded.partition("(")
        folded = before + rest.partition(")")[2]
    return folded.strip("*:;,.。 ")
