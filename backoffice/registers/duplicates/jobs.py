"""Finding records that may be the same: every night, and whenever somebody asks."""

from datetime import timedelta

from django.utils.translation import gettext as _

from backoffice.jobs.models import Job
from backoffice.jobs.queue import Continue, enqueue, job

from .. import catalogue
from . import likeness

FIND = "duplicates.find"
SLICE = 1000


def start(register, owner=None):
    """Queues a search of `register`, or returns the one that is under way."""
    waiting = Job.objects.filter(kind=FIND, payload__register=register.code, state__in=Job.OPEN).first()
    return waiting or enqueue(FIND, {"register": register.code}, owner=owner)


@job("duplicates.nightly", every=timedelta(days=1))
def nightly(run):
    """One search for each register that says how likeness is judged."""
    with run.commit():
        for register in catalogue.registers():
            if register.likeness:
                start(register)
        run.finish({})


@job(FIND)
def find(run):
    """Hashes every living row, slice by slice, and makes the groups at the end."""
    register = catalogue.get(run.payload["register"])
    total = register.model.rows.filter(voided_at=None).count()
    while not run.slice_over:
        with run.commit():
            if run.next_row == 0:
                likeness.forget(register)
            rows = list(register.model.rows.filter(voided_at=None, pk__gt=run.next_row).order_by("pk")[:SLICE])
            if not rows:
                run.finish({"groups": likeness.settle(register)})
                return None
            likeness.note(register, rows)
            run.next_row = rows[-1].pk
            run.progress(min(run.done + len(rows), total), total, _("Comparing"))
    return Continue
