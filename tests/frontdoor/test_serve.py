"""`manage.py serve` is two processes that start and end as one. These tests run it for real."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from tests.database import ROOT

SECONDS = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, seconds=SECONDS):
    """The first truthy answer of `what()`, asked until time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def alive(group):
    """Process ids of a process group."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, member_of, state in rows if int(member_of) == group and "Z" not in state]


def children_of(parent):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True)
    return [int(pid) for pid in listed.stdout.split()]


class Serving:
    """A running `manage.py serve` without the demo site, which would take long to make."""

    def __init__(self, url, folder):
        self.port = free_port()
        self.log = folder / "serve.log"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "backoffice.settings.dev",
            "DATABASE_URL": url,
            "SERVE_PORT": str(self.port),
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--empty"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self.web, self.worker = eventually(self._both)

    def _both(self):
        assert self.process.poll() is None, self.log.read_text()
        started = children_of(self.process.pid)
        # The worker's cluster has forked its own workers once it is at work.
        return started if len(started) == 2 and len(alive(started[1])) > 2 else None

    def get(self, path):
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:  # noqa: S310  our own server
            return answer.status, answer.read()

    def gone(self):
        return self.process.poll() is not None and not alive(self.web) and not alive(self.worker)


@pytest.fixture
def serving(migrated_database, tmp_path):
    with migrated_database.spare(tmp_path) as url:
        running = Serving(url, tmp_path)
        yield running
        if running.process.poll() is None:
            running.process.kill()
        eventually(running.gone)


def test_it_serves_alone_on_its_port_until_ctrl_c_ends_both_processes(serving):
    assert serving.get("/livez") == (200, b"ok")
    assert serving.get("/admin/login/")[0] == 200
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--empty", "--port", str(serving.port)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "backoffice.settings.dev"},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert str(serving.port) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    serving.process.send_signal(signal.SIGINT)
    eventually(serving.gone)
    assert serving.process.returncode == 0


def test_when_one_process_dies_the_other_ends_too(serving):
    os.kill(serving.web, signal.SIGKILL)
    eventually(serving.gone)
    assert serving.process.returncode == 1
    assert "web" in serving.log.read_text()


def test_nothing_is_left_when_the_parent_is_killed_outright(serving):
    serving.process.kill()
    eventually(serving.gone)
