"""Real processes, really killed: the job is finished exactly once all the same."""

import os
import signal
import time

import pytest
from django.db import connection

from tests.jobs.conftest import kill

ROWS = 60
COUNT = "SELECT count(*) FROM probe_row"


def state(outside):
    return outside.query("SELECT state, attempts, fence, next_row FROM jobs_job")[0]


def test_a_killed_worker_loses_nothing_and_doubles_nothing(outside):
    outside.do("enqueue", "probe.rows", {"rows": ROWS})
    with outside.cluster() as first:
        outside.wait_for(COUNT, lambda rows: rows >= ROWS // 3)
        kill(first)
    written, before = outside.value(COUNT), state(outside)
    assert before[0] in ("running", "queued")
    assert before[3] == written < ROWS

    # No message is left to wake anybody: the sweep of a new worker finds the lease once it has run out.
    time.sleep(2)
    with outside.cluster():
        outside.wait_for("SELECT state FROM jobs_job", "done")

    assert outside.query("SELECT n FROM probe_row ORDER BY n") == [(n,) for n in range(ROWS)]
    after = state(outside)
    assert after[1] <= 1
    assert after[2] > before[2]


def test_without_the_commit_a_kill_doubles_rows(outside):
    """The negative control of the test above: the same kill does harm where the rule is broken."""
    pk = outside.do("enqueue", "probe.careless", {"rows": 3})
    assert outside.do("wake", pk, FAULT="job.before_commit:kill") == -signal.SIGKILL
    time.sleep(0.5)
    outside.do("wake", pk)
    assert outside.value(COUNT) == 4


def test_a_job_that_kills_its_worker_is_set_aside(outside):
    pk = outside.do("enqueue", "probe.poison", {})
    for _attempt in range(3):
        assert outside.do("wake", pk) == -signal.SIGKILL
    outside.do("wake", pk)
    assert outside.query("SELECT state, attempts, fence FROM jobs_job") == [("parked", 3, 3)]
    assert outside.value("SELECT name FROM jobs_outbox") == "job.parked"


def test_a_stopped_worker_comes_back_fenced(outside):
    pk = outside.do("enqueue", "probe.stuck", {})
    frozen = outside.act("wake", pk)
    outside.wait_for(COUNT, 1)
    os.waitid(os.P_PID, frozen.pid, os.WSTOPPED)
    time.sleep(0.5)
    outside.do("wake", pk)
    os.kill(frozen.pid, signal.SIGCONT)
    _out, log = frozen.communicate(timeout=20)
    assert frozen.returncode == 0
    assert "no longer the newest" in log
    assert outside.query("SELECT n, run FROM probe_row ORDER BY n") == [(0, 1), (1, 2)]
    assert state(outside)[:3] == ("done", 1, 2)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a stopped SQLite writer blocks every other by design")
def test_a_worker_stopped_inside_its_transaction_is_ended_by_the_server(outside):
    pk = outside.do("enqueue", "probe.stuck_inside", {})
    frozen = outside.act("wake", pk)
    os.waitid(os.P_PID, frozen.pid, os.WSTOPPED)
    time.sleep(1)
    outside.do("wake", pk)
    assert outside.query("SELECT n, run FROM probe_row") == [(0, 2)]
    os.kill(frozen.pid, signal.SIGCONT)
    frozen.communicate(timeout=20)
    assert outside.query("SELECT n, run FROM probe_row") == [(0, 2)]
    assert state(outside)[:3] == ("done", 2, 2)
