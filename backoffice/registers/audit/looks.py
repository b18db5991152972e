"""Who saw personal data: noted by one insert a page, whatever its rows, and filed in the audit log soon after.

Noted are values that were shown in full, to whom the record belongs; and searches for a whole number or its last
four digits that found something. What was searched for is kept as a keyed hash only.
"""

from django.db import transaction

from backoffice.jobs import clock

from ..models import Access
from ..search import digest
from . import events

FILED_AT_ONCE = 500


def _moment(viewer):
    return getattr(viewer, "moment", None) or clock.now()


def _note(kind, register, viewer, fields, *, row=None, seen=()):
    Access(
        at=_moment(viewer),
        kind=kind,
        actor=viewer.user,
        register=register.code,
        row=row,
        seen=list(seen),
        fields=fields,
        rows=1 if row else len(seen),
        filed=False,
    ).save()


def _shown(register, viewer, rows, columns):
    """([names of personal columns], [row numbers of the rows that show one of them in full])."""
    personal = [column for column in columns if column.personal]
    if not personal:
        return [], []
    own = [row for row in rows if register.values.owns(row, viewer) and any(column.raw(row) for column in personal)]
    return [column.name for column in personal], [row.id for row in own]


def on_page(register, viewer, row, columns):
    """A page of one record was shown."""
    names, seen = _shown(register, viewer, [row], columns)
    if seen:
        _note(Access.Kind.VIEW, register, viewer, names, row=row.id)


def in_list(register, viewer, rows, columns):
    """A page of a list was shown."""
    names, seen = _shown(register, viewer, rows, columns)
    if seen:
        _note(Access.Kind.VIEW, register, viewer, names, seen=seen)


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
