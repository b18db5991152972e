"""What a test lets a process of its own do: `python -m tests.registers.imports.probe prepare FILE`."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.core.files.base import File  # noqa: E402  after setup
from django.db import transaction  # noqa: E402

from backoffice.registers import catalogue  # noqa: E402
from backoffice.registers.imports import applying, deciding, upload  # noqa: E402
from backoffice.registers.imports.reading import read_batch  # noqa: E402
from tests.organisation import factories  # noqa: E402
from tests.sheets.known import load  # noqa: E402

EXPECTATIONS = Path(__file__).resolve().parents[2] / "data" / "sheets" / "expectations.json"


def prepare(path):
    """A confirmed import of the file at `path`, waiting for a worker: the id of its job."""
    with transaction.atomic():
        site = load(json.loads(EXPECTATIONS.read_text(encoding="utf-8")))
        clerk = factories.person("BO", site=site)
        for number, name in enumerate(json.loads(Path(path).with_suffix(".staff.json").read_text())):
            factories.staff(name, site=site, number=f"N{number}", phone="")
    with open(path, "rb") as file:
        batch = upload.receive(catalogue.get("customer"), File(file), owner=clerk, site=site, name="large.csv")
    batch.state = "reading"
    batch.save()
    read_batch(batch, applying.act_of(batch).viewer, commit=transaction.atomic)
    assert deciding.confirm(batch, batch.digest), batch.sentence
    batch.refresh_from_db()
    return {"job": batch.job_id, "importable": batch.counts["importable"]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"prepare": prepare}[sys.argv[1]](*sys.argv[2:])))
