"""A database for processes that a test starts and kills: a SQLite file, or one on the suite's PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import connection

from backoffice.jobs import events, queue

SETTINGS = "tests.jobs.settings"


class Outside:
    """Processes outside the test, all on one database, and a plain connection to look into it."""

    def __init__(self, url, connect):
        self.url = url
        self._connect = connect
        self._processes = []

    def environment(self, **extra):
        return {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, "DATABASE_URL": self.url, **extra}

    def start(self, *command, **extra):
        """A process in a group of its own, so that `kill` reaches its children."""
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=self.environment(**extra),
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def act(self, name, *arguments, **extra):
        """Start one act of the probe without waiting for it."""
        return self.start("tests.jobs.probe", name, *map(json.dumps, arguments), **extra)

    def do(self, name, *arguments, **extra):
        """One act of the probe: its answer, or the negative signal number that ended it."""
        return answer(self.act(name, *arguments, **extra))

    def race(self, *acts):
        """Several acts, each a list of name and arguments, begun together: their answers."""
        processes = [self.act(*act) for act in acts]
        for process in processes:
            process.stdout.readline()
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        return [answer(process) for process in processes]

    def query(self, sql):
        link = self._connect()
        try:
            cursor = link.cursor()
            cursor.execute(sql)
            return cursor.fetchall()
        finally:
            link.close()

    def value(self, sql):
        return self.query(sql)[0][0]

    def wait_for(self, sql, expected, seconds=20):
        """Wait until a query answers with `expected`, a value or a test of it."""
        end = time.monotonic() + seconds
        value = None
        while time.monotonic() < end:
            value = self.value(sql)
            if expected(value) if callable(expected) else value == expected:
                return value
            time.sleep(0.05)
        raise AssertionError(f"{sql} still answers {value!r} after {seconds} s")

    @contextmanager
    def cluster(self):
        """A real django-q2 cluster; killed without warning at the end, if the block has not done it."""
        process = self.start("django", "qcluster")
        try:
            yield process
        finally:
            kill(process)

    def end(self):
        for process in self._processes:
            kill(process)
            process.communicate()


def answer(process):
    out, err = process.communicate(timeout=60)
    if process.returncode < 0:
        return process.returncode
    assert process.returncode == 0, err
    return json.loads(out)


def kill(process):
    """SIGKILL for the process and all its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


@contextmanager
def database(tmp_path):
    """The address of an empty database on the engine of the suite, and how to connect to it plainly."""
    if connection.vendor == "sqlite":
        import sqlite3

        path = tmp_path / "outside.sqlite3"
        yield f"sqlite:///{path}", lambda: sqlite3.connect(path, timeout=20)
        return
    import psycopg

    known = connection.settings_dict
    name = f"jobs_probe_{uuid.uuid4().hex[:12]}"
    parts = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    parts = {key: value for key, value in parts.items() if value}

    def connect(to=name):
        return psycopg.connect(dbname=to, autocommit=True, **parts)

    with connect("postgres") as server:
        server.execute(f'CREATE DATABASE "{name}"')
    where = ""  # the local socket, as whoever runs the suite
    if known["HOST"]:
        login = ":".join(quote(known[part], safe="") for part in ("USER", "PASSWORD"))
        where = f"{login}@{known['HOST']}:{known['PORT'] or 5432}"
    try:
        yield f"postgres://{where}/{name}", connect
    finally:
        with connect("postgres") as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    """Tests here register their own kinds and handlers; the product's do not take part."""
    monkeypatch.setattr(queue, "_kinds", {})
    monkeypatch.setattr(events, "_handlers", {})


@pytest.fixture
def outside(tmp_path):
    with database(tmp_path) as (url, connect):
        processes = Outside(url, connect)
        try:
            processes.do("prepare")
            yield processes
        finally:
            processes.end()
