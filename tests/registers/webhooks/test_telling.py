"""Changes are told to other systems: signed, without values, at least once, again while nobody answers."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import connection

from backoffice.jobs import clock, events, faults
from backoffice.jobs.models import Job, Outbox
from backoffice.jobs.worker import drain, wake
from backoffice.registers.changes import Write, apply
from backoffice.registers.models import ChangeSet
from backoffice.registers.webhooks import sending, telling
from backoffice.registers.webhooks.models import Attempt, Delivery
from tests.organisation import factories as org

SECRET = "19900007788"


def verified(subscription, headers, body):
    """Checks a signature as the receiver does, from nothing but the secret, the headers and the body."""
    key = base64.b64decode(subscription.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{expected}"


def test_a_change_is_told_once_signed_and_without_values(people, make, webhook, listener):
    subscription = webhook()
    row = make(people.li, phone=SECRET)
    drain()
    [(headers, body)], [told] = listener.got, listener.told
    assert verified(subscription, headers, body) and not verified(subscription, headers, body + b" ")
    act, delivery = ChangeSet.objects.get(register="customer"), Delivery.objects.get()
    href = f"/api/v1/customer/{row.public_id}/"
    [change] = told["changes"]
    assert change.pop("href").endswith(href)
    assert change == {"id": row.public_id, "kind": "created", "version": 1}
    assert (told["id"], told["sequence"], told["change_set"]) == (headers["webhook-id"], 1, act.public_id)
    assert SECRET.encode() not in body and "林叶".encode() not in body and "李思远".encode() not in body
    assert (delivery.state, delivery.log.get().status) == ("delivered", 204)
    drain()
    assert len(listener.got) == 1


def test_each_kind_of_change_is_named(people, make, webhook, listener, customers):
    row = make(people.li)
    drain()
    webhook()
    for write in (
        Write(row=row, values={"remark": "改"}),
        Write(row=row, action="void"),
        Write(row=row, action="unvoid"),
    ):
        apply(customers, [write], act=org.by_system("x"))
    drain()
    kinds = [told["changes"][0]["kind"] for told in sorted(listener.told, key=lambda told: told["sequence"])]
    assert kinds == ["changed", "voided", "unvoided"]


def test_only_rows_that_its_owner_sees_are_told_and_only_while_they_configure(people, make, webhook, listener):
    elsewhere = org.person("SM", site=org.site("B"))
    webhook(elsewhere)
    webhook(people.li)
    yesterday = clock.today() - timedelta(days=1)
    ended = webhook(org.person("SM", since=yesterday, until=yesterday))
    make(people.li)
    drain()
    assert listener.got == [] and not Delivery.objects.exists()
    webhook(registers=["unit"])
    make(people.li)
    drain()
    assert listener.got == [] and ended.deliveries.count() == 0


def test_a_large_act_names_its_first_rows_and_says_that_there_are_more(
    monkeypatch, people, webhook, listener, customers
):
    monkeypatch.setattr(telling, "MOST_ROWS", 3)
    webhook()
    values = [{"site": people.site, "name": "林叶", "phone": f"1990003{n:04d}"} for n in range(5)]
    apply(customers, [Write(values=one) for one in values], act=org.by_system("x"))
    drain()
    [told] = listener.told
    assert len(told["changes"]) == 3 and told["more"] is True


def test_what_fails_is_sent_again_with_growing_pauses_and_then_set_aside(people, make, webhook, listener):
    webhook()
    listener.fail(503, "维护中" + "x" * 5000)
    make(people.li)
    moment = clock.now()
    with clock.at(moment):
        drain()
        for number, pause in enumerate(telling.PAUSES, 1):
            delivery = Delivery.objects.get()
            assert (delivery.state, delivery.attempts) == ("waiting", number)
            assert delivery.next_at == clock.now() + pause
            with clock.at(delivery.next_at - timedelta(seconds=1)):
                drain()
            assert len(listener.got) == number
            clock.set_shift(stopped_at=delivery.next_at)
            drain()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("parked", len(telling.PAUSES) + 1, None)
    assert len({told["id"] for told in listener.told}) == 1
    assert timedelta(hours=20) < sum(telling.PAUSES, timedelta()) < timedelta(hours=25)
    last = delivery.log.first()
    assert last.status == 503 and last.answer.startswith("维护中") and len(last.answer) == 500

    listener.fail(200)
    assert telling.again(delivery) and not telling.again(delivery)
    drain()
    delivery.refresh_from_db()
    assert delivery.state == "delivered" and len({told["id"] for told in listener.told}) == 1


def test_a_redirect_leads_nowhere(people, make, webhook, listener):
    webhook()
    listener.fail(307)
    make(people.li)
    drain()
    assert len(listener.got) == 1 and Attempt.objects.get().status == 307
    assert Delivery.objects.get().state == "waiting"


def test_who_answers_byte_by_byte_is_cut_off(monkeypatch, people, make, webhook, listener):
    import time

    def drip(handler):
        for sign in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
            try:
                handler.wfile.write(bytes([sign]))
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    listener.answer = drip
    monkeypatch.setattr(sending, "LIMIT", 0.5)
    subscription = webhook()
    began = time.monotonic()
    answer = sending.send(telling.trial(subscription))
    assert answer.error == "time" and time.monotonic() - began < 3


def test_nobody_there_is_written_down(people, webhook):
    answer = sending.send(telling.trial(webhook(url="http://127.0.0.1:9/")))
    assert (answer.status, answer.error) == (None, "connection")


def test_a_paused_webhook_hears_nothing_and_what_waited_is_set_aside(people, make, webhook, listener):
    subscription = webhook()
    telling.trial(subscription)
    type(subscription).objects.update(active=False)
    make(people.li)
    drain()
    assert listener.got == [] and Delivery.objects.get().state == "parked"


def test_an_event_handed_over_twice_is_one_message(people, make, webhook):
    webhook()
    make(people.li)
    event = Outbox.objects.get(name="records.changed", payload__register="customer")
    events.deliver(event.pk)
    Outbox.objects.filter(pk=event.pk).update(delivered_at=None, lease_until=None)
    events.deliver(event.pk)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(monkeypatch, people, webhook, listener):
    delivery = telling.trial(webhook())
    job = Job.objects.get(kind=telling.SEND)
    monkeypatch.setenv("FAULT", "job.before_commit:raise")
    with pytest.raises(faults.Fault):
        wake(job.pk)
    assert len(listener.got) == 1 and not Attempt.objects.exists()
    monkeypatch.delenv("FAULT")
    Job.objects.filter(pk=job.pk).update(lease_until=clock.wall(), wake_at=clock.wall())
    wake(job.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert {headers["webhook-id"] for headers, _body in listener.got} == {delivery.public_id}
    assert len(listener.got) == 2


def test_the_secret_is_kept_encrypted(webhook):
    subscription = webhook()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhooks_subscription")
        [(kept,)] = cursor.fetchall()
    assert kept.startswith("enc:") and subscription.secret not in kept
    from backoffice.registers.audit.keys import places

    assert ("webhooks_subscription", "id", "secret") in places()


def test_payloads_stay_as_they_were_written(people, make, webhook, listener):
    webhook()
    make(people.li)
    drain()
    assert json.loads(listener.got[0][1]) == Delivery.objects.get().payload
