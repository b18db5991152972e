"""The background work of imports: reading, writing, and forgetting the bytes."""

from datetime import timedelta

from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import on
from backoffice.jobs.queue import Continue, job

from .. import catalogue
from . import applying
from .models import ImportBatch
from .reading import read_batch

State = ImportBatch.State
# States in which a batch waits for its person.
WAITING = (State.UPLOADED, State.NEEDS_ANSWERS, State.PREVIEWED)


@job("imports.read", max_attempts=3, lease=180)
def read(run):
    """Stages the rows of a batch. A second start begins from the top: staged rows are no records."""
    batch = ImportBatch.objects.select_related("owner", "site").get(pk=run.payload["batch"])
    if batch.state != State.READING:
        return

    def progress(number):
        run.next_row = number
        run.progress(number, message=_("Reading"))

    run.next_row = 0
    act = applying.act_of(batch)
    read_batch(batch, act.viewer, commit=run.commit, progress=progress)


@job("imports.apply", max_attempts=5, lease=120, slice=40)
def apply(run):
    """Writes the confirmed rows. Every slice is one transaction with the pointer; `done` says where to go on."""
    batch = ImportBatch.objects.select_related("owner", "site", "change_set").get(pk=run.payload["batch"])
    if batch.state != State.APPLYING:
        return None
    act = applying.act_of(batch)
    if not catalogue.get(batch.register).may(act.viewer, "import"):
        _stop(batch, "apply", _("You may no longer import into this register."))
        return None
    total = batch.rows.filter(action__in=applying.WRITTEN).count()
    while not run.slice_over:
        with run.commit():
            if batch.change_set is None and not _begin(batch, act):
                return run.finish({"outdated": True})
            decided = applying.write_slice(batch, act)
            run.next_row += decided
            run.progress(min(run.next_row, total), total, _("Writing"))
            if not decided:
                applying.close(batch)
                return run.finish(batch.counts)
        applying.let_others_in()
    return Continue


def _begin(batch, act):
    """Opens the change set; a preview that no longer stands sends the batch back to be read again."""
    try:
        applying.begin(batch, act)
    except applying.PreviewOutdated:
        _stop(batch, "read", _("The preview has changed since it was confirmed. Nothing was written."))
        return False
    return True


def _stop(batch, reason, sentence):
    """`reason` says what going on means: to "read" the file again, or to "apply" the rows that are left."""
    batch.state, batch.reason, batch.sentence = State.FAILED, reason, sentence
    batch.save(update_fields=["state", "reason", "sentence"])


@on("job.parked")
def stop(event):
    """A job of ours was set aside: its batch says so instead of showing a bar that never moves."""
    if event.payload["kind"] in ("imports.read", "imports.apply"):
        ImportBatch.objects.filter(job=event.payload["job"], state__in=[State.READING, State.APPLYING]).update(
            state=State.FAILED,
            reason=event.payload["kind"].partition(".")[2],
            sentence=_("The work stopped after several attempts. The administrators have been told."),
        )


@job("imports.expire", every=timedelta(hours=1))
def expire(run):
    """Deletes the bytes and the staged cells of uploads whose time has come. Digest, counts and reasons stay."""
    due = ImportBatch.objects.filter(expires_at__lte=clock.now()).exclude(file="")
    for batch in due.order_by("pk")[:50]:
        # The bytes go first: should this stop in between, the name is still there and the next run comes back.
        batch.file.storage.delete(batch.file.name)
        with run.commit():
            _forget(batch)
            run.next_row += 1


def _forget(batch):
    ImportBatch.objects.filter(pk=batch.pk).update(file="")
    ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(state=State.CANCELLED)
    batch.rows.update(values={}, originals={})
