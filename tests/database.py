"""The suite's database: migrated once, copied for every process and after every transactional test.

Running all migrations takes seconds, copying their result takes milliseconds. So the result is kept as a
template, named after a hash of everything that can change it, and each test process starts from a copy.
Signals of `post_migrate` are not part of the template: every process sends them on its own copy, since their
handlers live in ordinary code that the hash does not cover.

A transactional test commits, so what it leaves behind must go. Django empties all tables, which also loses the
rows that migrations made and trips over append-only triggers; here the whole database is replaced by a copy of
the untouched one instead.
"""

import fcntl
import hashlib
import os
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "var" / "test-templates"


def fingerprint():
    """Hash of our migrations and of the pinned packages that bring the others; 16 hex digits."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [ROOT / "constraints.txt", *sorted(ROOT.glob("*/**/migrations/*.py"))]:
        if ".venv" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def building():
    """One process at a time: the others wait for the template it makes."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate():
    """All migrations on the current connection, without the signals that follow a migrate."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


class Sqlite:
    """Copies whole databases with SQLite's own backup call, in memory or in a file."""

    def __init__(self):
        self.name = connection.settings_dict["NAME"]
        self.template = TEMPLATES / f"{fingerprint()}.sqlite3"
        self.pristine = sqlite3.connect(":memory:", check_same_thread=False)

    def create(self, rebuild=False):
        """The copy becomes the default connection's database."""
        connection.close()
        connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
        with building():
            self._copy_template(rebuild)
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        connection.connection.backup(self.pristine)

    def restore(self):
        connection.ensure_connection()
        self.pristine.backup(connection.connection)

    def destroy(self):
        self.pristine.close()
        connection.creation.destroy_test_db(self.name, verbosity=0)

    @contextmanager
    def spare(self, folder):
        """DATABASE_URL of an untouched copy for other processes: a file in `folder`, which must exist."""
        path = folder / "spare.sqlite3"
        target = sqlite3.connect(path)
        self.pristine.backup(target)
        target.close()
        yield f"sqlite:///{path}"

    def _copy_template(self, rebuild):
        connection.ensure_connection()
        if rebuild:
            self.template.unlink(missing_ok=True)
        if self.template.exists():
            source = sqlite3.connect(self.template)
            source.backup(connection.connection)
            source.close()
            return
        migrate()
        for stale in TEMPLATES.glob("*.sqlite3"):
            stale.unlink()
        partial = self.template.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        target = sqlite3.connect(partial)
        connection.connection.backup(target)
        target.close()
        partial.rename(self.template)


class Postgresql:
    """Copies whole databases with CREATE DATABASE … TEMPLATE, which clones files and needs nobody connected."""

    def __init__(self):
        self.name = connection.settings_dict["NAME"]
        self.template = f"backoffice_template_{fingerprint()}"
        self.test_name = connection.creation._get_test_db_name()
        self.pristine = f"{self.test_name}_pristine"

    def create(self, rebuild=False):
        connection.close()
        with building():
            self._build_template(rebuild)
            self._clone(self.template, self.test_name)
        self._connect(self.test_name)
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        self._clone(self.test_name, self.pristine)

    def restore(self):
        self._clone(self.pristine, self.test_name)

    def destroy(self):
        connection.close()
        self._execute(f'DROP DATABASE IF EXISTS "{self.pristine}" WITH (FORCE)')
        self._execute(f'DROP DATABASE IF EXISTS "{self.test_name}" WITH (FORCE)')
        self._connect(self.name)

    @contextmanager
    def spare(self, folder):
        """DATABASE_URL of an untouched copy for other processes; `folder` is for the engine that keeps files."""
        name = f"{self.test_name}_spare"
        self._clone(self.pristine, name)
        try:
            yield f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
        finally:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _connect(self, name):
        connection.close()
        connection.settings_dict["NAME"] = name

    def _execute(self, *statements):
        """Run from the server's own database: a database cannot be replaced from inside."""
        with connection.creation._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _clone(self, source, target):
        connection.close()
        self._execute(
            f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
            f'CREATE DATABASE "{target}" TEMPLATE "{source}"',
        )

    def _build_template(self, rebuild):
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'backoffice_template_%'")
            existing = {row[0] for row in cursor.fetchall()}
            for stale in existing - (set() if rebuild else {self.template}):
                cursor.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
            if self.template in existing and not rebuild:
                return
        partial = "backoffice_partial"
        self._execute(f'DROP DATABASE IF EXISTS "{partial}" WITH (FORCE)', f'CREATE DATABASE "{partial}"')
        self._connect(partial)
        migrate()
        self._connect(self.name)
        self._execute(f'ALTER DATABASE "{partial}" RENAME TO "{self.template}"')


def for_engine():
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    return Sqlite() if sqlite else Postgresql()
