"""Webhooks in the background: heard from the outbox, sent by the worker."""

from datetime import timedelta

from backoffice.jobs import clock
from backoffice.jobs.events import on
from backoffice.jobs.models import Job
from backoffice.jobs.queue import job

from . import sending, telling
from .models import Delivery

# How long what was delivered, or given up, stays in the log.
KEPT = timedelta(days=30)


@on("records.changed")
def tell(event):
    telling.tell(event)


@job(telling.SEND, max_attempts=5, lease=60)
def send(run):
    """One attempt. A worker that dies between the sending and the note sends again, under the same id."""
    delivery = Delivery.objects.select_related("subscription").get(pk=run.payload["delivery"])
    if delivery.state != Delivery.State.WAITING or delivery.attempts >= run.payload["attempt"]:
        return
    if not delivery.subscription.active:
        with run.commit():
            telling.park(delivery)
            run.finish()
        return
    answer = sending.send(delivery)
    with run.commit():
        telling.note(delivery, answer)
        run.finish({"status": answer.status, "error": answer.error})


@on("job.parked")
def stop(event):
    """A job of ours was set aside: so is its message, and the log says so."""
    if event.payload["kind"] == telling.SEND:
        payload = Job.objects.get(pk=event.payload["job"]).payload
        for delivery in Delivery.objects.filter(pk=payload["delivery"]):
            telling.park(delivery)


@job("webhooks.forget", every=timedelta(days=1))
def forget(run):
    """Takes old messages out of the log."""
    with run.commit():
        old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT).exclude(state=Delivery.State.WAITING)
        old.delete()
        run.finish()
