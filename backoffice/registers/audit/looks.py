"""Who saw personal data: noted by one insert a page, whatever its rows, and filed in the audit log soon after.

Noted are values that were shown in full, to whom the record belongs or who was granted them; and searches for a
whole number or its last four digits that found something. What was searched for is kept as a keyed hash only.
"""

from django.db import transaction

from backoffice.jobs import clock

from ..access import grants
from ..models import Access
from ..search import digest
from . import events

FILED_AT_ONCE = 500


def _moment(viewer):
    return getattr(viewer, "moment", None) or clock.now()


def _note(kind, register, viewer, fields, *, row=None, seen=()):
    access = Access(
        at=_moment(viewer),
        kind=kind,
        actor=viewer.user,
        register=register.code,
        row=row,
        seen=list(seen),
        fields=fields,
        rows=1 if row else len(seen),
        filed=False,
    )
    access.save()
    return access


def _shown(register, viewer, rows, columns, leaving=False):
    """([names of the personal columns shown in full somewhere], [row numbers of the rows that show one of them],
    [Grant] that made it possible)."""
    personal = [column for column in columns if column.personal and column.open_to(viewer)]
    names, seen, used = set(), [], {}
    for row in rows if personal else ():
        own = register.values.owns(row, viewer)
        shown = False
        for column in personal:
            granted = [] if own else grants.opening(register, column.name, row, viewer, leaving)
            if (own or granted) and column.holds(row):
                shown = True
                names.add(column.name)
                used |= {grant.pk: grant for grant in granted}
        if shown:
            seen.append(row.id)
    return [column.name for column in personal if column.name in names], seen, list(used.values())


def on_page(register, viewer, row, columns):
    """A page of one record was shown."""
    names, seen, used = _shown(register, viewer, [row], columns)
    if seen:
        grants.note_use(used, _note(Access.Kind.VIEW, register, viewer, names, row=row.id))


def in_list(register, viewer, rows, columns, leaving=False):
    """A page of a list was shown; `leaving` when it went to a program."""
    names, seen, used = _shown(register, viewer, rows, columns, leaving)
    if seen:
        grants.note_use(used, _note(Access.Kind.VIEW, register, viewer, names, seen=seen))


def found(register, viewer, query, rows):
    """A search for `query` gave `rows`."""
    numbers = register.values.numbers_meant(query) if query and rows else []
    if numbers:
        kinds = [("last4" if len(number) == 4 else "whole", number) for number in numbers]
        keys = [f"#{digest(kind, number)}" for kind, number in kinds]
        _note(Access.Kind.SEARCH, register, viewer, keys, seen=[row.id for row in rows])


def file():
    """Brings what was noted into the audit log. Returns how many."""
    count = 0
    while True:
        with transaction.atomic():
            noted = list(Access.objects.select_for_update(skip_locked=True).filter(filed=False)[:FILED_AT_ONCE])
            if not noted:
                return count
            events.of_accesses(noted)
            Access.objects.filter(pk__in=[access.pk for access in noted]).update(filed=True)
        count += len(noted)


def on_record(register, row):
    """Every look at the record `row`, the latest first: its own and those at lists it stood in."""
    from django.db.models import Q

    from .models import Seen

    listed = Seen.objects.filter(register=register.code, row=row.pk).values("access")
    looks = Access.objects.filter(Q(register=register.code, row=row.pk) | Q(pk__in=listed))
    return looks.select_related("actor__wagtail_userprofile").order_by("-pk")
