"""Lines of a part on the screens of their record: read in a table, filled in below the fields of the record.

A posted line is `<part>-<number>-<field>`; beside its fields it carries its id and the version it was shown in, and
`leaves` when it is to be taken out. Empty new lines are no lines.
"""

from django.utils.functional import cached_property
from django.utils.text import capfirst

from ..audit import looks
from ..changes import Write
from .form import RecordForm

# More lines than these in one post are no form of ours.
MOST = 200
SPARE = "__n__"


class LineForm(RecordForm):
    """The fields of one line."""

    def __init__(self, part, viewer, number, row=None, data=None, initial=None):
        self.number = number
        super().__init__(part, viewer, row, data, initial, prefix=f"{part.code}-{number}")

    def posted(self, name):
        return self.data.get(f"{self.prefix}-{name}", "") if self.is_bound else ""

    @property
    def leaves(self):
        return bool(self.posted("leaves") or self.initial.get("leaves"))

    @property
    def version(self):
        posted = self.posted("version")
        return int(posted) if posted.isdigit() and len(posted) < 10 else (self.row.version if self.row else 0)

    @cached_property
    def empty(self):
        """Whether nobody wrote anything into a new line."""
        beside = {f"{self.prefix}-{name}" for name in ("id", "version", "leaves")}
        written = (name for name in self.data if name.startswith(f"{self.prefix}-") and name not in beside)
        return self.row is None and not any(value.strip() for name in written for value in self.data.getlist(name))

    @cached_property
    def seen(self):
        """The line as it was when the form was shown."""
        if self.row is None or self.version == self.row.version:
            return self.row
        return self.register.history.objects.filter(id=self.row.pk, version=self.version).first() or self.row

    def wish(self):
        """The Write of this line, or None where nothing changes. An older version is a conflict of the record."""
        if self.row is None:
            return None if self.empty or self.leaves else Write(values=self.changes())
        if self.leaves:
            return Write(row=self.row, action="void", version=self.version)
        changes = self.changes(self.seen)
        return Write(row=self.row, values=changes, version=self.version) if changes else None


class PartForms:
    """The lines of one part in the form of a record."""

    def __init__(self, part, viewer, row=None, data=None, kept=None):
        """`kept` is the PartForms that somebody filled in when the record was older: its entries stand in these."""
        self.part, self.viewer = part, viewer
        self.heading = capfirst(part.label_plural)
        present = part.lines_of([row])[row.pk] if row is not None else []
        looks.in_list(part, viewer, present, part.fields.values())
        if data is not None:
            self.forms = self._bound(present, data)
        else:
            self.forms = self._fresh(present, kept)

    def _bound(self, present, data):
        known = {line.public_id: line for line in present}
        count = data.get(f"{self.part.code}-count", "")
        numbers = range(min(int(count), MOST) if count.isdigit() and len(count) < 5 else 0)
        forms = []
        for number in numbers:
            key = data.get(f"{self.part.code}-{number}-id", "")
            # A line that somebody took out meanwhile stays out.
            if not key or key in known:
                forms.append(LineForm(self.part, self.viewer, number, known.get(key), data))
        return forms

    def _fresh(self, present, kept):
        mine = {form.row.pk: form for form in kept.forms if form.row} if kept else {}
        forms = [
            LineForm(self.part, self.viewer, number, line, initial=self._entries(mine.get(line.pk)))
            for number, line in enumerate(present)
        ]
        for form in kept.forms if kept else ():
            if form.row is None and not form.empty and not form.leaves:
                entries = self._entries(form)
                forms.append(LineForm(self.part, self.viewer, len(forms), initial=entries))
        return forms

    def _entries(self, form):
        """What was filled in: {field: value}, over whatever stands there by now."""
        if form is None or not form.is_valid():
            return {}
        return form.changes(form.seen) | ({"leaves": True} if form.leaves else {})

    @property
    def count(self):
        return len(self.forms)

    @property
    def spare(self):
        """An empty line, from which the page makes more."""
        return LineForm(self.part, self.viewer, SPARE)

    def is_valid(self):
        wanted = [form for form in self.forms if not form.empty and not form.leaves]
        # Every one is asked, so that all errors show at once.
        return {form.is_valid() for form in wanted} <= {True}

    def wishes(self):
        """[Write] of the lines that change; `refuse` knows by their order which form each came from."""
        pairs = [(form, wish) for form in self.forms if (wish := form.wish()) is not None]
        self._written = [form for form, _wish in pairs]
        return [wish for _form, wish in pairs]

    def refuse(self, refused):
        for (code, place), messages in refused.by_line().items():
            if code == self.part.code:
                self._written[place].refuse_by(messages)

    def mistakes(self):
        return [
            (f"{self.heading} {place} · {label}" if label else f"{self.heading} {place}", target, message)
            for place, form in enumerate(self.forms, start=1)
            if not form.empty and not form.leaves and form.is_bound
            for label, target, message in form.mistakes()
        ]


def tables(register, row, viewer, moment=None):
    """[{"heading", "heads", "lines"}] of the parts of a record as it is, or as it was at a past `moment`.

    `row` is the record as it stands today. A line holds the cells of the part's list, masked for `viewer`.
    """
    from .listing import css_of

    found = []
    for part in register.parts:
        lines = part.lines_of([row], moment)[row.pk]
        looks.in_list(part, viewer, lines, part.list_columns_for(viewer))
        readers = part.readers(viewer, None, lines)
        found.append(
            {
                "code": part.code,
                "heading": capfirst(part.label_plural),
                "heads": [(capfirst(column.label), css_of(column)) for column, _read in readers],
                "lines": [
                    {
                        "id": line.public_id,
                        "cells": [
                            {
                                "name": column.name,
                                "label": capfirst(column.label),
                                "css": css_of(column),
                                "text": column.display(read(line)),
                                "masked": part.values.masks(column, line, viewer),
                            }
                            for column, read in readers
                        ],
                    }
                    for line in lines
                ],
            }
        )
    return found
