"""What stands in a list: the rows a viewer may see, of the chosen site, narrowed, found and sorted.

One `Listing` answers for everybody who asks for the rows of a list: the screen, its export, a bulk edit of all
matching rows, and the API.
"""

import json

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ..screens import pages, searches
from ..screens.filters import VOID_CHOICES, Filters
from . import conditions
from .conditions import FORGOTTEN, Group, both
from .operands import NotUnderstood

# Parameters that belong to one page of a list and not to the list.
PLACE = ("after", "before", "last", "p", "exact", "_w_filter_fragment")
SEARCH, BUILT, ORDER = "s", "f", "ordering"
KNOWN = {SEARCH, BUILT, ORDER, *PLACE}


class Listing:
    """`data` are the parameters of an address; `query` and `built` what stands elsewhere: the words searched for
    and the tree of the builder.

    A question that is not understood leaves the list empty; `problem` then holds the sentence that says why.
    """

    def __init__(self, register, viewer, data, *, query="", built=None, problem="", known=KNOWN):
        self.register, self.viewer, self.query = register, viewer, query
        self.filters = Filters(register, viewer, data)
        self.built = built or Group()
        self.problem = problem
        try:
            self._refuse_unknown(data, known)
            self.tree = both(self.filters.tree, self.built)
            self.void = self.filters.void
            self.sorting = pages.Sorting.of(register, data.get(ORDER))
        except NotUnderstood as error:
            self.problem = self.problem or error.sentence
            self.tree, self.void, self.sorting = Group(), "", pages.Sorting.of(register)

    @classmethod
    def asked(cls, register, viewer, request):
        """The listing of an address, with the words it left behind in the session."""
        data, query, built, problem = request.GET, "", None, ""
        try:
            query = _recalled(request.session, data.get(SEARCH, ""))
            built = built_of(register, viewer, data.get(BUILT, ""), request.session)
        except NotUnderstood as error:
            problem = error.sentence
        return cls(register, viewer, data, query=query, built=built, problem=problem)

    def _refuse_unknown(self, data, known):
        unknown = sorted(set(data) - known - self.filters.parameters)
        if unknown:
            column = self.register.fields.get(unknown[0])
            raise NotUnderstood(
                _("Lists cannot be narrowed by “%(field)s”.") % {"field": column.label}
                if column
                else _("There is no field “%(field)s” in %(register)s.")
                % {"field": unknown[0], "register": self.register.label_plural}
            )

    @cached_property
    def known(self):
        return self.register.at_site(self.register.visible(self.viewer), self.viewer)

    @cached_property
    def rows(self):
        if self.problem:
            return self.known.none()
        rows = self.known
        if self.void != "with":
            rows = rows.filter(voided_at__isnull=self.void != "only")
        columns = [*self.tree.columns, *filter(None, [self.sorting.column])]
        rows = self.register.with_columns(rows, columns).filter(self.tree.predicate())
        return self.register.finding(rows, self.query) if self.query else rows

    @property
    def narrowed(self):
        return bool(self.problem or self.query or self.tree or self.void)

    def described(self):
        """What narrows the list, in one line. What was typed freely is left out: it may be a telephone."""
        void = dict(VOID_CHOICES)[self.void] if self.void else ""
        parts = [self.tree.described(free=False), void, _("search") if self.query else ""]
        return "; ".join(str(part) for part in parts if part)


def _recalled(session, token):
    if not token:
        return ""
    words = searches.kept(session, token)
    if words is None:
        raise NotUnderstood(FORGOTTEN())
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
