"""How long the pages of a large register take, on both databases, against a small one and against stock listings.

    python -m tests.benchmarks [--rows 1000000] [--only sqlite|postgresql]

Ratios within one run count, not milliseconds. Ends with 1 when a target is missed. PostgreSQL is asked under
DATABASE_URL, by default at its usual port. Targets: reliability.md 4.2.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

FEW = 10_000
POSTGRESQL = os.environ.get("DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres")
# At most this many times as slow as the same page over FEW rows.
GROWTH = 2.0
# At most this part of the time of a stock listing with the same rows, columns and filters.
OF_STOCK = 0.4
QUERIES = {"record of 200 writes": 20}
MOST_QUERIES = 12


@contextmanager
def emptied(vendor):
    """DATABASE_URL of an empty database that is gone afterwards."""
    if vendor == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    server, name = POSTGRESQL.rsplit("/", 1)[0], "backoffice_bench"
    with psycopg.connect(POSTGRESQL.replace("postgres://", "postgresql://"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def measured(vendor, rows):
    with emptied(vendor) as url:
        run = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "tests.benchmarks.measure", str(rows)],
            env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    return json.loads(run.stdout.strip().splitlines()[-1])


def flat(pages, path=()):
    """(path, {"ms", "queries"}) of every page measured."""
    for name, found in pages.items():
        if isinstance(found, dict) and "ms" in found:
            yield (*path, name), found
        elif isinstance(found, dict):
            yield from flat(found, (*path, name))


def compare(vendor, few, many, say):
    """Says every figure; returns what misses its target."""
    small, missed = dict(flat(few)), []
    for path, page in flat(many):
        name = " / ".join(path)
        growth = page["ms"] / small[path]["ms"]
        times = f"{small[path]['ms']:8.1f} ms {page['ms']:8.1f} ms  x{growth:4.1f}"
        say(f"{vendor:11} {name:35} {times} {page['queries']:3} queries")
        if path[0] == "stock":
            continue
        if growth > GROWTH:
            missed.append(f"{vendor}: {name} is {growth:.1f} times as slow")
        if page["queries"] > QUERIES.get(path[-1], MOST_QUERIES):
            missed.append(f"{vendor}: {name} asks {page['queries']} queries")
    for name in ("list", "filtered"):
        for stock in ("stock", "stock_related"):
            part = many["manager"][name]["ms"] / many["stock"][stock][name]["ms"]
            say(f"{vendor:11} {name} against {stock}: {part:.0%}")
            if stock == "stock" and part > OF_STOCK:
                missed.append(f"{vendor}: {name} takes {part:.0%} of a stock listing")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    missed = []
    for vendor in [asked.only] if asked.only else ["sqlite", "postgresql"]:
        missed += compare(vendor, measured(vendor, FEW), measured(vendor, asked.rows), _say)
    for sentence in missed:
        _say(f"missed: {sentence}")
    sys.exit(bool(missed))


def _say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
