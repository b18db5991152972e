"""How one register reads and writes spreadsheet cells, in both directions, as one django-import-export Resource.

Each field of a register becomes a `Field` whose widget wraps the kind of value (`sheets.kinds`) the field declares.
`clean` reads a cell, `render` writes one. Imports read through these widgets and exports write through them; the
Resource's own row loop is not used, since rows are written by the door alone.

A value has three forms: as *read* (what a kind gives: labels, names, days with or without a time), as *stored*
(plain JSON, as staged rows keep it: codes, row numbers, ISO texts), and as *loaded* (what the model field takes).
"""

import datetime as dt
import re
from decimal import Decimal

from django.db import models
from django.utils import timezone, translation
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import Widget

from ..definitions.known import kept
from ..sheets import kinds
from ..sheets.kinds.base import CellRefused, Kind, Read
from ..sheets.signs import fold


class Reference(kinds.Person):
    """Another record, by its key or its title. Unknown and ambiguous ones are refused."""

    def read_text(self, text, context):
        found = context.known.person(text, self.group)
        if found is None:
            raise CellRefused("unknown_reference", value=text)
        return Read(found)

    def read_bool(self, truth, context):
        return self.read_text(str(truth), context)


def kind_of(column) -> Kind:
    """The kind of value a column holds, with what its register says about the cells."""
    options = dict(column.register.cells.get(column.name, {}))
    if column.field.is_relation:
        people = column.kind == "Person"
        return kinds.Person(group=column.name) if people else Reference(group=column.name)
    if column.dictionary == "gender" and column.kind == "Choice":
        return kinds.Gender(column.dictionary)
    if column.dictionary:
        return getattr(kinds, column.kind)(column.dictionary, **options)
    if column.kind == "Choice":
        return kinds.Choice(options={words[0]: words for _code, words in choices_of(column)})
    if column.kind == "YesNo":
        return kinds.YesNo()
    if told := told_by_sheet(column.register, column.name):
        return told.kind
    if isinstance(column.field, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        return kinds.Integer(lowest=0)
    # The field of a moment holds day and time; the kind that reads such cells is called by what it reads.
    return getattr(kinds, "Instant" if column.kind == "Moment" else column.kind)(**options)


def told_by_sheet(register, name):
    """The `LayoutField` in which the register's own layout tells about the field, or None."""
    return next((told for told in register.sheet.fields if told.name == name), None) if register.sheet else None


def has_cells(register, name):
    """Whether spreadsheets hold the field in cells of its own: not the site, which is chosen with the upload, not
    what a layout leaves out, and not a reference of which its lists write a part, such as the building of a unit."""
    told = told_by_sheet(register, name)
    column = register.column(name)
    left_out = (column.computed and not column.given) or (told and (told.left_out or column.field.is_relation))
    return name != register.scope.site and not left_out


def choices_of(column):
    """[(code, [ways of writing it])] of a field with choices: its Chinese label first, the English one, its code."""
    words = {code: [] for code, _label in column.field.flatchoices if code != ""}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for code, label in column.field.flatchoices:
                if code != "":
                    words[code].append(str(label))
    return [(code, [*labels, str(code)]) for code, labels in words.items()]


def answer_place(column):
    """Under which name explanations of words in `column` are kept: its dictionary, or the field itself."""
    return column.dictionary or f"field:{column.name}"


class CellWidget(Widget):
    """Reads and writes the cells of one column."""

    def __init__(self, column):
        super().__init__()
        self.column = column
        self.kind = kind_of(column)
        self.choices = choices_of(column) if column.field.choices else []
        # Only these kinds know numbers that JSON would round.
        self.exact = isinstance(self.kind, kinds.Quantity | kinds.Amount | kinds.Area | kinds.Discount)

    def __deepcopy__(self, memo):
        # A Resource copies its fields for each use; this is a description of a column and may be shared.
        return self

    def clean(self, value, row=None, *, context=None, **kwargs):
        """The value of a cell as the model field takes it. Raises CellRefused."""
        return self.load(self.store(self.kind.read(value, context).value, context.known))

    def render(self, value, obj=None, **kwargs):
        """A value of the record, or the masked text somebody sees instead, as a cell that `clean` takes back.

        Days, moments (as wall time) and numbers stay what they are; everything else becomes a text.
        """
        if value in (None, "", [], ()):
            return None
        if isinstance(value, dt.datetime):
            return timezone.localtime(value).replace(tzinfo=None)
        if isinstance(value, dt.date | Decimal | int) and not isinstance(value, bool):
            return value
        if self.column.dictionary or self.column.field.choices or self.column.field.is_relation:
            return self.column.display(value)
        if isinstance(value, tuple) and len(value) == 1:
            return value[0]
        return self.kind.write(value)

    def store(self, value, known):
        """A value as read, as plain JSON; None where there is nothing."""
        if value is None or self.column.field.is_relation:
            return None if value is None else known.row_of(self.column.name, value)
        if self.column.dictionary and not isinstance(self.kind, kinds.Gender):
            codes = known.codes(self.column.dictionary)
            return [codes.get(one, one) for one in value] if isinstance(value, list) else codes.get(value, value)
        if self.column.field.choices:
            return next((code for code, words in self.choices if value in words), value)
        if self.exact and not isinstance(value, int):
            return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
        if isinstance(value, kinds.Moment | dt.date | kinds.Clock):
            return str(value)
        return value

    def load(self, stored):
        """A stored value as the model field's `clean` takes it: wall time of the site becomes a moment."""
        if stored is None or not isinstance(self.column.field, models.DateTimeField):
            return stored
        moment = dt.datetime.fromisoformat(stored)
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment

    def show(self, stored, known):
        """A stored value in the notation of reports."""
        if stored is None:
            return None
        if self.column.field.is_relation:
            return known.name_of(self.column.name, stored)
        if self.column.dictionary and not isinstance(self.kind, kinds.Gender):
            labels = {code: label for label, code in known.codes(self.column.dictionary).items()}
            many = isinstance(stored, list)
            return [labels.get(code, code) for code in stored] if many else labels.get(stored, stored)
        if self.column.field.choices:
            return next((words[0] for code, words in self.choices if code == stored), stored)
        if self.exact:
            return self.kind.show([Decimal(one) for one in stored] if isinstance(stored, list) else Decimal(stored))
        return stored


def headings_of(column):
    """Every heading under which a column is recognised; the first one is what templates and exports write."""
    with translation.override("zh-hans"):
        chinese = str(column.label)
    with translation.override("en"):
        english = str(column.label)
    words = [*column.register.headings.get(column.name, ()), chinese, english, column.name]
    if not column.register.headings.get(column.name) or re.search("[\u4e00-\u9fff]", chinese):
        words = [chinese, *words]
    return list({fold(word): word for word in reversed(words)}.values())[::-1]


def resource_class(register):
    """The Resource class of `register`, its fields and widgets derived from the fields in force."""
    return kept(("resource", register.code), lambda: _resource_class(register))


def _resource_class(register):
    names = [name for name in register.fields if has_cells(register, name)]
    columns = {name: register.column(name) for name in names}
    fields = {
        name: Field(attribute=name, column_name=headings_of(column)[0], widget=CellWidget(column))
        for name, column in columns.items()
    }
    meta = type(
        "Meta", (), {"model": register.model, "fields": tuple(names), "import_id_fields": tuple(register.key)}
    )
    return type(f"{register.model.__name__}Resource", (ModelResource,), {**fields, "Meta": meta})


def resource_of(register):
    """A Resource of `register`: `fields[name].widget` reads and writes the cells of that field."""
    return resource_class(register)()
