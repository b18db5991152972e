"""Added fields as columns of their register: typed like any other, kept in the row's one JSON column `custom`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils.functional import lazy

from .. import catalogue
from ..columns import Column
from ..fields import AmountField, DictionaryField, DictionaryListField, TextField
from .models import FieldDefinition, Kind

KEY = re.compile(r"x[a-z0-9]{1,11}")
STORE = "custom"


class _IsoText:
    """Days and moments stand in JSON as texts whose order is the order of time, on every database."""

    def db_type(self, connection):
        return "text"

    def get_prep_value(self, value):
        return to_json(self.to_python(value))

    def get_db_prep_value(self, value, connection, prepared=False):
        return value if prepared else self.get_prep_value(value)


class DayText(_IsoText, models.DateField):
    pass


class MomentText(_IsoText, models.DateTimeField):
    pass


def to_json(value):
    """A value of a model field as plain JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return value.pk
    # A truth value as a number: its text form is then the same in every database.
    return int(value) if isinstance(value, bool) else value


class TextAt(models.Func):
    """The text at one key of `custom`. The key stands in the statement itself, for an index over the same expression
    to be found; keys are made by `new_key` and hold nothing but letters and digits."""

    arity = 1
    output_field = models.TextField()

    def __init__(self, key):
        if not KEY.fullmatch(key):
            raise ValueError(f"{key} is no key of an added field.")
        self.key = key
        super().__init__(STORE)

    def _constructor_args(self):
        return (self.key,), {}

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template=f"(%(expressions)s ->> '$.{self.key}')", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template=f"(%(expressions)s ->> '{self.key}')", **context)


# What a query compares an added field as.
_COMPARED_AS = (
    (models.BooleanField, lambda text: Cast(text, models.BooleanField())),
    (models.DateTimeField, lambda text: models.ExpressionWrapper(text, output_field=MomentText())),
    (models.DateField, lambda text: models.ExpressionWrapper(text, output_field=DayText())),
    (models.DecimalField, lambda text: Cast(text, models.DecimalField(max_digits=20, decimal_places=4))),
    (models.IntegerField, lambda text: Cast(text, models.BigIntegerField())),
    (models.ForeignKey, lambda text: Cast(text, models.BigIntegerField())),
    (models.JSONField, None),
    (models.CharField, lambda text: models.ExpressionWrapper(text, output_field=models.CharField())),
    (models.TextField, lambda text: models.ExpressionWrapper(text, output_field=models.TextField())),
)


@dataclass(frozen=True)
class AddedColumn(Column):
    """A column whose field hangs on no model: `definition` says what it is."""

    definition: FieldDefinition

    @property
    def label(self):
        return lazy(self.definition.named, str)()

    @property
    def kept_in(self):
        return STORE

    @property
    def on_model(self):
        return False

    @property
    def joined(self):
        return False

    @property
    def computed(self):
        """A field whose values are being copied into another kind is as fixed as a formula's."""
        return self.definition.kind == Kind.COMPUTED or self.definition.replaced_by_id is not None

    @property
    def may_be_empty(self):
        """Records older than the field lack it, whatever it asks of new ones."""
        return True

    @property
    def nullable(self):
        return True

    @property
    def audience(self):
        return frozenset(self.definition.audience)

    def expression(self):
        """What stands for it in a query."""
        make = next(make for base, make in _COMPARED_AS if isinstance(self.field, base))
        return make(TextAt(self.name)) if make else KeyTransform(self.name, STORE)

    def raw(self, row):
        value = row.custom.get(self.name)
        if value is None:
            return self.field.get_default() if self.many else None if self.field.null else ""
        return value if self.field.is_relation else self.field.to_python(value)

    def get(self, row):
        if not self.field.is_relation:
            return self.raw(row)
        key = self.raw(row)
        known = row.__dict__.setdefault("_pointed", {})
        if key is not None and (self.name, key) not in known:
            known[self.name, key] = self.field.related_model.rows.filter(pk=key).first()
        return known.get((self.name, key))

    def put(self, row, value):
        if self.field.is_relation and isinstance(value, models.Model):
            row.__dict__.setdefault("_pointed", {})[self.name, value.pk] = value
        value = to_json(value)
        rest = {name: kept for name, kept in row.custom.items() if name != self.name}
        row.custom = rest if value in (None, "", []) else rest | {self.name: value}

    def gather(self, rows):
        """Reads what `rows` point to in one query, for the readers of a list."""
        if not self.field.is_relation:
            return
        keys = {self.raw(row) for row in rows} - {None}
        found = self.target.whole(self.target.model.rows).in_bulk(keys) if keys else {}
        for row in rows:
            row.__dict__.setdefault("_pointed", {})[self.name, self.raw(row)] = found.get(self.raw(row))


_MAKERS = {
    Kind.TEXT: lambda definition: TextField(max_length=200),
    Kind.LONG_TEXT: lambda definition: models.TextField(),
    Kind.INTEGER: lambda definition: models.IntegerField(null=True),
    Kind.QUANTITY: lambda definition: models.DecimalField(max_digits=16, decimal_places=4, null=True),
    Kind.AMOUNT: lambda definition: AmountField(null=True),
    Kind.DAY: lambda definition: models.DateField(null=True),
    Kind.MOMENT: lambda definition: models.DateTimeField(null=True),
    Kind.YES_NO: lambda definition: models.BooleanField(null=True),
    Kind.CHOICE: lambda definition: DictionaryField(dictionary=definition.dictionary),
    Kind.CHOICES: lambda definition: DictionaryListField(dictionary=definition.dictionary),
    Kind.STAFF: lambda definition: _reference("staff", sheet_kind="Person"),
    Kind.RECORD: lambda definition: _reference(definition.target),
}


def _reference(code, **told):
    field = models.ForeignKey(catalogue.get(code).model, models.PROTECT, null=True, related_name="+")
    field.__dict__.update(told)
    return field


def column_of(register, definition):
    """The column that `definition` adds to `register`."""
    kind = definition.gives if definition.kind == Kind.COMPUTED else definition.kind
    field = _MAKERS[Kind(kind)](definition)
    field.set_attributes_from_name(definition.key)
    field.verbose_name = lazy(definition.named, str)()
    field.help_text = lazy(definition.helped, str)()
    field.blank = not definition.required or definition.kind == Kind.COMPUTED
    if definition.default is not None:
        field.default = definition.default
    return AddedColumn(register, field, definition)
