"""Real workers, really killed while they write a bulk edit: every row once, one change set."""

import random
import time

from backoffice.registers.lists.jobs import WRITE
from tests.jobs.conftest import answer, kill
from tests.registers.imports.test_killed import SETTINGS, let_the_lease_run_out, outside

__all__ = ["outside"]

ROWS = 2000
KILLS = 2
NEXT = f"SELECT next_row FROM jobs_job WHERE kind = '{WRITE}'"  # noqa: S608  a constant of ours
CHANGED = "SELECT count(*) FROM customers_customer WHERE age = 30"


def test_a_bulk_edit_survives_kills_of_its_worker(outside, tmp_path):
    own = SETTINGS | {"VAR_DIR": str(tmp_path)}
    assert answer(outside.start("tests.registers.lists.probe", str(ROWS), **own)) == {"staged": ROWS}
    dice = random.Random(5)
    for _number in range(KILLS):
        worker = outside.start("django", "qcluster", **own)
        goal = outside.value(CHANGED)
        outside.wait_for(CHANGED, lambda rows, goal=goal: rows > goal or rows == ROWS, seconds=60)
        time.sleep(dice.random() * 0.5)
        kill(worker)
        history = outside.value("SELECT count(*) FROM customers_historicalcustomer WHERE history_type = '~'")
        assert outside.value(CHANGED) == history == outside.value(NEXT)
        let_the_lease_run_out(outside)
    worker = outside.start("django", "qcluster", **own)
    outside.wait_for("SELECT state FROM lists_bulkedit", "done", seconds=90)
    kill(worker)
    assert outside.value(CHANGED) == ROWS
    assert outside.value("SELECT count(*) FROM customers_historicalcustomer WHERE history_type = '~'") == ROWS
    assert outside.value("SELECT updated FROM registers_changeset WHERE channel = 'bulk'") == ROWS
