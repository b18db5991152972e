"""The demo site is the same for the same seed, to the last identifier."""

import json
import os
import subprocess
import sys

import pytest

from tests.database import ROOT

# When the machinery of jobs and events tries again, and when the system's own accounts were made, is the machine's
# time, never moved.
MACHINE = {
    "jobs_outbox": {"next_try"},
    "django_q_ormq": {"payload", "lock"},
    "django_migrations": {"applied"},
    "organisation_user": {"date_joined"},
}

DUMP = """
import json
from django.apps import apps
from django.db import connection
tables = {}
for name in sorted(connection.introspection.table_names()):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"')
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, map(str, row))) for row in cursor.fetchall()]
    tables[name] = sorted(rows, key=lambda row: sorted(row.items()))
print(json.dumps(tables))
"""


def seeded(migrated_database, folder, seed):
    """{table: rows} of a demo site, the machine's own times left out."""
    folder.mkdir()
    with migrated_database.spare(folder) as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "backoffice.settings.dev",
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
        }

        def run(*arguments):
            command = [sys.executable, "manage.py", *arguments]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
            return done.stdout

        run("seed_demo", "--seed", str(seed))
        assert not (folder / "mail").exists()
        tables = json.loads(run("shell", "-v0", "-c", DUMP))
    for table, columns in MACHINE.items():
        for row in tables[table]:
            for column in columns:
                del row[column]
    return tables


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_site(migrated_database, tmp_path):
    first, second = (seeded(migrated_database, tmp_path / name, 7) for name in ("first", "second"))
    assert len(first["releases_release"]) > 150 and len(first["customers_customer"]) == 640
    different = {table: _columns(first[table], second[table]) for table in first if first[table] != second[table]}
    assert different == {}


def _columns(ones, others):
    """The columns in which two tables differ, or how many rows they have."""
    if len(ones) != len(others):
        return len(ones), len(others)
    return sorted({name for one, other in zip(ones, others, strict=True) for name in one if one[name] != other[name]})
