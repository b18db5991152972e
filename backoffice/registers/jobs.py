"""Background work on records: undoing a change set that is too large for one request."""

from django.utils.translation import gettext as _

from backoffice.jobs.models import Job
from backoffice.jobs.queue import Continue, JobFailed, enqueue, job

from .changes import Act, Denied, Refused
from .changes.undo import begin_undo, finish_undo, undo_slice
from .models import ChangeSet

UNDO = "changes.undo"


def start_undo(change_set, user, reason):
    """Queues the undoing of `change_set`, or its continuation when an earlier one was stopped. Returns the Job."""
    earlier = Job.objects.filter(kind=UNDO, payload__change_set=change_set.pk).order_by("-pk").first()
    if earlier is not None and earlier.state in Job.OPEN:
        return earlier
    payload = {"change_set": change_set.pk, "reason": reason}
    if earlier is not None:
        # History rows behind this one are still to be done.
        payload["after"] = max(earlier.next_row, earlier.payload.get("after", 0))
    return enqueue(UNDO, payload, owner=user)


@job(UNDO)
def undo_change_set(job):
    """Takes a change set back in slices; the pointer is the sequence of the last history row done."""
    change_set = ChangeSet.objects.get(pk=job.payload["change_set"])
    act = Act(job.owner, ChangeSet.Channel.UNDO, job.payload["reason"])
    try:
        undoing = ChangeSet.objects.filter(undoes=change_set).first()
        if undoing is None:
            with job.commit():
                undoing = begin_undo(change_set, act=act)
                job.progress(0, change_set.touched, _("Undoing"))
        act.undoes = change_set
        while not job.slice_over:
            if _undo_some(job, change_set, undoing, act):
                return None
        return Continue
    except Refused as refused:
        raise JobFailed("; ".join(str(item.message) for item in refused.refusals)) from refused
    except Denied as denied:
        raise JobFailed(_("You may not undo this change.")) from denied


def _undo_some(job, change_set, undoing, act):
    """One slice in one transaction; True when it was the last."""
    with job.commit():
        start = max(job.next_row, job.payload.get("after", 0))
        last = undo_slice(change_set, undoing, after=start, act=act)
        if last is None:
            finish_undo(change_set, undoing, act=act)
            job.finish({"change_set": undoing.public_id, "kept": len(undoing.kept)})
            return True
        job.next_row = last
        job.progress(min(undoing.touched + len(undoing.kept), change_set.touched), change_set.touched)
        return False
