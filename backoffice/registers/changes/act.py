"""What somebody wants written, in whose name, and the ways in which the door says no."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..scope import Viewer, viewer_of


@dataclass(slots=True)
class Write:
    """One row's wish.

    `row` is the record to change, None to create one. `values` holds only what is to be set. `version` is the
    version the writer saw; None trusts the row as it stands. `action` is save, void or unvoid. `source` says
    which sheet and line the values came from. `lines` are the wishes for the lines of its parts, by the code of the
    part; what is not named there stays as it is.
    """

    values: dict[str, Any] = field(default_factory=dict)
    row: Any = None
    version: int | None = None
    action: str = "save"
    source: tuple[str, int | None] = ("", None)
    lines: dict[str, list["Write"]] = field(default_factory=dict)

    @property
    def moves(self):
        """Whether an accepted write changes anything, be it a line."""
        return bool(self.values) or self.action != "save" or any(line.moves for line in self.all_lines)

    @property
    def all_lines(self):
        return [line for lines in self.lines.values() for line in lines]


@dataclass
class Act:
    """Who acts, through which channel (`ChangeSet.Channel`), and why.

    `change_set` is the one being written; `within` the one on whose way this act is done.
    """

    actor: Any
    channel: str
    reason: str = ""
    viewer: Viewer | None = None
    source_name: str = ""
    source_sha256: str = ""
    undoes: Any = None
    within: Any = None
    change_set: Any = None

    def __post_init__(self):
        self.viewer = self.viewer or viewer_of(self.actor)

    def on_the_way(self, viewer=None):
        """An act of the same person for the same reason on other records, which this act needs and which is taken
        back with it. `viewer` is the system's when the person need not have a right of their own to it."""
        return Act(
            self.actor,
            self.channel,
            self.reason,
            viewer=viewer or self.viewer,
            source_name=self.source_name,
            source_sha256=self.source_sha256,
            within=self.change_set,
        )


@dataclass(frozen=True)
class Refusal:
    """Why one row cannot be written: its place in the list of writes, the field (None for the row), the reason.

    What is wrong with a line of a part names the part and the place of the line among those of the write.
    """

    index: int
    field: str | None
    code: str
    message: str
    part: str = ""
    line: int | None = None


class Refused(Exception):
    """At least one row breaks a rule. Nothing was written."""

    def __init__(self, refusals):
        self.refusals = list(refusals)
        super().__init__("; ".join(str(refusal.message) for refusal in self.refusals))

    def by_field(self):
        """{field or None: [messages]}, the form's way of showing errors; those of lines stand in `by_line`."""
        found = {}
        for refusal in self.refusals:
            if not refusal.part:
                found.setdefault(refusal.field, []).append(refusal.message)
        return found

    def by_line(self):
        """{(part, place of the line): {field or None: [messages]}}."""
        found = {}
        for refusal in self.refusals:
            if refusal.part:
                line = found.setdefault((refusal.part, refusal.line), {})
                line.setdefault(refusal.field, []).append(refusal.message)
        return found


class Denied(Exception):
    """The actor may not do this, or may not know that the row exists. Shown as 404."""


class Conflict(Exception):
    """Somebody else wrote the row since it was read; `row` is the row as it stands now."""

    def __init__(self, row, index=0):
        self.row, self.index = row, index
        super().__init__(
            _("Somebody else changed this record in the meantime. Please look at it again before saving.")
        )


VOIDED = gettext_lazy("This record is void and cannot be changed.")
