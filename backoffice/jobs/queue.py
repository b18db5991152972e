"""Background work: what can be queued, and queueing it.

    @job("import.apply", max_attempts=3, lease=120)
    def apply(job):
        while not job.slice_over:
            rows = staged(job.payload["file"], job.next_row, 500)
            with job.commit():
                write(rows)
                job.next_row += len(rows)
                job.progress(job.next_row, total, _("Writing"))
                if job.next_row == total:
                    return job.finish({"created": total})
        return Continue

Kinds are found in the `jobs` module of every installed app. A function may be started twice, or again after a
crash: it goes on from `job.next_row`, and writes only inside `job.commit()`, which fails with Fenced when a
newer run has taken over. Source: architecture.md "Running it", reliability.md 5.1.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone, translation
from django_q.tasks import async_task

from . import clock
from .models import Job, Outbox

MAX_PAYLOAD = 10_000
WAKE = "backoffice.jobs.worker.wake"
DELIVER = "backoffice.jobs.worker.deliver"


class JobFailed(Exception):
    """The work cannot be done, and trying again will not help; the message is a sentence for its owner."""


class Fenced(Exception):
    """A newer run holds the job, or it was cancelled: this one must stop, and none of its writes count."""


class _Continue:
    def __repr__(self):
        return "Continue"


# What a job function returns when its slice is over and work is left.
Continue = _Continue()


@dataclass(frozen=True)
class Kind:
    """A registered kind of job; times in seconds, `every` for those that start by themselves."""

    name: str
    function: Callable
    max_attempts: int
    lease: float
    slice: float
    every: timedelta | None

    @property
    def lease_time(self) -> timedelta:
        return timedelta(seconds=self.lease)


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    max_attempts: int = 3,
    lease: float = 120,
    slice: float = 40,
    every: timedelta | None = None,
):
    """Register `function(job: JobContext) -> None | Continue` as the kind `name`.

    max_attempts: starts without progress, crashes included, before the job is set aside.
    lease: seconds without a commit after which another worker may take over; longer than any commit takes.
    slice: seconds after which `job.slice_over` asks the function to return Continue.
    every: queue the job by itself once in each such period of the local day (one day at most); a period
    during which no worker ran is left out.
    """
    if every and not timedelta(minutes=1) <= every <= timedelta(days=1):
        raise ValueError("every must be between one minute and one day")

    def register(function):
        known = _kinds.get(name)
        if known and known.function is not function:
            raise ValueError(f"two functions want to be the job {name!r}")
        _kinds[name] = Kind(name, function, max_attempts, lease, slice, every)
        return function

    return register


def kind_named(name: str) -> Kind | None:
    """The registered kind, or None: a newer version may have queued what this one does not know yet."""
    return _kinds.get(name)


def known_kinds() -> list[str]:
    return list(_kinds)


def enqueue(
    kind: str,
    payload: dict | None = None,
    *,
    owner=None,
    idempotency_key: str | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Queue a job as part of the caller's transaction: rolled back, nothing was queued.

    `payload` is a small JSON object (ids, not records). With an `idempotency_key` seen before, that job
    is returned and nothing queued. `run_after` (business time, aware) is kept to within a minute.
    Raises LookupError for an unknown kind, ValueError for a payload over 10,000 characters.
    """
    registered = kind_named(kind)
    if registered is None:
        raise LookupError(f"no job is registered as {kind!r}")
    if len(json.dumps(payload)) > MAX_PAYLOAD:
        raise ValueError(f"the payload of {kind!r} is too large: queue ids, not records")
    with transaction.atomic():
        delayed = run_after is not None and run_after > clock.now()
        wall = clock.wall()
        fields = {
            "kind": kind,
            "payload": payload or {},
            "owner": owner,
            "language": translation.get_language() or "",
            "max_attempts": registered.max_attempts,
            "run_after": run_after,
            "wake_at": wall if delayed else wall + rewake(),
        }
        if idempotency_key is None:
            queued, created = Job.objects.create(**fields), True
        else:
            queued, created = Job.objects.get_or_create(idempotency_key=idempotency_key, defaults=fields)
        if created and not delayed:
            ring(WAKE, queued.pk)
    return queued


def cancel(queued: Job) -> bool:
    """Stop a job that has not ended: a running one is refused at its next commit. False if it had ended."""
    return bool(
        Job.objects.filter(pk=queued.pk, state__in=Job.OPEN).update(
            state=Job.State.CANCELLED,
            fence=F("fence") + 1,
            lease_until=None,
            wake_at=None,
            finished_at=clock.now(),
        )
    )


def revive(queued: Job) -> bool:
    """Queue a failed or parked job again, from the row it had reached. False if it is neither."""
    with transaction.atomic():
        revived = Job.objects.filter(pk=queued.pk, state__in=(Job.State.PARKED, Job.State.FAILED)).update(
            state=Job.State.QUEUED,
            attempts=0,
            error="",
            finished_at=None,
            wake_at=clock.wall() + rewake(),
        )
        if revived:
            ring(WAKE, queued.pk)
    return bool(revived)


def backlog() -> dict:
    """The health of the queue: counts, and by how many seconds the sweeper is behind (0 when it is not)."""
    wall = clock.wall()
    waiting = Job.objects.filter(state=Job.State.QUEUED).filter(Q(run_after=None) | Q(run_after__lte=clock.now()))
    unsent = Outbox.objects.filter(delivered_at=None, parked_at=None)
    dues = (waiting.aggregate(due=Min("wake_at"))["due"], unsent.aggregate(due=Min("next_try"))["due"])
    return {
        "waiting": waiting.count(),
        "parked": Job.objects.filter(state=Job.State.PARKED).count(),
        "events_waiting": unsent.count(),
        "events_parked": Outbox.objects.exclude(parked_at=None).count(),
        "overdue_seconds": max([0, *(int((wall - due).total_seconds()) for due in dues if due)]),
    }


def enqueue_periodic() -> None:
    """Queue every kind that starts by itself, once per period: the period is the idempotency key."""
    periodic = [kind for kind in _kinds.values() if kind.every]
    if not periodic:
        return
    local = timezone.localtime(clock.now())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for kind in periodic:
        period = midnight + (local - midnight) // kind.every * kind.every
        enqueue(kind.name, idempotency_key=f"{kind.name} {period:%Y-%m-%d %H:%M}")


def ring(function: str, pk: int) -> None:
    """Wake a worker. The message carries one id; lost or doubled, it changes nothing but the delay."""
    async_task(function, pk, save=False)


def rewake() -> timedelta:
    """How long a message may take before the sweeper sends it again."""
    return timedelta(seconds=getattr(settings, "JOBS_REWAKE_SECONDS", 120))


def pause(attempts: int) -> timedelta:
    """The wait after a failure: 30 s, then twice as long each time, an hour at most."""
    return min(timedelta(seconds=30 * 2 ** min(attempts - 1, 7)), timedelta(hours=1))
