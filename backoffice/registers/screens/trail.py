"""The way back to the list one came from: its neighbours, without the list's query in any address.

A list's query is kept in the session when a record is opened from it; a token in the address names it, as
`searches` does with what people search for.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import F, Subquery
from django.http import QueryDict

from ..lists.listing import PLACE, Listing
from . import addresses

PARAMETER = "from"
KEPT = 20


@dataclass(frozen=True)
class Trail:
    """A record's place in a list: the addresses of the list and of the records before and after it."""

    list_url: str
    previous_url: str = ""
    next_url: str = ""


def token_of(request, register):
    """The token of the list the reader came from, or an empty text: from the address, or else from the referrer."""
    given = request.GET.get(PARAMETER, "")
    if given:
        return given if _query(request.session, register, given) is not None else ""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host() or came.path != addresses.list_url(register):
        return ""
    query = QueryDict(came.query, mutable=True)
    for name in PLACE:
        query.pop(name, None)
    return _keep(request.session, register, query.urlencode())


def _keep(session, register, query):
    trails, wanted = session.get("trails", {}), [register.code, query]
    token = next((token for token, kept in trails.items() if kept == wanted), None)
    if token is None:
        token = secrets.token_urlsafe(9)
        session["trails"] = dict([*trails.items(), (token, wanted)][-KEPT:])
    return token


def _query(session, register, token):
    code, query = session.get("trails", {}).get(token, (None, None))
    return query if code == register.code else None


def trail(request, register, row, viewer, screen="record"):
    """The `Trail` of `row`, or None when it was not opened from a list. Two queries at most."""
    token = token_of(request, register)
    if not token:
        return None
    query = _query(request.session, register, token)
    listing = Listing.asked(register, viewer, QueryDict(query), request.session)
    before, after = _neighbours(register, listing, row)
    url = addresses.list_url(register)
    return Trail(
        list_url=f"{url}?{query}" if query else url,
        previous_url=before and f"{addresses.key_url(register, before, screen)}?{PARAMETER}={token}",
        next_url=after and f"{addresses.key_url(register, after, screen)}?{PARAMETER}={token}",
    )


def _neighbours(register, listing, row):
    """The public ids before and after `row` in the list; its place counts even where it has left the list."""
    sorting = listing.sorting
    edge, rows = _edge(register, sorting, row), sorting.mark(listing.rows)
    sides = {
        name: Subquery(
            sorting.order(rows.filter(sorting.beyond(*edge, backwards)), backwards).values("public_id")[:1]
        )
        for name, backwards in (("before_it", True), ("after_it", False))
    }
    return register.model.rows.filter(pk=row.pk).annotate(**sides).values_list("before_it", "after_it").get()


def _edge(register, sorting, row):
    """(what `row` is sorted by, its row number); the database is asked only where that is no plain value."""
    if not isinstance(sorting.expression, F):
        return sorting.mark(register.model.rows.filter(pk=row.pk)).values_list("sort_value", "pk").get()
    value = row
    for name in sorting.expression.name.split("__"):
        value = None if value is None else getattr(value, name)
    return value, row.pk
