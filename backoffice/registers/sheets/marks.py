"""What a sheet shows besides its values, and the limits every format is read under."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .containers import FileRefused

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_TEXT = 32_767


class Range(NamedTuple):
    """A block of cells: rows counted from 1, columns from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Marks:
    """Found while reading a sheet. Hidden rows are listed only where they hold values."""

    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    used_columns: set[int] = field(default_factory=set)
    filtered: bool = False
    comments: int = 0
    pictures: int = 0


def check_text(text: str) -> str:
    """Raises FileRefused for a text longer than a cell of any spreadsheet can hold."""
    if len(text) > MAX_TEXT:
        raise FileRefused("cell_too_long", limit=MAX_TEXT)
    return text
