"""Where a table begins, and which of its columns is which field. Source: spreadsheets.md 3."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cells import Cell, column_letters
from .kinds import Amount, Time
from .layout import Layout, LayoutField, fold_heading
from .marks import Marks
from .signs import half_width, tidy

SEARCHED_ROWS = 15
_WAN = re.compile(r"万元?\)?$|\(.*万元?.*\)|/万元?")
_HIGHEST = re.compile(r"\((?:满分)?(\d{1,4})分\)")
_UNIT_TAIL = re.compile(r"(?:万元|万|元|㎡|平方米|m2)$")

# Words around the name of a field that tell nothing new, and words that lists use for one another.
_PREFIXES = ("客户的", "客户", "是否", "本人", "业主")
_SYNONYMS = (("时间", "日期"), ("到访", "来访"), ("号码", "号"))

Rows = Sequence[tuple[int, list[Cell]]]


@dataclass
class Column:
    """One column of a table. `note` says why it has no field; `highest` is the highest score its heading names."""

    index: int
    heading: str
    group: str = ""
    field: LayoutField | None = None
    part: str | None = None
    wan: bool = False
    highest: int | None = None
    note: str = ""
    hidden: bool = False

    @property
    def letters(self) -> str:
        return column_letters(self.index)


@dataclass
class Heading:
    """The heading of a table: `row` is its lowest row, `areas` are column ranges of tables side by side."""

    row: int
    group_row: int | None
    columns: list[Column]
    areas: list[tuple[int, int]]

    def names(self) -> set[str]:
        return {column.field.name for column in self.columns if column.field}


def find_heading(
    top: Rows, marks: Marks, layout: Layout, area: tuple[int, int] | None = None, row: int | None = None
) -> Heading | None:
    """The row with the most known headings among the first fifteen, or the one the user named; None without two."""
    aliases = layout.aliases()
    best, best_score = None, 1
    for number, cells in top:
        if row is not None and number != row:
            continue
        known = {match for text in _texts(cells).values() for match in _names(text, aliases)}
        if len(known) > best_score or row is not None:
            best, best_score = number, len(known)
    if best is None:
        return None
    best, group_row = _levels(dict(top), marks, best)
    columns = _columns(dict(top), marks, best, group_row, area)
    areas = [] if area else _areas(columns, aliases, layout)
    _map(columns, aliases)
    for column in columns:
        column.hidden = column.index in marks.hidden_columns
    return Heading(best, group_row, columns, areas)


def _texts(cells: Sequence[Cell]) -> dict[int, str]:
    return {i: tidy(cell) for i, cell in enumerate(cells) if isinstance(cell, str) and tidy(cell)}


def _names(text: str, aliases) -> list[tuple[str, str | None]]:
    return [(field.name, part) for field, part in _lookup(text, aliases) or _loosely(text, aliases)]


def _lookup(text: str, aliases) -> list[tuple[LayoutField, str | None]]:
    folded = fold_heading(text)
    return aliases.get(folded) or aliases.get(_UNIT_TAIL.sub("", folded)) or []


def _loosely(text: str, aliases) -> list[tuple[LayoutField, str | None]]:
    """What a heading means that nobody listed: the same words without a prefix, or with one exchanged for its like.

    Only when all such ways lead to one field.
    """
    folded = _UNIT_TAIL.sub("", fold_heading(text))
    ways = {folded} | {folded.removeprefix(prefix) for prefix in _PREFIXES}
    ways |= {f"客户{way}" for way in ways}
    for pair in _SYNONYMS:
        ways |= {way.replace(one, other) for way in ways for one, other in (pair, pair[::-1]) if one in way}
    found = {(field.name, part): (field, part) for way in ways for field, part in aliases.get(way, ())}
    return list(found.values()) if len(found) == 1 else []


def _levels(rows: Mapping[int, list[Cell]], marks: Marks, row: int) -> tuple[int, int | None]:
    """(lowest row of the heading, row of its groups). The best row may be either of the two."""
    reaching_down = [r for r in marks.merged if r.top == row and r.bottom > row]
    if reaching_down:
        return max(r.bottom for r in reaching_down), row
    return row, row - 1 if _is_group_row(rows, marks, row - 1) else None


def _is_group_row(rows: Mapping[int, list[Cell]], marks: Marks, row: int) -> bool:
    """Short words over parts of the heading: joined cells, or (where nothing can be joined) gaps between them."""
    above, below = _texts(rows.get(row, ())), _texts(rows.get(row + 1, ()))
    if not 1 < len(above) <= len(below) or any(len(text) > 8 or ":" in half_width(text) for text in above.values()):
        return False
    joined = [r for r in marks.merged if r.top <= row <= r.bottom]
    return any(r.right > r.left or r.bottom > row for r in joined) or not marks.merged


def _columns(rows: Mapping[int, list[Cell]], marks: Marks, row: int, group_row: int | None, area) -> list[Column]:
    texts, above = _texts(rows.get(row, ())), _group_texts(rows, marks, row, group_row)
    last = max([*texts, *above, *marks.used_columns, 0])
    columns = []
    for index in range(last + 1):
        if area and not area[0] <= index <= area[1]:
            continue
        text, group = texts.get(index, ""), above.get(index, "")
        if not text and group and (not marks.merged or _covers(marks, group_row, row, index)):
            text, group = group, ""
        if text or index in marks.used_columns:
            flat = half_width(text).replace(" ", "")
            highest = _HIGHEST.search(flat)
            columns.append(
                Column(index, text, group, wan=bool(_WAN.search(flat)), highest=int(highest[1]) if highest else None)
            )
    return columns


def _group_texts(rows: Mapping[int, list[Cell]], marks: Marks, row: int, group_row: int | None) -> dict[int, str]:
    """Column → the word above it; a word reaches as far as its cell is joined, or over the gap behind it."""
    if group_row is None:
        return {}
    above, below = _texts(rows[group_row]), _texts(rows.get(row, ()))
    for joined in marks.merged:
        if joined.top == group_row and joined.left in above:
            above.update(dict.fromkeys(range(joined.left, joined.right + 1), above[joined.left]))
    if not marks.merged:
        word = ""
        for index in range(max(below, default=0) + 1):
            word = above.get(index, word if index in below else "")
            if word and index in below:
                above[index] = word
    return above


def _covers(marks: Marks, top: int, bottom: int, index: int) -> bool:
    return any(r.top <= top and r.bottom >= bottom and r.left <= index <= r.right for r in marks.merged)


def _areas(columns: list[Column], aliases, layout: Layout) -> list[tuple[int, int]]:
    """Column ranges when a table stands beside another: two known headings come twice, one of them a key, and each
    range holds every heading that is repeated once. A column that is merely given twice makes no table."""
    seen = Counter((fold_heading(c.heading), c.group) for c in columns if c.heading)
    repeated = {key for key, times in seen.items() if times > 1}
    fields = {field.name for text, _ in repeated for field, _ in aliases.get(text, ())}
    leading = {name for key in layout.keys for name in key} | {f.name for f in layout.fields if f.required}
    if len(fields) < 2 or not fields & leading:
        return []
    first = next(c for c in columns if (fold_heading(c.heading), c.group) in repeated)
    starts = [c.index for c in columns if fold_heading(c.heading) == fold_heading(first.heading)]
    filled = [c.index for c in columns if c.heading]
    ends = [max(i for i in filled if i < after) for after in starts[1:]] + [filled[-1]]
    areas = list(zip(starts, ends, strict=True))
    keys = {c.index: (fold_heading(c.heading), c.group) for c in columns if c.heading}
    for start, end in areas:
        held = [key for index, key in keys.items() if start <= index <= end and key in repeated]
        if len(held) != len(set(held)) or len(held) < 2:
            return []
    return areas


def _map(columns: list[Column], aliases) -> None:
    matches = [_candidates(column, aliases) for column in columns]
    present = {field.name for candidates in matches for field, _ in candidates}
    # A heading with two meanings gives way to a column that can mean one of them only.
    certain = {found[0][0].name for found in matches if len({field.name for field, _ in found}) == 1}
    taken: set[tuple[str, str | None]] = set()
    headings: set[tuple[str, str]] = set()
    for column, candidates in zip(columns, matches, strict=True):
        usable = [(f, part) for f, part in candidates if set(f.needs) <= present - {f.name}]
        if len({f.name for f, _ in usable}) > 1:
            usable = [(f, part) for f, part in usable if f.name not in certain] or usable
        free = [(f, part) for f, part in usable if (f.name, part) not in taken]
        key = (fold_heading(column.heading), column.group)
        if not column.heading:
            column.note = "blank_heading_not_mapped"
        elif fold_heading(column.heading) in {text for text, _ in headings} and not free:
            column.note = "repeated_heading_not_mapped"
        elif usable and not free:
            column.note = "field_already_mapped"
        elif free:
            assign(column, *free[0])
            taken.add((column.field.name, column.part))
        headings.add(key)
    _map_loosely(columns, aliases, {name for name, _part in taken})
    _settle_parts(columns)


def _map_loosely(columns: list[Column], aliases, taken: set[str]) -> None:
    """Fields that no heading names outright go to the columns whose headings come close."""
    for column in columns:
        if column.field or column.note or column.group:
            continue
        for field, part in _loosely(column.heading, aliases):
            if field.name not in taken and not field.needs:
                assign(column, field, part)
                taken.add(field.name)


def _candidates(column: Column, aliases) -> list[tuple[LayoutField, str | None]]:
    if column.group:
        grouped = aliases.get(fold_heading(column.group) + "/" + fold_heading(column.heading))
        if grouped:
            return grouped
    return _lookup(column.heading, aliases)


def assign(column: Column, field: LayoutField | None, part: str | None = None) -> None:
    """Gives a column to a field."""
    column.field = field
    column.part = "time" if field and isinstance(field.kind, Time) else part
    column.note = field.left_out if field else ""
    column.wan = column.wan and field is not None and isinstance(field.kind, Amount)


def _settle_parts(columns: list[Column]) -> None:
    """A day column is a part only where a column of the time stands beside it."""
    timed = {c.field.name for c in columns if c.field and c.part == "time"}
    for column in columns:
        if column.part == "date" and column.field.name not in timed:
            column.part = None


def override(heading: Heading, layout: Layout, mapping: Mapping[str, str | None]) -> None:
    """The user's own mapping: column letters → field, `field:time` for a part, or None. Raises KeyError."""
    chosen = {name for name in mapping.values() if name}
    for column in heading.columns:
        if column.letters in mapping:
            name, _, part = (mapping[column.letters] or "").partition(":")
            column.wan = bool(_WAN.search(half_width(column.heading).replace(" ", "")))
            assign(column, layout.field(name) if name else None, part or None)
        elif column.field and column.field.name in chosen and column.part is None:
            assign(column, None)
    _settle_parts(heading.columns)
