"""Entries for what was written before there was an audit log: once, after the migrate that brings it.

From then on a row of history without an entry is a break.
"""

from django.db import transaction

from .. import catalogue
from ..changes.opening import door_open
from ..fields import new_salt
from ..models import Access, ChangeSet
from . import events
from .models import Event

SLICE = 500


def adopt():
    """Returns how many rows were adopted; 0 at every migrate but the first."""
    if Event.objects.exists():
        return 0
    with transaction.atomic(), door_open():
        count = sum(_adopt_history(keeper) for r in catalogue.declared() for keeper in (r, *r.parts))
        return (
            count + _adopt(ChangeSet.objects.exclude(finished_at=None), _close) + _adopt(Access, events.of_accesses)
        )


def _close(acts):
    for act in acts:
        events.of_act(act)


def _adopt(rows, note):
    rows = getattr(rows, "objects", rows)
    return _in_slices(rows.order_by("pk"), note)


def _adopt_history(register):
    def note(entries):
        by_act = {}
        for entry in entries:
            by_act.setdefault(entry.change_set, []).append((entry, _deed(entry, before)))
            before[entry.id] = entry.voided_at is not None
        for change_set, written in by_act.items():
            events.of_history(register, change_set, written)

    before = {}
    return _in_slices(register.history.objects.select_related("change_set").order_by("pk"), note)


def _deed(entry, before):
    if entry.history_type == "+":
        return Event.Deed.CREATED
    void = entry.voided_at is not None
    if void == before.get(entry.id, False):
        return Event.Deed.CHANGED
    return Event.Deed.VOIDED if void else Event.Deed.UNVOIDED


def _in_slices(rows, note):
    count, last = 0, 0
    while found := list(rows.filter(pk__gt=last)[:SLICE]):
        # The migration gave all of them the same salt.
        for row in found:
            row.salt = new_salt()
        rows.model.objects.bulk_update(found, ["salt"])
        note(found)
        count, last = count + len(found), found[-1].pk
    return count
