"""What every kind of value shares: reading a cell, writing one, showing a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ..cells import Cell, DateCell, number_text, original_text
from ..signs import is_empty_mark, tidy


class CellRefused(Exception):
    """A cell that cannot be read, with a code of `messages.REFUSALS`; `params` fill its sentence."""

    def __init__(self, code: str, **params):
        super().__init__(code)
        self.code = code
        self.params = params


class Read(NamedTuple):
    """A value that was read. `also` are values for other fields found in the same cell (a second telephone)."""

    value: Any = None
    warnings: tuple[str, ...] = ()
    also: Mapping[str, Any] | None = None


NOTHING = Read()


class Known(Protocol):
    """What the register already knows; kept by the database in the product and by plain data in tests."""

    area_code: str

    def choices(self, dictionary: str) -> Mapping[str, Sequence[str]]:
        """Canonical value → all ways of writing it."""

    def person(self, text: str, group: str) -> str | None:
        """The name under which a person of a group (consultants, employees, cards …) is known, or None."""


@dataclass
class Context:
    """Where a cell stands: what the sheet around it says. One per column; `row` holds the values read so far."""

    known: Known
    year: int | None = None
    month: int | None = None
    base_1904: bool = False
    wan: bool = False
    highest: int | None = None
    answers: Mapping[str, str | None] = field(default_factory=dict)
    ask: Callable[[str], None] = lambda value: None
    row: dict[str, Any] = field(default_factory=dict)


class Kind:
    """A kind of value. Subclasses say what a text means and, where it can be one, what a number means.

    `read` gives `Read` or raises CellRefused; empty marks are no value. `write` gives a cell that `read` takes back.
    `show` gives the notation of reports: text, list of texts, or true and false.
    """

    refusal = "bad_text"
    # Whether the meaning of a cell depends on the cell alone, so that equal cells are read once.
    repeatable = True
    # Which warnings a heading cannot give: read last, with the other values of the row at hand.
    needs_row = False

    def read(self, cell: Cell, context: Context) -> Read:
        if cell is None:
            return NOTHING
        if isinstance(cell, str):
            text = tidy(cell)
            return NOTHING if self.says_nothing(text) else self.read_text(text, context)
        if isinstance(cell, bool):
            return self.read_bool(cell, context)
        if isinstance(cell, DateCell):
            return self.read_date(cell, context)
        return NOTHING if self.says_nothing(number_text(cell)) else self.read_number(cell, context)

    def says_nothing(self, text: str) -> bool:
        return is_empty_mark(text)

    def read_text(self, text: str, context: Context) -> Read:
        raise NotImplementedError

    def read_number(self, number: int | float, context: Context) -> Read:
        return self.read_text(number_text(number), context)

    def read_bool(self, truth: bool, context: Context) -> Read:
        raise CellRefused(self.refusal)

    def read_date(self, date: DateCell, context: Context) -> Read:
        raise CellRefused(self.refusal)

    def write(self, value: Any) -> Cell:
        return None if value is None else self.show(value)

    def show(self, value: Any) -> Any:
        return value


class Text(Kind):
    """Any text, kept as it is but for blanks around it. Formula-like texts stay texts."""

    def read_text(self, text, context):
        return Read(text)

    def read_bool(self, truth, context):
        return Read("TRUE" if truth else "FALSE")

    def read_date(self, date, context):
        return Read(original_text(date, context.base_1904))


class LongText(Text):
    """A text of several lines: remarks, addresses."""


class TextList(Kind):
    """Several free texts in one cell."""

    refusal = "bad_text"

    def read_text(self, text, context):
        from ..signs import SEVERAL, half_width

        return Read([piece.strip() for piece in SEVERAL.split(half_width(text)) if piece.strip()])

    def write(self, value):
        return "、".join(value) if value else None
