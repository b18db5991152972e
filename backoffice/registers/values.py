"""The one choke point for values: whatever leaves the system asks here for the value as this viewer may see it.

What is masked is shown in full only to the person the record belongs to and to whoever was granted it for a time; to
everybody else it is masked, and a masked column can neither be sorted, filtered nor totalled. A look behind the mask
is `reveal`, with a reason. Source: systems.md 0.3 rule 7, 24; actors.md §2.
"""

import re

from .access import grants
from .fields import check_digit_agrees, tidy_phone
from .forms import half_width
from .masks import mask_middle

# A mobile number, perhaps in groups, a landline with its area code, an identity number, a bank card.
_NUMBERS = re.compile(
    r"""(?<![0-9A-Za-z])(?:
        [1\uff11][3-9\uff13-\uff19]\d[ -]?\d{4}[ -]?\d{4}
        | 0\d{2,3}-\d{7,8}
        | \d{17}[\dXx]
        | \d{4}(?:[ ]?\d{4}){2,3}[ ]?\d{1,4}
    )(?![0-9A-Za-z])""",
    re.VERBOSE,
)


def mask_numbers(text):
    """`text` with telephones, identity and card numbers in it masked in their middle."""
    return _NUMBERS.sub(lambda match: mask_middle(match[0], 3, 4 if len(match[0]) < 15 else 2), text)


def at_end_of(path, row):
    """The row number (or plain value) at the end of `path`, as the ORM writes it. A row of a past moment is judged by
    the record as it stands today."""
    holder = getattr(row, "today", row)
    *steps, last = path.split("__")
    for step in steps:
        holder = getattr(holder, step)
    # The row number beside the reference, so that nobody's staff record is read for it.
    name = f"{last}_id" if hasattr(holder, f"{last}_id") else last
    return getattr(holder, name, None)


def file_number(query):
    """A running number as somebody typed it, in the form in which it is found."""
    return re.sub(r"\s", "", half_width(query)).upper()


class Values:
    """The values of one register."""

    def __init__(self, register):
        self.register = register

    def owns(self, row, viewer):
        """Whether `row` is the viewer's own, which opens its personal data to them."""
        path = self.register.scope.own
        return bool(path) and at_end_of(path, row) in viewer.staff

    def opens(self, column, row, viewer, leaving=False):
        """Whether `viewer` sees the masked `column` of `row` in full: the record is theirs, or they were granted it.

        `leaving` says that the value goes into a file or to a program, which not every grant allows.
        """
        return self.owns(row, viewer) or bool(grants.opening(self.register, column.name, row, viewer, leaving))

    def masks(self, column, row, viewer, leaving=False):
        """Whether `viewer` is shown a mask in place of what `row` holds in `column`."""
        return column.personal and column.holds(row) and not self.opens(column, row, viewer, leaving)

    def value(self, row, name, viewer):
        column = self.register.column(name)
        return self._reader(column, viewer)(row)

    def text(self, row, name, viewer):
        column = self.register.column(name)
        return column.display(self._reader(column, viewer)(row))

    def readers(self, viewer, names=None, rows=None, *, leaving=False):
        """[(Column, function of a row)]; with `rows`, the list about to be read, a reference column costs one query
        for all of them instead of one for each."""
        columns = [self.register.column(name) for name in names] if names else self.register.list_columns_for(viewer)
        for column in columns:
            column.gather(rows or ())
        return [(column, self._reader(column, viewer, rows, leaving)) for column in columns]

    def reached(self, column, rows, viewer):
        """The row numbers, among those the reference `column` of `rows` points to, that `viewer` may see."""
        keys = {column.raw(row) for row in rows} - {None} if column.open_to(viewer) else set()
        if not keys or column.target is None or not column.target.seen_by(viewer):
            return set()
        return set(column.target.visible(viewer).filter(pk__in=keys).values_list("pk", flat=True))

    def seen(self, column, value, row, viewer):
        """A value of `column` that is not (or not any more) the one in `row`: an old one, an imported one."""
        if not column.open_to(viewer):
            return None
        if column.personal and not (row is not None and self.opens(column, row, viewer)):
            return column.mask(value)
        return value

    def prose(self, text, row, viewer):
        """What somebody wrote freely about `row`, as `viewer` may see it: numbers of persons in it are masked for
        everybody whose record it is not."""
        return text if self.owns(row, viewer) else mask_numbers(text)

    def _reader(self, column, viewer, rows=None, leaving=False):
        if not column.open_to(viewer):
            return lambda row: None
        if column.field.is_relation:
            return self._reference_reader(column, viewer, rows)
        if not column.personal:
            return column.raw

        def read(row):
            value = column.raw(row)
            return value if self.opens(column, row, viewer, leaving) else column.mask(value)

        return read

    def _reference_reader(self, column, viewer, rows=None):
        target = column.target
        if target is None:
            return lambda row: str(found) if (found := column.get(row)) is not None else ""
        reached = None if rows is None or target.open_title else self.reached(column, rows, viewer)
        return lambda row: target.name_of(found, viewer, reached) if (found := column.get(row)) is not None else ""

    def name_of(self, row, viewer, reached=None):
        """The title of `row` where the register lets everybody read it or the viewer reaches it, else its number.

        A title that is a reference is the name of the record it points to. `reached` holds the row numbers the
        viewer is known to reach; without it the table is asked.
        """
        column = self.register.column(self.register.title_field)
        if column.personal or not (self.register.open_title or self._reaches(row, viewer, reached)):
            return str(row)
        if column.field.is_relation:
            return self._reference_reader(column, viewer)(row) or str(row)
        return column.display(column.raw(row))

    def _reaches(self, row, viewer, reached):
        if reached is not None:
            return row.pk in reached
        return self.register.visible(viewer).filter(pk=row.pk).exists()

    def numbers_meant(self, query):
        """The phone or identity numbers, or last four digits of them, that somebody typed as `query`."""
        plain = re.sub(r"[\s-]", "", half_width(query)).upper()
        if re.fullmatch(r"\d{3}[\dX]", plain):
            return [plain]
        meant = []
        phone = tidy_phone(query)
        if re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-[2-8]\d{6,7}(-\d+)?", phone):
            meant.append(phone)
        whole = re.fullmatch(r"\d{17}[\dX]", plain) and check_digit_agrees(plain)
        if whole or re.fullmatch(r"[A-Z]\d{7,9}|\d{12}|\d{15,30}", plain):
            meant.append(plain)
        return meant
