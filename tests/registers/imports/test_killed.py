"""Real workers, really killed while they import: nothing lost, nothing doubled. Source: reliability.md R08."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.jobs.conftest import Outside, answer, kill

ROWS = 2500
KILLS = 3
MAKE_LARGE = Path(__file__).resolve().parents[2] / "data" / "make_large.py"
MADE_STAFF = ("许未", "曹北辰", "董小园", "韩七月", "陆一鸣", "欧阳小舟")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "backoffice.settings.test"}
CUSTOMERS = "SELECT count(*) FROM customers_customer"
COUNTED = {
    "rows": CUSTOMERS,
    "history": "SELECT count(*) FROM customers_historicalcustomer",
    "marked": "SELECT count(*) FROM imports_importrow WHERE done = {true}",
    "pointer": "SELECT next_row FROM jobs_job WHERE kind = 'imports.apply'",
    "change set": "SELECT coalesce(sum(created), 0) FROM registers_changeset WHERE channel = 'import'",
}


@pytest.fixture
def outside(migrated_database, tmp_path):
    with migrated_database.spare(tmp_path) as url:
        processes = Outside(url, _connector(url))
        yield processes
        processes.end()


def _connector(url):
    if url.startswith("sqlite"):
        return lambda: sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
    import psycopg

    return lambda: psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True)


def counted(outside):
    true = "1" if outside.url.startswith("sqlite") else "true"
    return {name: outside.value(sql.format(true=true)) for name, sql in COUNTED.items()}


def let_the_lease_run_out(outside):
    """What two minutes of waiting would do."""
    link = outside._connect()
    past = "2000-01-01 00:00:00+00:00" if not outside.url.startswith("sqlite") else "2000-01-01 00:00:00"
    for column in ("wake_at", "lease_until"):
        link.cursor().execute(
            f"UPDATE jobs_job SET {column} = '{past}' WHERE {column} IS NOT NULL AND state IN ('queued', 'running')"
        )
    link.commit()
    link.close()


def test_an_import_survives_kills_of_its_worker(outside, tmp_path):
    file = tmp_path / "large.csv"
    subprocess.run(
        [sys.executable, str(MAKE_LARGE), "--register", "customer", "--rows", str(ROWS), "--out", str(file)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    file.with_suffix(".staff.json").write_text(json.dumps(MADE_STAFF))
    own = SETTINGS | {"VAR_DIR": str(tmp_path)}
    prepared = answer(outside.start("tests.registers.imports.probe", "prepare", str(file), **own))
    assert prepared["importable"] == ROWS

    dice = random.Random(8)
    for number in range(KILLS):
        worker = outside.start("django", "qcluster", **own)
        goal = outside.value(CUSTOMERS)
        outside.wait_for(CUSTOMERS, lambda rows, goal=goal: rows > goal or rows == ROWS, seconds=60)
        time.sleep(dice.random() * 0.8)
        kill(worker)
        found = counted(outside)
        assert len(set(found.values())) == 1, (number, found)
        let_the_lease_run_out(outside)

    worker = outside.start("django", "qcluster", **own)
    outside.wait_for("SELECT state FROM imports_importbatch", "done", seconds=90)
    kill(worker)
    assert set(counted(outside).values()) == {ROWS}
    assert outside.value("SELECT count(DISTINCT phone) FROM customers_customer") == ROWS
    assert outside.value("SELECT count(DISTINCT source_row) FROM customers_historicalcustomer") == ROWS
    assert outside.value("SELECT count(*) FROM registers_changeset WHERE channel = 'import'") == 1
    assert outside.value("SELECT count(*) FROM registers_changeset WHERE finished_at IS NULL") == 0
