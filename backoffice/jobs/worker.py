"""What the django-q2 workers run: one job, one event, the sweep. Messages carry a single id.

django-q2 may lose, delay or double a message; the tables decide. The sweep (every minute, and when a worker
starts) wakes what is due: jobs and events whose message went missing, leases of dead workers, pauses that are
over, jobs that start by themselves.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django_q.exceptions import TimeoutException
from django_q.models import Schedule

from . import clock, events
from .models import Job, Outbox
from .queue import (
    DELIVER,
    WAKE,
    Continue,
    Fenced,
    JobFailed,
    enqueue_periodic,
    kind_named,
    known_kinds,
    rewake,
    ring,
)
from .run import JobContext, start

SWEEP_LIMIT = 500
logger = logging.getLogger(__name__)


def wake(job_id: int) -> None:
    """Run one slice of a job, if it is due and nobody else holds it."""
    run = start(job_id)
    if run is None:
        return
    try:
        with translation.override(run.language or settings.LANGUAGE_CODE):
            _work(run)
    except Fenced as fenced:
        logger.warning("Run stopped: %s", fenced)


def _work(run: JobContext) -> None:
    try:
        outcome = kind_named(run.kind).function(run)
        if outcome is None or run.finished:
            run.close()
        elif outcome is Continue:
            run.release()
        else:
            raise TypeError(f"the job {run.kind!r} returned {outcome!r}")
    except Fenced:
        raise
    except JobFailed as refusal:
        run.fail(str(refusal), final=True)
    except (Exception, TimeoutException) as error:
        logger.exception("Job %s (%s) failed, attempt %s", run.id, run.kind, run.attempt)
        run.fail(f"{type(error).__name__}: {error}")
        if isinstance(error, TimeoutException):
            raise  # django-q2 replaces a worker that ran out of time


def deliver(outbox_id: int) -> None:
    """Hand one event to its handlers."""
    events.deliver(outbox_id)


def recover() -> None:
    """The sweep: wake whatever is due. Any number of workers may do it at once."""
    with transaction.atomic():
        for pk in _due(
            Job.objects.filter(Q(run_after=None) | Q(run_after__lte=clock.now()), state__in=Job.OPEN),
            "wake_at",
        ):
            ring(WAKE, pk)
    with transaction.atomic():
        for pk in _due(Outbox.objects.filter(delivered_at=None, parked_at=None), "next_try"):
            ring(DELIVER, pk)
    enqueue_periodic()


def _due(rows, field: str) -> list[int]:
    """The ids of rows whose time has come, that time moved on so that nobody else wakes them meanwhile."""
    wall = clock.wall()
    locked = rows.select_for_update(skip_locked=True).filter(**{f"{field}__lte": wall})
    due = list(locked.order_by(field).values_list("pk", flat=True)[:SWEEP_LIMIT])
    rows.filter(pk__in=due).update(**{field: wall + rewake()})
    return due


def drain() -> None:
    """Do here and now what workers would: deliver events, run jobs that are due, until neither is left.

    For tests and shell commands. What fails waits for its pause as anywhere: look at the job afterwards.
    """
    while True:
        unsent = Outbox.objects.filter(delivered_at=None, parked_at=None, attempts=0)
        waiting = Job.objects.filter(
            Q(run_after=None) | Q(run_after__lte=clock.now()),
            state=Job.State.QUEUED,
            attempts=0,
            kind__in=known_kinds(),
        )
        todo = [(deliver, pk) for pk in unsent.values_list("pk", flat=True)]
        todo += [(wake, pk) for pk in waiting.values_list("pk", flat=True)]
        if not todo:
            return
        for act, pk in todo:
            act(pk)


def sweep_at_start(**kwargs) -> None:
    """A new worker looks around first; a database that is not ready yet must not keep it from starting."""
    try:
        recover()
    except Exception:
        logger.exception("The sweep at the start of a worker failed; the next one is a minute away")


def schedule_sweep(**kwargs) -> None:
    """Keep the one schedule there is: the sweep, every minute."""
    Schedule.objects.update_or_create(
        name="jobs.recover",
        defaults={
            "func": "backoffice.jobs.worker.recover",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )
