"""The declaration of one record type. Everything a user sees of that type is derived from it."""

from functools import cached_property, partial

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from . import catalogue
from .columns import Column
from .definitions import known
from .models import REACHES, Record, SearchKey
from .scope import Scope
from .search import closed_key, digest, probes
from .values import Values, at_end_of, file_number

_SYSTEM_FIELDS = {
    "id",
    "public_id",
    "version",
    "created_at",
    "updated_at",
    "created_by",
    "voided_at",
    "void_reason",
    "custom",
}

# How many list columns stand at the head of a record when its register names no figures.
FIGURES = 4


def in_chinese(text):
    with translation.override("zh-hans"):
        return str(text)


class RegisterMeta(type):
    """Enters every declaration in the catalogue and hands out one instance of it."""

    def __new__(mcs, name, bases, namespace):
        cls = super().__new__(mcs, name, bases, namespace)
        if namespace.get("model") is not None:
            cls.code = namespace.get("code") or cls.model._meta.model_name
            cls.declaration = cls
            cls.declared()
        return cls


class Register(metaclass=RegisterMeta):
    """Declare one by naming its model; all else has a sensible default.

    model       the `Record` it keeps
    code        its name in addresses, commands and files; the model's name unless given
    systems     ids of systems.md it serves
    menu, icon, order   where it stands in the menu
    key         fields that name a record in a spreadsheet: an imported row with the same key updates it
    title       the field people call a record by
    open_title  whether the title may be read by everybody who may read a record that points to it
    columns, filters, search   what the list shows, narrows by and finds by (field names)
    ordering    default order of the list
    totals      the amounts a list adds up; all amounts of money unless given
    state       the field that says what a record is at, shown at its head; one called so unless given
    figures     the fields that stand at the head of the record page; the first columns of the list unless given
    sections    {heading: fields} of page and form; fields named in none fall into the last
    scope       whose a record is and where it stands
    restricted  {field: verb}: who lacks the verb cannot change the field
    rights      {role: cell} as in a line of the permission matrix, for a register that serves none of its systems
    headings    {field: other words} seen as headings in spreadsheets
    cells       {field: options of its kind of value}, such as {"phone": {"further": "further_phones"}}
    sheet       a `sheets.layout.Layout`, where lists of its kind hold more than the fields tell: values in several
                columns, columns that are read and never taken over
    completions functions (register, writes, act) -> list of `Refusal` that put into `write.values` what follows
                from the values given, before anything is judged
    checks      functions (register, writes) -> list of `Refusal`, judging one row or many alike
    parts       classes of `parts.Part`: lines that are written with a record and belong to it
    likeness    the rules by which two records may be the same: tuples of fields that must all agree, see
                `duplicates/likeness.py`
    gathers     {field: list field}: when records are merged, values not chosen stay in the list
    brings      function (values of new rows as staged, site) -> [(register code, [titles])]: records that an import
                of such rows enters on its way, told in the preview
    """

    model = None
    code = ""
    systems = ()
    menu, icon, order = "records", "list-ul", 100
    key = ()
    title = None
    open_title = False
    columns, filters, search = (), (), ()
    ordering = ("-id",)
    totals = None
    state, figures = None, ()
    sections = {}
    scope = Scope()
    restricted = {}
    rights = {}
    headings = {}
    cells = {}
    sheet = None
    completions = ()
    checks = ()
    parts = ()
    likeness, gathers = (), {}
    brings = None
    # Of a part, the field that points to the record; registers stand by themselves.
    of = ""

    @classmethod
    def declared(cls):
        """A declaration is complete: it is entered in the catalogue."""
        catalogue.enter(cls())

    def __init__(self):
        self.parts = tuple(part(self) for part in self.parts)
        if not issubclass(self.model, Record):
            raise ImproperlyConfigured(f"{self.model} is not a Record.")
        self.options = self.model._meta
        self.values = Values(self)

    def __repr__(self):
        return f"<register {self.code}>"

    # Whether people made it while the product runs, and it is handed in through `catalogue.provide`.
    made = False

    # Where menu and first page offer it; an archive is reached by its address alone.
    offered = True

    # What it is called

    @property
    def label(self):
        return self.options.verbose_name

    @property
    def label_plural(self):
        return self.options.verbose_name_plural

    # Its fields

    @property
    def fields(self):
        """{name: Column} of every field people fill in: the declared ones, then those that managers added."""
        return known.fields_of(self)

    def fields_for(self, viewer):
        """`fields` without those that are kept for other roles than the viewer's."""
        return {name: column for name, column in self.fields.items() if column.open_to(viewer)}

    @cached_property
    def own_fields(self):
        """{name: Column} of the declared fields, in the order of the model."""
        return {
            field.name: Column(self, field)
            for field in self.options.concrete_fields
            if field.name not in _SYSTEM_FIELDS and not field.primary_key
        }

    def column(self, name):
        """The Column called `name`, the engine's own ones (created_at, voided_at …) included."""
        if name in self.own_fields:
            return self.own_fields[name]
        try:
            return Column(self, self.options.get_field(name))
        except FieldDoesNotExist as error:
            if name in self.fields:
                return self.fields[name]
            raise ImproperlyConfigured(f"{self.code} has no field {name}.") from error

    @cached_property
    def list_columns(self):
        return [self.column(name) for name in self.columns or list(self.own_fields)[:6]]

    @cached_property
    def state_column(self):
        """The Column of the state, or None."""
        name = self.state or next((name for name in ("state", "status") if name in self.own_fields), None)
        return self.column(name) if name else None

    @cached_property
    def figure_columns(self):
        """The Columns of the key figures: title and state stand at the head anyway."""
        if self.figures:
            return [self.column(name) for name in self.figures]
        taken = {self.title_field, self.state_column and self.state_column.name}
        return [column for column in self.list_columns if column.name not in taken][:FIGURES]

    @property
    def total_fields(self):
        """The names of the fields a list adds up."""
        if self.totals is not None:
            return set(self.totals)
        return {name for name, column in self.fields.items() if column.kind == "Amount"}

    @property
    def layout(self):
        """[(heading, [Column])]: the sections, with the fields nobody placed in the last one, and the added fields
        where their managers put them, in a section of their own when they named a new one."""
        sections = {in_chinese(heading): (heading, list(columns)) for heading, columns in self.own_layout}
        for column in known.added_to(self).values():
            wanted = column.definition.section or list(sections)[-1]
            sections.setdefault(wanted, (wanted, []))[1].append(column)
        return list(sections.values())

    def list_columns_for(self, viewer):
        """`list_columns` that exist for `viewer`."""
        return [column for column in self.list_columns if column.open_to(viewer)]

    def layout_for(self, viewer):
        """`layout` with the fields that exist for `viewer`."""
        return [(heading, [c for c in columns if c.open_to(viewer)]) for heading, columns in self.layout]

    @property
    def searched(self):
        """The Columns by which the search finds: those declared, and added ones whose managers said so."""
        added = (column for column in known.added_to(self).values() if column.definition.searched)
        return [*(self.column(name) for name in self.search), *added]

    @cached_property
    def own_layout(self):
        """The layout of the declared fields."""
        placed = [name for names in self.sections.values() for name in names]
        rest = [name for name in self.own_fields if name not in placed and name != self.scope.site]
        sections = [(heading, list(names)) for heading, names in self.sections.items()] or [(_("Details"), [])]
        sections[-1][1].extend(rest)
        return [(heading, [self.column(name) for name in names]) for heading, names in sections]

    @cached_property
    def title_field(self):
        return self.title or (self.key[0] if self.key else "public_id")

    @cached_property
    def history(self):
        """The model of the history rows."""
        return self.model.history.model

    # Who may do what

    def permission(self, verb):
        """The codename of one verb, for example `customers.view_team_customer`."""
        return f"{self.options.app_label}.{verb}_{self.options.model_name}"

    def grants(self, seat, verb):
        """Whether one seat holds `verb` here."""
        return self.permission(verb) in seat.permissions

    def reach(self, seat):
        """How far one seat sees: "site", "team", "own" or None."""
        return next((reach for reach in reversed(REACHES) if self.grants(seat, f"view_{reach}")), None)

    def seen_by(self, viewer):
        """Whether the register exists at all for `viewer`."""
        return viewer.everything or any(self.reach(seat) for seat in viewer.seats)

    def may(self, viewer, verb):
        return viewer.may(self, verb)

    # Its rows

    def visible(self, viewer):
        """The rows `viewer` may see, voided ones included."""
        predicate = self.scope.rows_for(viewer, self)
        rows = self.model.rows.all()
        return rows.none() if predicate is None else rows.filter(predicate)

    def changeable(self, viewer, verb="change"):
        """The rows `viewer` may apply `verb` to: within the reach of a seat that also holds the verb."""
        if viewer.everything:
            return self.model.rows.all()
        narrowed = type(viewer)(user=viewer.user, seats=tuple(viewer.seats_that(self, verb)))
        return self.visible(narrowed)

    def choosable(self, viewer):
        """The rows that a record written by `viewer` may point to: those they see, and where titles are open to
        everybody, all of their sites, so that a desk can name a consultant whose file it may not read."""
        if viewer.everything:
            rows = self.model.rows.all()
        elif self.open_title:
            sites = {seat.site for seat in viewer.seats}
            rows = self.model.rows.all()
            if self.scope.site and None not in sites:
                rows = rows.filter(Q(**{f"{self.scope.site}__in": sites}) | Q(**{self.scope.site: None}))
        else:
            rows = self.visible(viewer)
        return rows.filter(voided_at=None)

    def whole(self, rows):
        """`rows` with the records their references point to, in the same query."""
        names = [column.name for column in self.own_fields.values() if column.joined]
        return rows.select_related(*names) if names else rows

    def at_site(self, rows, viewer):
        """`rows` of the site chosen in the site switcher."""
        return rows.filter(**{self.scope.site: viewer.site}) if viewer.site and self.scope.site else rows

    def site_of(self, row):
        """The row number of the site `row` stands at; None where the register knows no sites."""
        return at_end_of(self.scope.site, row) if self.scope.site else None

    def with_columns(self, rows, columns):
        """`rows` prepared so that each of `columns` can be filtered and sorted by under its `path`. Columns of the
        model need nothing; one that lives elsewhere adds itself here as an alias."""
        return rows.alias(**{column.path: column.expression() for column in columns if not column.on_model})

    def finding(self, rows, query, viewer=None):
        """`rows` that contain `query`: any part of an open text, the whole or last four of a number. What exists for
        some roles only is searched for a `viewer` who holds one of them."""
        closed = [column for column in self.searched if column.audience and viewer and column.open_to(viewer)]
        wanted = self._holding(query, str)
        for column in closed:
            wanted |= self._holding(query, partial(closed_key, column.name))
        # One subquery, so that the few keys lead to the rows instead of every row being asked for its keys.
        return rows.filter(pk__in=self._keys.filter(wanted).values("row")) if wanted else rows.none()

    def _holding(self, query, key_of):
        """The predicate of the keys that stand for `query`; `key_of` says under what a plain key is kept."""
        wanted = Q()
        first, *others = probes(query) or [None]
        if first:
            wanted = Q(key=key_of(first))
            for piece in others:
                wanted &= Q(row__in=self._keys.filter(key=key_of(piece)).values("row"))
        for value in self.values.numbers_meant(query):
            kind = "last4" if len(value) == 4 else "whole"
            wanted |= Q(key=key_of(f"#{digest(kind, value)}"))
        if any(column.series for column in self.searched):
            wanted |= Q(key=key_of(f"#{digest('whole', file_number(query))}"))
        return wanted

    @property
    def _keys(self):
        return SearchKey.objects.filter(register=self.code)

    def before_insert(self, rows):
        """What only new `rows` that are really written get, such as numbers without gaps: runs inside their
        transaction, when nothing can be refused any more."""

    def after_write(self, rows):
        """What must become true together with `rows`, just written: runs inside their transaction."""

    def moves(self, row, viewer):
        """The states `viewer` may give `row` next: [(state, words on the button)], for buttons on its page."""
        return []

    def actions(self, row, viewer):
        """What `viewer` may do with `row` beside editing it: [(label, address, icon)], for the menu of its page."""
        return []

    def derived_figures(self, row, viewer, moment=None):
        """What follows from other records and belongs at the head of the page: [(label, text)].

        `moment` is a past one when the page shows the record as it was then.
        """
        return []

    # Its values: the one choke point

    def value(self, row, name, viewer):
        """The value of field `name` as `viewer` may see it. Everything that leaves the system asks here."""
        return self.values.value(row, name, viewer)

    def text(self, row, name, viewer):
        """`value` as a person reads it."""
        return self.values.text(row, name, viewer)

    def readers(self, viewer, names=None, rows=None, *, leaving=False):
        """The column form of `value`: [(Column, function of a row)] for lists, exports and the API.

        `rows` is the list about to be read: references are then judged for all rows at once. `leaving` says that the
        values go into a file or to a program, where only those grants count that allow it.
        """
        return self.values.readers(viewer, names, rows, leaving=leaving)

    def name_of(self, row, viewer, reached=None):
        """What to call `row` to `viewer`."""
        return self.values.name_of(row, viewer, reached)
