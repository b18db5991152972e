"""One run of a job: started under a lease, allowed to write as long as nobody newer has started."""

import logging
import time
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils.translation import gettext as _

from . import clock, faults
from .events import emit
from .models import Job
from .queue import WAKE, Fenced, Kind, kind_named, pause, rewake, ring

logger = logging.getLogger(__name__)


def start(job_id: int) -> "JobContext | None":
    """Begin a run if the job is due and nobody holds it; the attempt is counted before any work is done."""
    with transaction.atomic():
        # Whoever has the row locked is at work on it, so a second delivery need not wait for the answer.
        row = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state__in=Job.OPEN).first()
        if row is None:
            return None
        kind = kind_named(row.kind)
        if kind is None:
            logger.error("Job %s: this version knows no kind %r", row.pk, row.kind)
            return None
        wall = clock.wall()
        if row.state == Job.State.RUNNING and row.lease_until > wall:
            return None
        if row.run_after and row.run_after > clock.now():
            return None
        if row.attempts >= row.max_attempts:
            park(row, row.error or _("The worker stopped in the middle of the work."))
            return None
        row.state = Job.State.RUNNING
        row.attempts += 1
        row.fence += 1
        row.started_at = row.started_at or clock.now()
        row.lease_until = row.wake_at = clock.wall() + kind.lease_time
        row.save(update_fields=["state", "attempts", "fence", "started_at", "lease_until", "wake_at"])
    faults.point("job.started")
    return JobContext(row, kind)


def park(row: Job, error: str) -> None:
    """Set a job aside for people to look at, and say so; the caller holds the row."""
    logger.error("Job %s (%s) is set aside after %s attempts: %s", row.pk, row.kind, row.attempts, error)
    _end(row, Job.State.PARKED, error=error)
    emit("job.parked", {"job": row.pk, "kind": row.kind, "attempts": row.attempts, "error": error})


class JobContext:
    """What a job function gets. `next_row` is where to go on; it moves with the work, inside `commit()`."""

    def __init__(self, row: Job, kind: Kind):
        self.id: int = row.pk
        self.public_id = row.public_id
        self.kind: str = row.kind
        self.payload: dict = row.payload
        self.owner = row.owner
        self.language: str = row.language
        self.fence: int = row.fence
        self.attempt: int = row.attempts
        self.next_row: int = row.next_row
        self._progress = (row.progress_done, row.progress_total, row.progress_message)
        self._kind = kind
        self._clock = time.monotonic()
        self._inside = False
        self._moved = False
        self.finished = False
        self._result = None

    @property
    def slice_over(self) -> bool:
        """Whether this run has worked long enough and should return Continue."""
        return time.monotonic() - self._clock >= self._kind.slice

    @property
    def done(self) -> int:
        """How far the progress bar is."""
        return self._progress[0]

    @contextmanager
    def commit(self):
        """A transaction that only the newest run can complete: the work and the pointer, both or neither.

        Renews the lease. Raises Fenced, before the block starts, when another run has taken over. Keep it
        well below the lease; it is never nested nor put inside another transaction (RuntimeError).
        """
        before = (self.next_row, self._progress, self.finished, self._result, self._moved)
        try:
            with transaction.atomic(durable=True):
                row = self._hold()
                self._inside = True
                yield
                faults.point("job.before_commit")
                self._store(row)
        except BaseException:
            self.next_row, self._progress, self.finished, self._result, self._moved = before
            raise
        finally:
            self._inside = False
        faults.point("job.after_commit")

    def guard(self) -> None:
        """Raise Fenced unless this is still the newest run, and renew the lease: before an outside effect."""
        with self.commit():
            pass

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Move the progress bar: with the surrounding commit(), or at once when outside of one.

        A total or message left out stays as it was.
        """
        if not self._inside:
            with self.commit():
                self.progress(done, total, message)
            return
        _done, known_total, known_message = self._progress
        self._progress = (
            done,
            known_total if total is None else total,
            known_message if message is None else message[:200],
        )

    def finish(self, result: dict | None = None) -> None:
        """Inside commit(): the job is done, with this work or not at all. `result` is a small JSON object."""
        if not self._inside:
            raise RuntimeError("finish() belongs inside commit()")
        self.finished = True
        self._result = result

    def close(self) -> None:
        """The function returned without more work: done, unless a commit has said so already."""
        faults.point("job.before_done")
        if not self.finished:
            with self.commit():
                self.finish()

    def release(self) -> None:
        """The slice is over: wait in the queue for the next one, behind the others."""
        with transaction.atomic(durable=True):
            row = self._hold()
            row.state = Job.State.QUEUED
            row.lease_until = None
            row.wake_at = clock.wall() + rewake()
            # A slice that moved nothing still counts, or a job could spin for ever.
            row.attempts = 0 if self._moved else row.attempts
            row.save(update_fields=["state", "lease_until", "wake_at", "attempts"])
            ring(WAKE, row.pk)

    def fail(self, error: str, *, final: bool = False) -> None:
        """Record a failure: `final` ends the job; otherwise it waits and is tried again, or is set aside."""
        with transaction.atomic(durable=True):
            row = self._hold()
            if final:
                _end(row, Job.State.FAILED, error=error)
            elif row.attempts >= row.max_attempts:
                park(row, error)
            else:
                row.state = Job.State.QUEUED
                row.error = error
                row.lease_until = None
                row.wake_at = clock.wall() + pause(row.attempts)
                row.save(update_fields=["state", "error", "lease_until", "wake_at"])

    def _hold(self) -> Job:
        """Lock the job row until the end of the transaction, and prove that no newer run exists."""
        if connection.vendor == "postgresql":
            # A stopped process would keep the row locked for ever; the server ends its transaction instead.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('idle_in_transaction_session_timeout', %s, true)",
                    [str(int(self._kind.lease * 1000))],
                )
        row = Job.objects.select_for_update().filter(pk=self.id).first()
        if row is None or row.state != Job.State.RUNNING or row.fence != self.fence:
            raise Fenced(f"job {self.id}: run {self.fence} is no longer the newest")
        return row

    def _store(self, row: Job) -> None:
        done, total, message = self._progress
        if (row.next_row, row.progress_done) != (self.next_row, done):
            self._moved = True
            # Attempts count starts at one place: this run is now the first at the new one.
            row.attempts = 1
        row.next_row, row.progress_done, row.progress_total, row.progress_message = (
            self.next_row,
            done,
            total,
            message,
        )
        row.lease_until = row.wake_at = clock.wall() + self._kind.lease_time
        fields = ["attempts", "next_row", "progress_done", "progress_total", "progress_message"]
        row.save(update_fields=[*fields, "lease_until", "wake_at"])
        if self.finished:
            _end(row, Job.State.DONE, result=self._result)


def _end(row: Job, state: Job.State, *, error: str = "", result: dict | None = None) -> None:
    row.state = state
    row.error = error
    row.result = result
    row.lease_until = row.wake_at = None
    row.finished_at = clock.now()
    row.save(update_fields=["state", "error", "result", "lease_until", "wake_at", "finished_at"])
