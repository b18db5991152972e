"""One field of a register: what it is called, what it holds, and what may be done with it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from . import catalogue
from .access import rules
from .masks import MASKS
from .search import closed_key, keys_of_number

_KINDS = (
    (models.BooleanField, "YesNo"),
    (models.DateTimeField, "Moment"),
    (models.DateField, "Day"),
    (models.DecimalField, "Quantity"),
    (models.IntegerField, "Integer"),
    (models.TextField, "LongText"),
    (models.ForeignKey, "Reference"),
    (models.CharField, "Text"),
)


@dataclass(frozen=True)
class Column:
    """A field as the engine handles it; `field` is the model's."""

    register: object
    field: models.Field

    @property
    def name(self):
        return self.field.name

    @property
    def path(self):
        """What the ORM calls it in filters and orders, once `register.with_columns` has prepared the rows."""
        return self.field.name

    def expression(self):
        """What stands for it in a query of rows that are not prepared."""
        return models.F(self.path)

    @property
    def label(self):
        return self.field.verbose_name

    @property
    def rule(self):
        """What a manager said about it (`access.rules.Rule`)."""
        return rules.rule_of(self.register, self.name)

    @property
    def mask_kind(self):
        """The name of its mask: the declared one, else the one a manager chose; empty where it has none."""
        return getattr(self.field, "mask_kind", "") or self.rule.mask

    @property
    def personal(self):
        """Whether the value is masked for everybody but the record's owner and who was granted a look."""
        return bool(self.mask_kind)

    @property
    def dictionary(self):
        return getattr(self.field, "dictionary", None)

    @property
    def target(self):
        """The register a reference points to, or None."""
        return catalogue.register_of(self.field.related_model) if self.field.is_relation else None

    @property
    def kind(self):
        """The name of the class in `registers.sheets.kinds` that reads and writes cells of this column."""
        if hasattr(self.field, "sheet_kind"):
            return self.field.sheet_kind
        if self.field.choices:
            return "Choice"
        return next(kind for base, kind in _KINDS if isinstance(self.field, base))

    @property
    def required(self):
        return not self.field.blank and not self.field.has_default()

    @property
    def may_be_empty(self):
        return self.field.null or (self.field.blank and not isinstance(self.field, models.BooleanField))

    @property
    def many(self):
        return isinstance(self.field, models.JSONField)

    @property
    def nullable(self):
        """Whether a query can meet NULL in its place."""
        return self.field.null

    @property
    def computed(self):
        """Whether its value follows from others or is drawn, so that nobody sets it."""
        return bool(self.series)

    @property
    def series(self):
        """The series its numbers are drawn from, or nothing."""
        return getattr(self.field, "series", "")

    @property
    def given(self):
        """Whether imported rows may bring a number of their own."""
        return getattr(self.field, "given", False)

    @property
    def typed(self):
        """Whether people write it into the form of a record. A number is given, a state has buttons of its own."""
        return True

    @property
    def audience(self):
        """The roles for which it exists; none means everybody who sees the register."""
        return self.rule.seen_by

    def open_to(self, viewer):
        """Whether it exists for `viewer`. Masks are another matter: they hide values, not fields."""
        return rules.one_of(viewer, self.register, self.audience)

    def read_only_for(self, viewer):
        """Whether `viewer` sees it in a record that is there and cannot set it."""
        verb = self.register.restricted.get(self.name)
        return self.computed or bool(verb and not self.register.may(viewer, verb)) or self.kept_from(viewer)

    def kept_from(self, viewer):
        """Whether a manager left it to other roles than the viewer's to set it. A new record that cannot be without
        it may be given one."""
        return not rules.one_of(viewer, self.register, self.rule.changed_by)

    @property
    def sortable(self):
        return not self.personal and not self.many

    @property
    def amount(self):
        return isinstance(self.field, models.DecimalField)

    @property
    def kept_in(self):
        """The model field whose column of the table holds the value."""
        return self.field.name

    @property
    def on_model(self):
        """Whether the value has a column of the table to itself."""
        return True

    @property
    def joined(self):
        """Whether a query can reach what a reference points to by the column's name."""
        return self.field.is_relation

    def gather(self, rows):
        """Reads ahead what the readers of `rows` will need and their query has not brought."""

    def raw(self, row):
        """The stored value of `row`, comparable and unmasked: for the engine only."""
        return getattr(row, self.field.attname)

    def get(self, row):
        """`raw`, but for a reference the record it points to."""
        return getattr(row, self.field.name)

    def put(self, row, value):
        """Sets the value of `row`; a reference takes the record or its row number."""
        numbered = self.field.is_relation and not isinstance(value, models.Model)
        setattr(row, self.field.attname if numbered else self.field.name, value)

    def holds(self, row):
        """Whether `row` has a value of it."""
        return self.raw(row) not in (None, "", [], ())

    def mask(self, value):
        return MASKS[self.mask_kind](value)

    def search_keys(self, value):
        """The keys under which a row with `value` is found. Pieces of a masked text would tell it; what exists for
        some roles only has keys that the search of others never asks for."""
        if getattr(self.field, "mask_kind", "") or not self.personal:
            keys = self.field.search_keys(value)
        else:
            texts = value if isinstance(value, list) else [value or ""]
            keys = set().union(*map(keys_of_number, texts)) if MASKS[self.mask_kind].numbered else set()
        return {closed_key(self.name, key) for key in keys} if self.audience else keys

    def display(self, value):
        """`value`, already masked if it has to be, as a person reads it in the active language."""
        if value in (None, "", [], ()):
            return ""
        if isinstance(value, str) and self.personal:
            return value
        if hasattr(self.field, "display"):
            return self.field.display(value)
        if self.field.choices:
            return str(dict(self.field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return formats.date_format(timezone.localtime(value), "Y-m-d H:i")
        if isinstance(value, date):
            return formats.date_format(value, "Y-m-d")
        if isinstance(value, Decimal):
            return f"{value:,f}"
        if isinstance(value, list | tuple):
            return "、".join(str(item) for item in value)
        return str(value)
