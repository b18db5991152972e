"""The registers that managers make, as registers like all others: one object for each released definition."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock
from backoffice.jobs.numbering import next_numbers
from backoffice.organisation.roles import Role, cells_of
from backoffice.registers import catalogue
from backoffice.registers.columns import Column
from backoffice.registers.definitions.known import kept
from backoffice.registers.register import FIGURES, Register
from backoffice.registers.scope import Scope

from . import steps
from .models import Entry, RegisterDefinition
from .narrowed import models_of
from .plans import OPTIONAL, Plan

catalogue.hold(Entry)

# Columns that the product fills in: numbers are given, states have buttons.
GIVEN = ("number", "state")
READ_ONLY = frozenset("x")


@dataclass(frozen=True)
class EntryColumn(Column):
    """A column of the entry table under the name its register gives it."""

    @property
    def typed(self):
        return self.name not in GIVEN


class MadeRegister(Register):
    """The register of one definition. What is declared elsewhere follows here from the plan."""

    made = True

    def __init__(self, definition):
        plan = self.plan = Plan.read(definition.plan)
        self.definition, self.offered = definition.pk, definition.closed_at is None
        self.model, self.history = models_of(definition.pk)
        self.code, self.menu, self.icon = definition.code, plan.menu, plan.icon
        self.key, self.title = list(plan.key), "title"
        self.search = ["number", "title"]
        self.filters = [name for name in ("state", "owner", "day") if name in self.names]
        self.ordering = ("-id",) if plan.newest_first else ("id",)
        self.scope = Scope(own="owner" if "owner" in plan.uses else None, site="site" if plan.at_site else None)
        self.sections = {plan.section or _("Details"): [name for name in self.names if name not in (*GIVEN, "site")]}
        self.rights = dict(plan.rights) | {Role.AUD.value: "A"}
        self.open = definition.closed_at is None
        self.completions = [steps.judge]
        super().__init__()
        self.cells_by_role = {role: self._cell(cell) for role, cell in cells_of(self).items()}

    def _cell(self, cell):
        """A closed register is read and exported, and nothing else."""
        return cell if self.open else type(cell)(cell.view, cell.letters & READ_ONLY)

    @property
    def names(self):
        """The columns of the table in use, in the order of the form."""
        return [
            "number",
            "title",
            *(["state"] if self.plan.states else []),
            *(name for name in OPTIONAL if name in self.plan.uses),
            *(["site"] if self.plan.at_site else []),
        ]

    @property
    def label(self):
        return self.plan.named

    label_plural = label

    @cached_property
    def own_fields(self):
        return {name: EntryColumn(self, self._field(name)) for name in self.names if name != "site"} | (
            {"site": Column(self, self._site())} if self.plan.at_site else {}
        )

    def _field(self, name):
        """A field of the table as this register has it: its words, its states."""
        field = copy(Entry._meta.get_field(name))
        told = self.plan.title if name == "title" else self.plan.uses.get(name)
        if told:
            field.verbose_name = told.lazy
        if name == "state":
            field.choices = [(state.code, state.name.lazy) for state in self.plan.states]
            field.default, field.blank = self.plan.states[0].code, False
            field.__dict__.pop("_get_default", None)  # kept by Django from the field that was copied
        return field

    def _site(self):
        field = copy(Entry._meta.get_field("site"))
        field.null = field.blank = False
        return field

    @property
    def list_columns(self):
        """Those of the table and the added fields that the plan puts into the list, as far as they are in force."""
        added = [one["key"] for one in self.plan.fields if one.get("listed") and one.get("key")]
        names = [name for name in self.names if name != "site"] + [key for key in added if key in self.fields]
        return [self.column(name) for name in names]

    @property
    def figure_columns(self):
        """Title, state and number stand at the head of the page anyway."""
        return [column for column in self.list_columns if column.name not in ("title", *GIVEN)][:FIGURES]

    # Who may do what: read from the plan, so that a release counts at once in every process.

    def grants(self, seat, verb):
        if seat.role == "":
            # A superuser does everything but look behind masks.
            return verb != "reveal" and (self.open or verb.startswith("view_") or verb == "export")
        return verb in self.cells_by_role[Role(seat.role)].verbs(seat.role)

    # Steps and numbers

    def moves(self, row, viewer):
        return steps.open_to(self, row, viewer)

    def before_insert(self, rows):
        """Numbers in the order of the rows, counted by site and year as the plan says."""
        year = clock.today().year if self.plan.by_year else None
        by_site = self.plan.by_site and self.plan.at_site
        groups = {}
        for row in rows:
            groups.setdefault(row.site_id if by_site else None, []).append(row)
        codes = _site_codes(groups) if by_site else {}
        for site, found in groups.items():
            draw = partial(next_numbers, f"custom:{self.code}", len(found), site=site, year=year)
            numbers = draw(width=self.plan.width, pattern=self.plan.pattern(), code=codes.get(site, ""))
            for row, number in zip(found, numbers, strict=True):
                row.number = number


def _site_codes(sites):
    from backoffice.organisation.models import SalesSite

    return dict(SalesSite.rows.filter(pk__in=list(sites)).values_list("pk", "code"))


# {code: (version, register)} in this process: a definition is turned into a register once for each of its versions.
_built = {}
_table = []


@catalogue.provide
def made():
    """{code: MadeRegister} of the definitions released so far, read once for each request or job slice."""
    return kept("made registers", _read)


def _read():
    if not _table:
        # Commands look at the catalogue before the first migrate, too.
        if RegisterDefinition._meta.db_table not in connection.introspection.table_names():
            return {}
        _table.append(True)
    found = RegisterDefinition.objects.filter(released_at__isnull=False)
    return {definition.code: _register(definition) for definition in found}


def _register(definition):
    mark = (definition.pk, definition.version, definition.closed_at, definition.plan)
    if _built.get(definition.code, (None,))[0] != mark:
        _built[definition.code] = (mark, MadeRegister(definition))
    return _built[definition.code][1]
