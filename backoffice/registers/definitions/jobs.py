"""What a release means for rows that are already there."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.jobs.queue import Continue, enqueue, job

from .. import catalogue
from ..changes import Act, Refused, Write, finish, open_change_set, write_rows
from ..changes.door import index_rows
from ..models import ChangeSet
from ..scope import system_user, system_viewer, viewer_of
from . import indexes
from .models import FieldDefinition

RECOMPUTE = "definitions.recompute"
REINDEX = "definitions.reindex"
INDEX = "definitions.index"
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


def start_indexing(definition, owner):
    """Queues the building or dropping of the index of one field. Returns the Job."""
    return enqueue(INDEX, {"field": definition.key}, owner=owner)


@job(INDEX, lease=1800)
def index(run):
    """Makes the index of a field be there or gone, as its definition says now. Building locks nobody out where the
    database can; it stands outside the job's transaction, and may be done twice."""
    definition = FieldDefinition.objects.get(key=run.payload["field"])
    indexes.settle(definition)
    with run.commit():
        run.finish({})


@job("definitions.convert")
def convert(run):
    """Copies the values of a field into the field of another kind, as one change set of the system."""
    from . import converting

    definition = FieldDefinition.objects.select_related("replaced_by").get(key=run.payload["old"])
    change_set = ChangeSet.objects.get(pk=run.payload["change_set"])
    register, act = catalogue.get(definition.register), in_the_name_of_the_system(change_set.reason)
    converter = converting.converter_of(definition)
    total = converting.holding(converter.old).count()
    while not run.slice_over:
        with run.commit():
            rows = list(converting.holding(converter.old).filter(pk__gt=run.next_row)[:SLICE])
            if not rows:
                finish(change_set)
                converting.complete(definition, viewer_of(run.owner), run.payload["reason"])
                run.finish({"change_set": change_set.public_id, "converted": change_set.updated, "total": total})
                return None
            _write_what_can_be(change_set, register, converting.writes(converter, rows, definition), act)
            run.next_row = rows[-1].pk
            run.progress(min(run.done + len(rows), total), total)
    return Continue


def _write_what_can_be(change_set, register, writes, act):
    """Writes all of `writes` but those the door refuses."""
    while writes:
        try:
            with transaction.atomic():
                write_rows(change_set, register, writes, act=act)
            return
        except Refused as refused:
            named = {refusal.index for refusal in refused.refusals}
            writes = [write for index, write in enumerate(writes) if index not in named]


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
