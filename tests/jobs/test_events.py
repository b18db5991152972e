"""Events reach every handler; a failing one holds nobody else up."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django_q.models import OrmQ

from backoffice.jobs import events, faults, worker
from backoffice.jobs.events import emit, on
from backoffice.jobs.models import Outbox
from backoffice.jobs.numbering import OutsideTransaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """One handler that works and notes what it heard, one that fails for as long as it is told to."""
    heard = {"broken": True, "tries": 0}

    @on("unit.sold")
    def total(event):
        Group.objects.create(name=f"sold {event.payload['unit']} in {event.change_set}")

    @on("unit.sold")
    def message(event):
        heard["tries"] += 1
        Group.objects.create(name=f"message {heard['tries']}")
        if heard["broken"]:
            raise ConnectionError("no gateway")

    return heard


def names():
    return sorted(Group.objects.filter(name__regex="^(sold|message)").values_list("name", flat=True))


def test_an_event_of_a_rolled_back_change_was_never_told(heard):
    with transaction.atomic():
        emit("unit.sold", {"unit": 3})
        transaction.set_rollback(True)
    assert (Outbox.objects.count(), OrmQ.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_change():
    with pytest.raises(OutsideTransaction):
        emit("unit.sold", {"unit": 3})


def test_a_failing_handler_is_tried_again_alone(heard):
    event = emit("unit.sold", {"unit": 3}, change_set=12)
    worker.deliver(event.pk)
    event.refresh_from_db()
    assert event.delivered_at is None
    assert event.error.endswith("message: ConnectionError('no gateway')")
    assert names() == ["sold 3 in 12"], "what the failing handler wrote is gone, the other one's work stays"

    heard["broken"] = False
    for _delivery in range(3):
        worker.deliver(event.pk)
    event.refresh_from_db()
    assert (event.error, event.attempts) == ("", 2)
    assert event.delivered_at
    assert names() == ["message 2", "sold 3 in 12"]


def test_a_handler_that_never_succeeds_is_given_up_with_an_alert(heard):
    event = emit("unit.sold", {"unit": 3})
    for _delivery in range(events.MAX_ATTEMPTS + 2):
        worker.deliver(event.pk)
    event.refresh_from_db()
    assert (heard["tries"], event.attempts) == (events.MAX_ATTEMPTS, events.MAX_ATTEMPTS)
    assert event.parked_at
    alert = Outbox.objects.exclude(pk=event.pk).get()
    assert (alert.name, alert.payload["event"]) == ("event.parked", event.pk)


@pytest.mark.parametrize("point", ["event.before_commit", "event.after_commit"])
def test_a_crash_during_delivery_repeats_nothing_that_was_committed(heard, monkeypatch, point):
    heard["broken"] = False
    event = emit("unit.sold", {"unit": 3}, change_set=12)
    monkeypatch.setenv("FAULT", f"{point}:raise")
    with pytest.raises(faults.Fault):
        worker.deliver(event.pk)
    monkeypatch.delenv("FAULT")

    worker.deliver(event.pk)
    assert len(names()) == (point == "event.after_commit"), "the first worker may still be at it"
    past = event.created_at.replace(year=2000)
    Outbox.objects.filter(pk=event.pk).update(lease_until=past, next_try=past)
    OrmQ.objects.all().delete()
    worker.recover()
    assert OrmQ.objects.count() == 1
    worker.drain()
    worker.deliver(event.pk)
    assert names() == ["message 1", "sold 3 in 12"]


def test_an_event_that_nobody_wants_is_delivered():
    event = emit("nobody.cares")
    worker.drain()
    event.refresh_from_db()
    assert event.delivered_at
