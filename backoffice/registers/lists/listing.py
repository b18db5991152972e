"""What stands in a list: the rows a viewer may see, of the chosen site, narrowed, found and sorted.

One `Listing` answers for everybody who asks for the rows of a list: the screen, its export, a bulk edit of all
matching rows, and the API.
"""

import json

from django.db.models import Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ..audit import moments
from ..screens import pages, searches
from ..screens.filters import VOID_CHOICES, Filters
from . import conditions
from .arranging import Arranged
from .conditions import Group, both, forgotten
from .operands import NotUnderstood
from .operators import operators_of

# Parameters that belong to one page of a list and not to the list.
PLACE = ("after", "before", "last", "p", "exact", "_w_filter_fragment")
SEARCH, BUILT, ORDER, VIEW = "s", "f", "ordering", "view"
KNOWN = {SEARCH, BUILT, ORDER, VIEW, moments.PARAMETER, *PLACE}


class Listing:
    """`data` are the parameters of an address; `query`, `built`, `ordering` and `void` what stands elsewhere: the
    words searched for, the tree of the builder, and what a saved view says where the address says nothing.

    A question that is not understood leaves the list empty; `problem` then holds the sentence that says why.
    `moment` is the past moment the list is shown as of, or None.
    """

    arranged = moment = None

    def __init__(
        self, register, viewer, data, *, query="", built=None, ordering="", void="", problem="", known=KNOWN
    ):
        self.register, self.viewer, self.query = register, viewer, query
        self.filters = Filters(register, viewer, data)
        self.built = built or Group()
        self.problem = problem
        try:
            self._refuse_unknown(data, known)
            self.moment = moments.read(data.get(moments.PARAMETER), viewer)
            self.tree = both(self.filters.tree, self.built)
            self.void = self.filters.void or void
            self.ordering = data.get(ORDER) or ordering
            self.sorting = pages.Sorting.of(register, self.ordering, viewer)
        except NotUnderstood as error:
            self.problem = self.problem or error.sentence
            self.tree, self.void, self.ordering = Group(), "", ""
            self.sorting = pages.Sorting.of(register)

    @classmethod
    def asked(cls, register, viewer, data, session):
        """The listing of an address, with the view that is open and the words left behind in the session."""
        arranged = Arranged(register, viewer, data.get(VIEW, ""), untouched=not set(data) - {*PLACE, VIEW})
        view, query, built, problem = arranged.view, "", None, arranged.problem
        try:
            query = _recalled(session, data.get(SEARCH, ""))
            if view is not None and BUILT not in data:
                built = conditions.read(register, viewer, view.conditions)
            else:
                built = built_of(register, viewer, data.get(BUILT, ""), session)
        except NotUnderstood as error:
            problem = problem or error.sentence
        standing = {"ordering": view.ordering, "void": view.void} if view else {}
        listing = cls(register, viewer, data, query=query, built=built, problem=problem, **standing)
        listing.arranged = arranged
        return listing

    def _refuse_unknown(self, data, known):
        unknown = sorted(set(data) - known - self.filters.parameters)
        if unknown:
            column = self.register.fields_for(self.viewer).get(unknown[0])
            raise NotUnderstood(
                _("Lists cannot be narrowed by “%(field)s”.") % {"field": column.label}
                if column
                else _("There is no field “%(field)s” in %(register)s.")
                % {"field": unknown[0], "register": self.register.label_plural}
            )

    @property
    def columns(self):
        return self.arranged.columns if self.arranged else self.register.list_columns_for(self.viewer)

    @property
    def size(self):
        return self.arranged.size if self.arranged else pages.SIZE

    @property
    def state(self):
        """What a saved view keeps. The words searched for are not among it: they may be a telephone."""
        return {
            "conditions": self.tree.as_json() if self.tree else {},
            "void": self.void,
            "ordering": self.ordering,
            "columns": [column.name for column in self.columns],
            "size": self.size,
        }

    @cached_property
    def known(self):
        return self.register.at_site(self.register.visible(self.viewer), self.viewer)

    @cached_property
    def rows(self):
        if self.problem:
            return self.known.none()
        rows, tree = self.known, self.tree
        if self.moment:
            known = self.register.finding(rows, self.query, self.viewer) if self.query else rows
            rows, tree = moments.states(self.register, known, self.moment), moments.past(tree)
        if self.void != "with":
            rows = rows.filter(voided_at__isnull=self.void != "only")
        columns = [*self.tree.columns, *filter(None, [self.sorting.column])]
        rows = self.register.with_columns(rows, columns).filter(tree.predicate())
        return self.register.finding(rows, self.query, self.viewer) if self.query and not self.moment else rows

    @property
    def edges(self):
        """The rows in which the edge of a page is looked up: it may have left the list by a filter or an edit."""
        rows = self.register.visible(self.viewer)
        if self.moment:
            rows = moments.states(self.register, rows, self.moment)
        return self.register.with_columns(rows, [*filter(None, [self.sorting.column])])

    @property
    def branches(self):
        """The ways in which rows are the viewer's, where each is to be asked alone. What is searched for, and what
        was in the past, is found by other ways."""
        return None if self.moment or self.query else self.register.scope.branches(self.viewer, self.register)

    def turned(self, columns, **where):
        """The `pages.Page` with `columns`; `where` is what `pages.turn` takes."""
        rows = pages.fetched(self.rows, self.register, columns)
        page = pages.turn(rows, self.sorting, known=self.edges, branches=self.branches, **where)
        page.rows = moments.presented(self.register, page.rows)
        return page

    def counted(self, exactly=False):
        """How many rows there are, up to one more than the cap unless `exactly`."""
        return self.rows.order_by().count() if exactly else pages.capped_count(self.rows, self.branches)

    def totals(self):
        """{name: sum} of the amounts shown, where the viewer sees them all."""
        names = self.register.total_fields
        columns = [c for c in self.columns if c.name in names and operators_of(c, self.viewer)]
        if not columns:
            return {}
        rows = self.rows.order_by()
        sums = rows.aggregate(**{f"total_{place}": Sum(column.expression()) for place, column in enumerate(columns)})
        return {column.name: sums[f"total_{place}"] for place, column in enumerate(columns)}

    @property
    def narrowed(self):
        return bool(self.problem or self.query or self.tree or self.void)

    def described(self):
        """What narrows the list, in one line. What was typed freely is left out: it may be a telephone."""
        void = dict(VOID_CHOICES)[self.void] if self.void else ""
        then = _("as of %(moment)s") % {"moment": moments.said(self.moment)} if self.moment else ""
        parts = [then, self.tree.described(free=False), void, _("search") if self.query else ""]
        return "; ".join(str(part) for part in parts if part)


def _recalled(session, token):
    if not token:
        return ""
    words = searches.kept(session, token)
    if words is None:
        raise NotUnderstood(forgotten())
    return words


def built_of(register, viewer, text, session):
    """The Group of the parameter `f`: JSON whose words stand in the session."""
    if not text:
        return None
    try:
        given = json.loads(text)
    except ValueError:
        raise NotUnderstood(_("This filter cannot be read.")) from None
    return conditions.read(register, viewer, given, recall=lambda token: searches.kept(session, token))


def address_of(tree, session):
    """The parameter `f` that stands for `tree`; what was typed freely stays in the session."""
    if not tree:
        return ""
    plain = tree.as_json(keep=lambda words: searches.keep(session, words))
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
