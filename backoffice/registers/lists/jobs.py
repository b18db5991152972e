"""Bulk edits in the background: judged and written in slices, each with the job's pointer in one transaction."""

from datetime import timedelta

from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import on
from backoffice.jobs.queue import Continue, enqueue, job

from ..changes import Denied
from ..imports.applying import let_others_in
from . import bulk as bulks
from .models import BulkEdit, BulkRow

State = BulkEdit.State
JUDGE, WRITE = "lists.judge", "lists.write"
# How long what nobody confirmed, and the reasons of what was refused, stay.
KEPT = timedelta(days=7)


def queue(bulk, kind):
    """Queues the judging or the writing of `bulk`, inside the caller's transaction."""
    bulk.job = enqueue(kind, {"bulk": bulk.pk}, owner=bulk.owner)
    bulk.save(update_fields=["job", "state"])


@job(JUDGE, max_attempts=3, lease=180)
def judge(run):
    """Decides what would become of each row; nothing is written to records."""
    bulk = BulkEdit.objects.select_related("owner").get(pk=run.payload["bulk"])
    if bulk.state != State.JUDGING:
        return None
    return _through(run, bulk, bulks.Run.judge_slice, bulks.close_judging, _("Checking"))


@job(WRITE, max_attempts=5, lease=180, slice=40)
def write(run):
    """Writes the confirmed rows through the door."""
    bulk = BulkEdit.objects.select_related("owner", "change_set").get(pk=run.payload["bulk"])
    if bulk.state != State.WRITING:
        return None
    return _through(run, bulk, bulks.Run.write_slice, bulks.close_writing, _("Writing"))


def _through(run, bulk, one_slice, close, label):
    """Slice after slice until none is left, or until the time of this run is over."""
    try:
        work = bulks.Run(bulk)
    except Denied:
        with run.commit():
            bulks.stopped(bulk)
            run.finish()
        return None
    total = bulk.rows.count()
    while not run.slice_over:
        with run.commit():
            if bulk.state == State.WRITING and bulk.change_set is None:
                bulks.begin_writing(bulk, work.act)
            decided = one_slice(work)
            run.next_row += decided
            run.progress(min(run.next_row, total), total, label)
            if not decided:
                close(bulk)
                return run.finish()
        let_others_in()
    return Continue


@on("job.parked")
def stop(event):
    """A job of ours was set aside: its bulk edit says so instead of showing a bar that never moves."""
    if event.payload["kind"] in (JUDGE, WRITE):
        for bulk in BulkEdit.objects.filter(job=event.payload["job"], state__in=[State.JUDGING, State.WRITING]):
            bulks.stopped(bulk, _("The work stopped after several attempts. The administrators have been told."))


@job("lists.expire", every=timedelta(days=1))
def expire(run):
    """Forgets bulk edits that nobody confirmed and the reasons kept for those that are over."""
    old = BulkEdit.objects.filter(created_at__lt=clock.now() - KEPT)
    with run.commit():
        BulkRow.objects.filter(bulk__in=old.exclude(state__in=[State.JUDGING, State.WRITING])).delete()
        old.filter(state__in=[State.CHOOSING, State.PREVIEWED], change_set=None).delete()
