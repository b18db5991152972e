"""What a message says, and how it goes on: told once for each event, tried again with growing pauses, set aside."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from backoffice.jobs import clock
from backoffice.jobs.queue import enqueue

from .. import catalogue
from ..models import ChangeSet
from ..programs.tokens import who_may_enter
from ..scope import viewer_of
from .models import Attempt, Delivery, Subscription

SEND = "webhooks.send"
State = Delivery.State
# Between the attempts: about a day together, then the message is set aside.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
MOST_ROWS = 500


def tell(event):
    """Writes down for every subscription what an event `records.changed` means to it, and queues the sending.

    In the transaction of the handler, so that an event becomes one message however often it is handed over.
    """
    code = event.payload["register"]
    for subscription in Subscription.objects.filter(active=True).order_by("pk"):
        if code in subscription.registers:
            change_set = ChangeSet.objects.get(pk=event.change_set)
            if (payload := of_change(subscription, catalogue.get(code), change_set)) is not None:
                begin(subscription, payload, event=event.id)


def of_change(subscription, register, change_set):
    """The message about a change set: which rows, by id and address; None where the owner sees none of them.

    A larger change set names its first rows and says that there are more.
    """
    viewer = viewer_in(subscription)
    if viewer is None or not register.may(viewer, "configure"):
        return None
    entries = _entries(register, change_set).filter(id__in=register.visible(viewer).values("pk"))
    found = list(entries[: MOST_ROWS + 1])
    if not found:
        return None
    return {
        "type": "records.changed",
        "at": change_set.finished_at.isoformat(),
        "register": register.code,
        "change_set": change_set.public_id,
        "channel": change_set.channel,
        "changes": [_told(register, entry) for entry in found[:MOST_ROWS]],
        "more": len(found) > MOST_ROWS,
    }


def viewer_in(subscription):
    """The viewer in whose name a subscription hears, None while its owner may not sign in."""
    owner = who_may_enter(subscription.owner_id)
    return owner and viewer_of(owner)


def _entries(register, change_set):
    """History rows of an act, each with the moment its version before was voided at."""
    history = register.history.objects
    before = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    found = history.filter(change_set=change_set).order_by("history_id")
    return found.annotate(voided_before=Subquery(before.values("voided_at")[:1])).values(
        "history_type", "public_id", "version", "voided_at", "voided_before"
    )


def _told(register, entry):
    kind = "created" if entry["history_type"] == "+" else "changed"
    if entry["voided_at"]:
        kind = "voided"
    elif entry["voided_before"]:
        kind = "unvoided"
    href = f"{settings.WAGTAILADMIN_BASE_URL}/api/v1/{register.code}/{entry['public_id']}/"
    return {"id": entry["public_id"], "kind": kind, "version": entry["version"], "href": href}


def begin(subscription, payload, event=None):
    """Gives a message its number and queues it. Inside the caller's transaction."""
    Subscription.objects.filter(pk=subscription.pk).update(sequence=F("sequence") + 1)
    subscription.refresh_from_db(fields=["sequence"])
    delivery = Delivery(subscription=subscription, event=event, sequence=subscription.sequence, next_at=clock.now())
    delivery.payload = {"id": delivery.public_id, "sequence": delivery.sequence} | payload
    delivery.save()
    _queue(delivery)
    return delivery


def trial(subscription):
    """A message that tells of nothing, to see whether messages arrive."""
    with transaction.atomic():
        return begin(subscription, {"type": "ping", "at": clock.now().isoformat()})


def note(delivery, answer):
    """Writes down how an attempt went, and what follows. Inside the caller's transaction."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.attempts += 1
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        status=answer.status,
        error=answer.error,
        answer=answer.text,
        milliseconds=answer.milliseconds,
    )
    if answer.good:
        delivery.state, delivery.next_at = State.DELIVERED, None
    elif delivery.failures >= len(PAUSES):
        delivery.state, delivery.next_at = State.PARKED, None
    else:
        delivery.next_at = clock.now() + PAUSES[delivery.failures]
        delivery.failures += 1
    delivery.save()
    if delivery.state == State.WAITING:
        _queue(delivery)
    return delivery


def again(delivery):
    """Sends a message once more, with all its attempts; False while it is waiting anyway."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state == State.WAITING:
            return False
        delivery.state, delivery.failures, delivery.next_at = State.WAITING, 0, clock.now()
        delivery.save()
        # A job for the same attempt may be left from before; the first of the two makes it.
        enqueue(SEND, {"delivery": delivery.pk, "attempt": delivery.attempts + 1})
    return True


def park(delivery):
    """Sets a message aside that will not be sent."""
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(state=State.PARKED, next_at=None)


def _queue(delivery):
    """The next attempt as a job of its own, once."""
    number = delivery.attempts + 1
    enqueue(
        SEND,
        {"delivery": delivery.pk, "attempt": number},
        run_after=delivery.next_at,
        idempotency_key=f"webhook {delivery.pk} {number}",
    )
