"""Child processes that never outlive their parent, however it ends.

Children are forked from a process that has loaded the product already, so they start at once. Each leads a process
group of its own: Ctrl-C reaches the parent alone, which ends them in order. A pipe tells a child that its parent
is gone, even when it was killed outright: reading from it returns when its other end closes.
"""

import math
import multiprocessing
import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 10
FORK = multiprocessing.get_context("fork")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked this process to end."""


class Children:
    """A context manager: what it started has ended when its block is left."""

    def __init__(self):
        self.running = {}
        self.lifeline, self.held = os.pipe()

    def __enter__(self):
        for number in STOP_SIGNALS:
            signal.signal(number, _raise_stopped)
        return self

    def __exit__(self, kind, error, traceback):
        # A second Ctrl-C does not wait for anybody.
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: self._kill())
        self._stop()
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.close(self.lifeline)
        os.close(self.held)
        return kind is Stopped

    def start(self, name, run, *args):
        """Fork a child that calls `run(*args)`; the name is for messages."""
        sys.stdout.flush()
        child = FORK.Process(target=self._child, name=name, args=(run, *args))
        child.start()
        self.running[name] = child

    def wait(self, timeout=math.inf):
        """The name and exit code of the first child that ends; None when none did in `timeout` seconds.

        Asked again and again: the sentinel of `multiprocessing` stays open as long as any grandchild lives.
        """
        deadline = time.monotonic() + timeout
        while True:
            for name, child in self.running.items():
                if not child.is_alive():
                    return name, child.exitcode
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.05)

    def _child(self, run, *args):
        os.setpgrp()
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.close(self.held)
        threading.Thread(target=_end_with_parent, args=(self.lifeline,), daemon=True).start()
        run(*args)

    def _stop(self):
        """Ask the leaders, wait, then end whoever is left in their groups."""
        for child in self.running.values():
            if child.is_alive():
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.running.values():
            child.join(max(0, deadline - time.monotonic()))
        self._kill()

    def _kill(self):
        for child in self.running.values():
            kill_group(child.pid)


def kill_group(leader):
    """End every process of a group. One that is empty already, or never came to be, is fine."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _raise_stopped(number, frame):
    raise Stopped


def _end_with_parent(lifeline):
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)
