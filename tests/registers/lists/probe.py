"""What a test lets a process of its own do: `python -m tests.registers.lists.probe ROWS`."""

import json
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402  after setup

from backoffice.registers import catalogue  # noqa: E402
from backoffice.registers.changes import Write, apply  # noqa: E402
from backoffice.registers.lists import bulk as bulks  # noqa: E402
from backoffice.registers.lists.jobs import WRITE, queue  # noqa: E402
from backoffice.registers.lists.models import BulkEdit  # noqa: E402
from backoffice.registers.scope import viewer_of  # noqa: E402
from tests.organisation import factories as org  # noqa: E402


def confirmed(count):
    """A confirmed bulk edit of `count` customers, waiting for a worker."""
    register, manager = catalogue.get("customer"), org.person("SM")
    writes = [
        Write(values={"site": org.site(), "name": f"客{n}", "phone": f"1990{n:07d}", "age": 20}) for n in range(count)
    ]
    apply(register, writes, act=org.by_system())
    viewer = viewer_of(manager)
    bulk = bulks.begin(register, viewer, register.visible(viewer), BulkEdit.Action.SAVE)
    bulk.values, bulk.reason = {"age": ["30"]}, "压力"
    bulk.save()
    bulks.judge_now(bulk)
    bulk.state = BulkEdit.State.WRITING
    with transaction.atomic():
        queue(bulk, WRITE)
    return {"staged": bulk.rows.count()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(confirmed(int(sys.argv[1]))))
