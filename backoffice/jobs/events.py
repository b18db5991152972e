"""Events: written with the change they tell of, delivered afterwards to whoever subscribed, at least once.

    @on("change.applied")
    def refresh_totals(event): ...

A handler runs in one transaction together with the note that it has succeeded, so its writes to the database
happen once; keep it short, and `enqueue()` a job (idempotency key: event.id) for anything long or outside.
A handler that fails is tried again alone, later and later, then the event is set aside. Order is not kept.
Handlers stand in the `jobs` module of their app.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from . import clock, faults
from .models import Outbox, OutboxDelivery
from .numbering import OutsideTransaction
from .queue import DELIVER, pause, rewake, ring

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
logger = logging.getLogger(__name__)
_handlers: dict[str, dict[str, Callable]] = {}


@dataclass(frozen=True)
class Event:
    """What a handler gets; `created_at` is business time."""

    id: int
    name: str
    payload: dict
    change_set: int | None
    created_at: datetime


def on(name: str):
    """Subscribe `handler(event: Event) -> None` to an event; its dotted path marks what it has dealt with."""

    def subscribe(handler):
        _handlers.setdefault(name, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return subscribe


def emit(name: str, payload: dict | None = None, *, change_set: int | None = None) -> Outbox:
    """Tell of something that the current transaction does; rolled back, it was never told.

    `payload` is a small JSON object. Raises OutsideTransaction when no transaction is open.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("emit() belongs to the transaction of the change it tells of")
    event = Outbox.objects.create(
        name=name, payload=payload or {}, change_set=change_set, next_try=clock.wall() + rewake()
    )
    ring(DELIVER, event.pk)
    return event


def deliver(outbox_id: int) -> None:
    """Hand one event to every handler that has not dealt with it; a second delivery does no harm."""
    row = _start(outbox_id)
    if row is None:
        return
    event = Event(row.pk, row.name, row.payload, row.change_set, row.created_at)
    errors = []
    for path, handler in _handlers.get(row.name, {}).items():
        try:
            _hand_over(event, path, handler)
        except Exception as error:
            logger.exception("Event %s (%s): %s failed", row.pk, row.name, path)
            errors.append(f"{path}: {error!r}")
    _close(row, errors)


def _start(outbox_id: int) -> Outbox | None:
    """Count the attempt before any work, and keep the sweeper away while it lasts."""
    with transaction.atomic():
        row = (
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(pk=outbox_id, delivered_at=None, parked_at=None)
            .first()
        )
        wall = clock.wall()
        if row is None or (row.lease_until and row.lease_until > wall):
            return None
        if row.attempts >= MAX_ATTEMPTS:
            _park(row, row.error or _("The worker stopped in the middle of the work."))
            return None
        row.attempts += 1
        row.lease_until = row.next_try = wall + LEASE
        row.save(update_fields=["attempts", "lease_until", "next_try"])
    return row


def _hand_over(event: Event, path: str, handler: Callable) -> None:
    with transaction.atomic():
        # The unique row comes first: a second worker waits here, and then finds the work done.
        _delivery, first = OutboxDelivery.objects.get_or_create(outbox_id=event.id, handler=path)
        if first:
            handler(event)
            faults.point("event.before_commit")
    faults.point("event.after_commit")


def _close(row: Outbox, errors: list[str]) -> None:
    with transaction.atomic():
        if not errors:
            Outbox.objects.filter(pk=row.pk, parked_at=None).update(
                delivered_at=clock.now(), lease_until=None, error=""
            )
        elif row.attempts >= MAX_ATTEMPTS:
            _park(row, "\n".join(errors))
        else:
            Outbox.objects.filter(pk=row.pk).update(
                lease_until=None, next_try=clock.wall() + pause(row.attempts), error="\n".join(errors)
            )


def _park(row: Outbox, error: str) -> None:
    logger.error("Event %s (%s) is set aside after %s attempts: %s", row.pk, row.name, row.attempts, error)
    parked = Outbox.objects.filter(pk=row.pk, delivered_at=None).update(
        parked_at=clock.now(), lease_until=None, error=error
    )
    # An alert that cannot be delivered is not worth another alert.
    if parked and row.name not in ("event.parked", "job.parked"):
        emit("event.parked", {"event": row.pk, "name": row.name, "error": error})
