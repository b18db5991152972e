"""Queueing, running, failing and stopping jobs, in one process."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from backoffice.jobs import clock, faults, queue, worker
from backoffice.jobs.models import Job, Outbox
from backoffice.jobs.queue import Continue, Fenced, JobFailed, enqueue, job
from backoffice.jobs.run import JobContext, start

pytestmark = pytest.mark.django_db


def written():
    return sorted(Group.objects.filter(name__startswith="row ").values_list("name", flat=True))


def write(n):
    Group.objects.create(name=f"row {n}")


def let_lease_run_out(queued):
    past = clock.wall() - timedelta(seconds=1)
    Job.objects.filter(pk=queued.pk).update(lease_until=past, wake_at=past)


def messages():
    return [SignedPackage.loads(row.payload)["args"] for row in OrmQ.objects.order_by("pk")]


@pytest.fixture
def three_rows():
    @job("test.rows")
    def three_rows(run):
        while run.next_row < 3:
            with run.commit():
                write(run.next_row)
                run.next_row += 1
                run.progress(run.next_row, 3)

    return three_rows


def test_a_rolled_back_request_queues_nothing(three_rows):
    with transaction.atomic():
        enqueue("test.rows")
        assert (Job.objects.count(), OrmQ.objects.count()) == (1, 1)
        transaction.set_rollback(True)
    assert (Job.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_the_message_is_the_id_of_the_job_and_nothing_else(three_rows):
    assert messages() == []
    queued = enqueue("test.rows", {"file": 7})
    assert messages() == [(queued.pk,)]


def test_a_job_delivered_twice_and_again_later_has_one_effect(three_rows):
    queued = enqueue("test.rows")
    for _delivery in range(3):
        worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.fence, queued.attempts) == ("done", 1, 1)
    assert written() == ["row 0", "row 1", "row 2"]


def test_a_second_delivery_during_the_work_does_nothing():
    @job("test.nested")
    def deliver_again(run):
        worker.wake(run.id)
        with run.commit():
            write(run.fence)
            run.finish({"written": 1})

    queued = enqueue("test.nested")
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.result, written()) == ("done", {"written": 1}, ["row 1"])


def test_the_same_idempotency_key_is_the_same_job(three_rows):
    first = enqueue("test.rows", idempotency_key="file 7")
    worker.wake(first.pk)
    assert enqueue("test.rows", idempotency_key="file 7").pk == first.pk
    assert len(messages()) == 1


@pytest.mark.parametrize("point", ["job.started", "job.before_commit", "job.after_commit", "job.before_done"])
def test_a_crash_at_any_point_leaves_a_whole_job(three_rows, monkeypatch, point):
    queued = enqueue("test.rows")
    monkeypatch.setenv("FAULT", f"{point}:raise")
    with pytest.raises(faults.Fault):
        worker.wake(queued.pk)
    monkeypatch.delenv("FAULT")
    queued.refresh_from_db()
    assert (queued.state, queued.next_row) == ("running", len(written()))

    worker.recover()
    assert len(messages()) == 1, "the lease still holds, nobody is woken"
    let_lease_run_out(queued)
    worker.recover()
    worker.recover()
    assert messages()[1:] == [(queued.pk,)], "woken once, not by every sweep"
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.fence) == ("done", 2)
    assert written() == ["row 0", "row 1", "row 2"]


def test_an_old_run_cannot_commit_after_a_new_one_has_started(three_rows):
    queued = enqueue("test.rows")
    old = start(queued.pk)
    with old.commit():
        write("old")
        old.next_row = 1
    let_lease_run_out(queued)
    worker.wake(queued.pk)
    with pytest.raises(Fenced), old.commit():
        write("too late")
    for ending in (old.close, old.release, lambda: old.progress(9), lambda: old.fail("lost"), old.guard):
        with pytest.raises(Fenced):
            ending()
    queued.refresh_from_db()
    assert (queued.state, queued.next_row, queued.error) == ("done", 3, "")
    assert written() == ["row 1", "row 2", "row old"]


def test_without_the_fence_the_old_run_would_write(three_rows, monkeypatch):
    """The negative control of the test above."""
    monkeypatch.setattr(JobContext, "_hold", lambda run: Job.objects.get(pk=run.id))
    queued = enqueue("test.rows")
    old = start(queued.pk)
    let_lease_run_out(queued)
    start(queued.pk)
    with old.commit():
        write("too late")
    assert written() == ["row too late"]


def test_a_failed_commit_takes_the_pointer_back():
    @job("test.breaks")
    def breaks(run):
        with run.commit():
            run.next_row = 5
            run.progress(5, 10, "half")
            write("half")
            raise OSError("disk full")

    queued = enqueue("test.breaks")
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.next_row, queued.progress_done, written()) == ("queued", 0, 0, [])
    assert queued.error == "OSError: disk full"
    assert queued.wake_at > clock.wall() + timedelta(seconds=20)


def test_a_job_that_always_fails_is_set_aside_with_an_alert():
    starts = []

    @job("test.fails", max_attempts=3)
    def fails(run):
        starts.append(run.attempt)
        raise ValueError("no")

    queued = enqueue("test.fails")
    for _delivery in range(5):
        worker.wake(queued.pk)
    queued.refresh_from_db()
    assert starts == [1, 2, 3]
    assert (queued.state, queued.error) == ("parked", "ValueError: no")
    alert = Outbox.objects.get()
    assert (alert.name, alert.payload["job"]) == ("job.parked", queued.pk)
    with translation.override("en"):
        assert "3 attempts" in queued.as_progress()["error"]


def test_a_job_that_runs_out_of_time_is_recorded_before_its_worker_goes():
    @job("test.endless")
    def endless(run):
        raise TimeoutException("300 seconds")

    queued = enqueue("test.endless")
    with pytest.raises(TimeoutException):
        worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("queued", "TimeoutException: 300 seconds")


def test_a_parked_job_can_be_revived_and_goes_on_where_it_was(three_rows):
    queued = enqueue("test.rows")
    write("0")
    Job.objects.filter(pk=queued.pk).update(
        state="parked", attempts=3, next_row=1, finished_at=clock.now(), wake_at=None
    )
    assert queue.revive(queued)
    worker.drain()
    queued.refresh_from_db()
    assert (queued.state, written()) == ("done", ["row 0", "row 1", "row 2"])
    assert not queue.revive(queued)


def test_progress_starts_the_counting_of_attempts_anew():
    @job("test.slow", max_attempts=2)
    def slow(run):
        if run.next_row == 4:
            return
        with run.commit():
            run.next_row += 1
        raise ConnectionError

    queued = enqueue("test.slow")
    for _delivery in range(5):
        worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.fence) == ("done", 5)


def test_a_job_in_slices_goes_back_to_the_end_of_the_queue(three_rows):
    @job("test.slices", slice=0)
    def one_row_per_slice(run):
        with run.commit():
            run.next_row += 1
            run.progress(run.next_row, 3)
        return Continue if run.slice_over and run.next_row < 3 else None

    queued = enqueue("test.slices")
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.next_row, queued.attempts) == ("queued", 1, 0)
    assert queued.as_progress() | {"id": "", "label": ""} == {
        "id": "",
        "label": "",
        "kind": "test.slices",
        "state": "queued",
        "done": 1,
        "total": 3,
        "percent": 33,
        "message": "",
        "error": "",
        "finished": False,
    }
    worker.drain()
    queued.refresh_from_db()
    assert (queued.state, queued.fence, queued.as_progress()["percent"]) == ("done", 3, 100)


def test_a_job_that_continues_without_moving_is_set_aside():
    @job("test.spins")
    def spins(run):
        return Continue

    queued = enqueue("test.spins")
    for _delivery in range(4):
        worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.fence) == ("parked", 3)


def test_a_refusal_ends_the_job_with_a_sentence_for_its_owner():
    @job("test.refuses")
    def refuses(run):
        raise JobFailed("This file is encrypted.")

    queued = enqueue("test.refuses")
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("failed", 1)
    assert queued.as_progress()["error"] == "This file is encrypted."


def test_a_cancelled_job_stops_at_its_next_commit():
    @job("test.long")
    def long(run):
        for n in range(3):
            with run.commit():
                write(n)
            if n == 0:
                queue.cancel(Job.objects.get(pk=run.id))

    queued = enqueue("test.long")
    worker.wake(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, written()) == ("cancelled", ["row 0"])
    assert not queue.cancel(queued)


def test_a_job_waits_for_its_hour_of_business_time(three_rows):
    queued = enqueue("test.rows", run_after=clock.now() + timedelta(hours=1))
    worker.recover()
    worker.wake(queued.pk)
    assert (messages(), written()) == ([], [])
    with clock.shift(timedelta(hours=1)):
        worker.recover()
        assert messages() == [(queued.pk,)]
        worker.wake(queued.pk)
    assert len(written()) == 3


def test_a_lost_message_is_sent_again_by_the_sweep(three_rows):
    queued = enqueue("test.rows")
    OrmQ.objects.all().delete()
    worker.recover()
    assert messages() == []
    Job.objects.update(wake_at=clock.wall() - timedelta(seconds=90))
    assert queue.backlog()["overdue_seconds"] >= 90
    worker.recover()
    assert messages() == [(queued.pk,)]
    assert queue.backlog() == {
        "waiting": 1,
        "parked": 0,
        "events_waiting": 0,
        "events_parked": 0,
        "overdue_seconds": 0,
    }


def test_a_periodic_job_is_queued_once_per_period():
    @job("test.daily", every=timedelta(days=1))
    def daily(run):
        pass

    midnight = clock.datetime(2026, 3, 1, 16, 0, tzinfo=clock.UTC)  # 2 March in Shanghai
    for moment, jobs in ((0, 1), (23, 1), (24, 2), (72, 3)):
        with clock.at(midnight + timedelta(hours=moment)):
            worker.recover()
        assert Job.objects.filter(kind="test.daily").count() == jobs


def test_a_job_speaks_the_language_of_the_request():
    spoken = []

    @job("test.speaks")
    def speaks(run):
        spoken.append(translation.get_language())

    for language in ("en", "zh-hans"):
        with translation.override(language):
            enqueue("test.speaks")
    worker.drain()
    assert spoken == ["en", "zh-hans"]


def test_what_cannot_be_queued_is_refused_at_once(three_rows):
    with pytest.raises(LookupError):
        enqueue("test.unknown")
    with pytest.raises(ValueError, match="too large"):
        enqueue("test.rows", {"rows": "x" * 10_001})
    with pytest.raises(TypeError):
        enqueue("test.rows", {"owner": object()})
    with pytest.raises(ValueError, match="two functions"):
        job("test.rows")(lambda run: None)


def test_the_sweep_is_the_only_schedule():
    assert list(Schedule.objects.values_list("func", "schedule_type", "minutes", "repeats")) == [
        ("backoffice.jobs.worker.recover", "I", 1, -1)
    ]
