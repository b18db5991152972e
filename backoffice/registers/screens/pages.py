"""One page of a list: sorted, counted no further than anybody reads, and found by its edge instead of an offset."""

from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from .. import dictionaries
from ..audit import moments
from ..lists.operands import NotUnderstood

SIZE = 50
CAP = 10_000
SORTED_SYSTEM = ("created_at", "updated_at")


def sort_expression(column):
    """What a list is sorted by when it is sorted by `column`; None where it must not or cannot be.

    A masked column is never sorted by, neither is a reference whose title not everybody may read: the order would
    tell what the mask hides.
    """
    if not column.sortable:
        return None
    if column.field.is_relation:
        target = column.target
        if not column.joined or target is None or not target.open_title or target.column(target.title_field).personal:
            return None
        return F(f"{column.path}__{target.title_field}")
    codes = [code for code, _label in (dictionaries.choices(column.dictionary) if column.dictionary else [])]
    codes = codes or [code for code, _label in column.field.flatchoices]
    if codes:
        whens = [When(**{column.path: code}, then=Value(place)) for place, code in enumerate(codes)]
        return Case(*whens, default=Value(len(codes)))
    return F(column.path)


@dataclass(frozen=True)
class Sorting:
    """The order of a list: by `name`, ties by row number; empty values last in both directions."""

    name: str
    descending: bool
    expression: object
    nullable: bool
    column: object = None

    @classmethod
    def of(cls, register, asked="", viewer=None):
        """The order `asked` for (`name` or `-name`), or the register's own. Raises NotUnderstood for an order that
        is not to be had."""
        wish = (asked or "").strip() or register.ordering[0]
        name = wish.removeprefix("-")
        descending = wish.startswith("-")
        if name in ("id", "pk"):
            return cls("id", descending, F("id"), False)
        known = register.fields if viewer is None else register.fields_for(viewer)
        if name not in known and name not in SORTED_SYSTEM:
            raise NotUnderstood(
                _("There is no field “%(field)s” in %(register)s.")
                % {"field": name, "register": register.label_plural}
            )
        column = register.column(name)
        expression = sort_expression(column)
        if expression is None:
            raise NotUnderstood(_("Lists cannot be sorted by “%(field)s”.") % {"field": column.label})
        return cls(name, descending, expression, column.nullable, column)

    def __str__(self):
        return f"-{self.name}" if self.descending else self.name

    def mark(self, rows):
        return rows.annotate(sort_value=self.expression)

    def order(self, rows, backwards=False):
        down = self.descending != backwards
        last = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        value = F("sort_value").desc(**last) if down else F("sort_value").asc(**last)
        if self.name == "id":
            return rows.order_by("-id" if down else "id")
        return rows.order_by(value, "-id" if down else "id")

    def beyond(self, value, key, backwards=False):
        """The predicate of the rows behind the one with `value` and row number `key`; before it when backwards."""
        way = "lt" if self.descending != backwards else "gt"
        if self.name == "id":
            return Q(**{f"id__{way}": key})
        same = {f"id__{way}": key}
        if value is None:
            rest = Q(sort_value__isnull=True, **same)
            return rest | Q(sort_value__isnull=False) if backwards else rest
        rest = Q(**{f"sort_value__{way}": value}) | Q(sort_value=value, **same)
        return rest | Q(sort_value__isnull=True) if self.nullable and not backwards else rest


@dataclass
class Page:
    """Rows of one page and the public ids from which the neighbours start (None where there is no neighbour)."""

    rows: list
    before: str | None = None
    after: str | None = None


def turn(rows, sorting, *, after=None, before=None, last=False, size=SIZE, known=None, branches=None):
    """The page of `rows` behind the record `after` or ahead of the record `before` (public ids), or the last one.

    `known` are the rows an edge may be looked up in: it may have left the list since, by a filter or an edit.
    `branches` are predicates that together hold all rows, see `Scope.branches`.
    """
    rows = sorting.mark(rows)
    if last:
        return _last(rows, sorting, size, branches)
    backwards = before is not None and after is None
    edge = after or before
    if edge:
        found = sorting.mark(known if known is not None else rows).filter(public_id=edge)
        edge = found.values_list("sort_value", "id").first()
    beyond = rows.filter(sorting.beyond(*edge, backwards)) if edge else rows
    backwards = backwards and bool(edge)
    found = _first(beyond, sorting, size + 1, backwards, branches)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    page = Page(found)
    if found and (more or backwards):
        page.after = found[-1].public_id
    if found and edge and (more or not backwards):
        page.before = found[0].public_id
    return page


def _first(rows, sorting, count, backwards, branches):
    """The first `count` rows of the order. Rows that are somebody's in several ways (entered by them, theirs, their
    team's) would have to be collected and sorted before the first could be shown; each way alone has an index that
    gives its first rows in order, and the first of all are among those."""
    if branches and sorting.name == "id":
        first = [sorting.order(rows.filter(branch), backwards).values("pk")[:count] for branch in branches]
        # Databases take no limit inside a union: each part is wrapped.
        parts = [rows.model.rows.filter(pk__in=part).order_by().values("pk") for part in first]
        rows = rows.filter(pk__in=parts[0].union(*parts[1:], all=True))
    return list(sorting.order(rows, backwards)[:count])


def _last(rows, sorting, size, branches):
    found = _first(rows, sorting, size + 1, True, branches)
    more, found = len(found) > size, found[:size][::-1]
    return Page(found, before=found[0].public_id if more else None)


def capped_count(rows, branches=None):
    """How many rows there are, counted up to one more than CAP."""
    rows = rows.order_by().values("pk")
    if branches:
        first, *others = (rows.filter(branch) for branch in branches)
        rows = first.union(*others, all=True)
    return rows[: CAP + 1].count()


def fetched(rows, register, columns):
    """`rows` with the columns shown and what judging ownership and naming needs; references in the same query.

    Rows of a past moment come whole: what is left out would be filled in from today.
    """
    if moments.is_past(register, rows):
        return moments.whole(register, rows)
    names = {"public_id", "version", "voided_at", "created_by"}
    related = set()
    if register.scope.site in register.own_fields:
        names.add(register.scope.site)
    if register.scope.own:
        steps = register.scope.own.split("__")
        names.add(register.scope.own)
        related |= {"__".join(steps[:count]) for count in range(1, len(steps))}
    for column in [*columns, register.column(register.title_field)]:
        names.add(column.kept_in)
        if column.joined:
            related.add(column.name)
            names |= _named_by(column)
    return rows.select_related(*related).only(*names) if related else rows.select_related(None).only(*names)


def _named_by(column):
    target = column.target
    if target is None:
        return set()
    return {f"{column.name}__{name}" for name in ("public_id", target.title_field, *target.key)}
