"""Jobs that write rows slowly enough to be killed, and jobs that misbehave."""

import os
import signal
import time

from backoffice.jobs.queue import Continue, job
from tests.jobs.probe.models import Row

CHUNK = 5
PAUSE = 0.02


@job("probe.rows", lease=2, slice=0.3)
def write_rows(run):
    """Write payload["rows"] rows, a chunk per commit, a slice per delivery."""
    total = run.payload["rows"]
    while run.next_row < total:
        if run.slice_over:
            return Continue
        with run.commit():
            for n in range(run.next_row, min(run.next_row + CHUNK, total)):
                Row.objects.create(n=n, run=run.fence)
                time.sleep(PAUSE)
            run.next_row = min(run.next_row + CHUNK, total)
            run.progress(run.next_row, total)
    return None


@job("probe.careless", lease=0.5)
def write_rows_carelessly(run):
    """The same without care: rows are written outside the commit that moves the pointer."""
    while run.next_row < run.payload["rows"]:
        Row.objects.create(n=run.next_row, run=run.fence)
        with run.commit():
            run.next_row += 1


@job("probe.poison", lease=0.2)
def die(run):
    """Kills the process it runs in, every time."""
    os.kill(os.getpid(), signal.SIGKILL)


@job("probe.stuck", lease=0.5)
def stop_on_first_run(run):
    """The first run freezes after its first row; whoever takes over writes both."""
    while run.next_row < 2:
        with run.commit():
            Row.objects.create(n=run.next_row, run=run.fence)
            run.next_row += 1
        if run.fence == 1:
            os.kill(os.getpid(), signal.SIGSTOP)


@job("probe.stuck_inside", lease=0.5)
def stop_inside_first_commit(run):
    """The first run freezes in the middle of its transaction."""
    with run.commit():
        Row.objects.create(n=0, run=run.fence)
        if run.fence == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        run.finish({"run": run.fence})
