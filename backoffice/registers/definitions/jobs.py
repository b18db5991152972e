"""What a release means for rows that are already there."""

from django.utils.translation import gettext as _

from backoffice.jobs.queue import Continue, enqueue, job

from .. import catalogue
from ..changes import Act, Write, finish, open_change_set, write_rows
from ..changes.door import index_rows
from ..models import ChangeSet
from ..scope import system_user, system_viewer

RECOMPUTE = "definitions.recompute"
REINDEX = "definitions.reindex"
SLICE = 500


def start_recompute(definition, owner):
    """Queues the working out of the formula of `definition` inside the caller's transaction. Returns the Job."""
    act = in_the_name_of_the_system(_("Formula of “%(field)s” released") % {"field": definition.label})
    change_set = open_change_set(catalogue.get(definition.register), act)
    return enqueue(RECOMPUTE, {"change_set": change_set.pk}, owner=owner)


def in_the_name_of_the_system(reason):
    user = system_user("timer")
    return Act(user, ChangeSet.Channel.TIMER, reason, viewer=system_viewer(user))


@job(RECOMPUTE)
def recompute(run):
    """Works the formulas of a register out for every living row, as one change set of the system."""
    change_set = ChangeSet.objects.get(pk=run.payload["change_set"])
    register = catalogue.get(change_set.register)
    act = in_the_name_of_the_system(change_set.reason)
    total = register.model.rows.filter(voided_at=None).count()
    while not run.slice_over:
        with run.commit():
            rows = list(register.model.rows.filter(voided_at=None, pk__gt=run.next_row).order_by("pk")[:SLICE])
            if not rows:
                finish(change_set)
                run.finish({"change_set": change_set.public_id})
                return None
            write_rows(change_set, register, [Write(row=row) for row in rows], act=act)
            run.next_row = rows[-1].pk
            run.progress(min(run.done + len(rows), total), total)
    return Continue


def start_reindex(definition, owner):
    """Queues new search keys for every row of the register. Returns the Job."""
    return enqueue(REINDEX, {"register": definition.register}, owner=owner)


@job(REINDEX)
def reindex(run):
    """Puts every row under the keys of the fields that are searched now."""
    register = catalogue.get(run.payload["register"])
    total = register.model.rows.count()
    while not run.slice_over:
        with run.commit():
            rows = list(register.model.rows.filter(pk__gt=run.next_row).order_by("pk")[:SLICE])
            if not rows:
                run.finish({})
                return None
            index_rows(register, rows)
            run.next_row = rows[-1].pk
            run.progress(min(run.done + len(rows), total), total)
    return Continue
