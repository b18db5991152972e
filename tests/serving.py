"""The product as `make run` starts it, for tests that need real processes."""

import os
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

from tests.database import ROOT

SECONDS = 60


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
    """A running `manage.py serve` on the database `url`, with its own files and logs in `folder`.

    Started when made: `seconds` is how long it may take, which is long where it makes the demo site first.
    `root` is where the product lies.
    """

    def __init__(self, url, folder, *options, seconds=SECONDS, root=ROOT):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = folder / "serve.log"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "backoffice.settings.dev",
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "SERVE_PORT": str(self.port),
        }
        self.root = root
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *options],
                cwd=root,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.web, self.worker = eventually(self._both, seconds)

    def _both(self):
        assert self.process.poll() is None, self.log.read_text()
        started = children_of(self.process.pid)
        # The worker's cluster has forked its own workers once it is at work.
        return started if len(started) == 2 and len(alive(started[1])) > 2 else None

    def manage(self, *arguments):
        """Output of a management command on the same database and files."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path):
        with urlopen(self.address + path, timeout=10) as answer:  # noqa: S310  our own server
            return answer.status, answer.read()

    def gone(self):
        return self.process.poll() is not None and not alive(self.web) and not alive(self.worker)

    def stop(self):
        """End it as Ctrl-C does, or at once when it is past that."""
        if self.process.poll() is None:
            self.process.terminate()
        eventually(self.gone)
