"""Numbers for rows that were there before their field was numbered, given by the worker through the door."""

from django.utils.translation import gettext as _

from backoffice.jobs.models import Job
from backoffice.jobs.queue import Continue, enqueue, job

from .. import catalogue
from ..changes import Act, Write, finish, open_change_set, write_rows
from ..models import ChangeSet
from ..scope import system_user, system_viewer
from . import numbers

REST = "numbering.rest"
SLICE = 500


def unnumbered(register):
    """The living rows without a number, oldest first."""
    rows = register.model.rows.none()
    for column in numbers.columns_of(register):
        rows = rows | register.model.rows.filter(**{column.name: ""}, voided_at=None)
    return rows.order_by("pk")


def number_the_rest(**kwargs):
    """Queues the numbering of every register that has rows without a number. Sent after every migrate."""
    for register in catalogue.registers():
        if not any(column.series for column in register.own_fields.values()):
            continue
        waiting = Job.objects.filter(kind=REST, payload__register=register.code, state__in=Job.OPEN)
        if unnumbered(register).exists() and not waiting.exists():
            enqueue(REST, {"register": register.code})


@job(REST)
def number_rows(run):
    """Numbers the rows of a register in the order they were entered, each slice a change set of its own."""
    register = catalogue.get(run.payload["register"])
    user = system_user("timer")
    while not run.slice_over:
        act = Act(user, ChangeSet.Channel.TIMER, _("Numbered"), viewer=system_viewer(user))
        with run.commit():
            rows = list(unnumbered(register).filter(pk__gt=run.next_row)[:SLICE])
            if not rows:
                run.finish({})
                return None
            change_set = open_change_set(register, act)
            write_rows(change_set, register, [Write(row=row) for row in rows], act=act)
            finish(change_set)
            run.next_row = rows[-1].pk
            run.progress(run.done + len(rows))
    return Continue
