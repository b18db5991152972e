"""Background work on files: asking the scanner, and cleaning up what a crash left in the storage."""

from datetime import timedelta

from django.core.files.storage import default_storage

from backoffice.jobs import clock
from backoffice.jobs.queue import Continue, enqueue, job

from . import files, leases, scanning
from .models import FOLDER, Attachment

# Uploads are stored first and entered in the database next; what is younger may still be on its way.
ORPHAN_AFTER = timedelta(days=1)


@job(files.SCAN, max_attempts=6, lease=300)
def ask_scanner(run):
    """Frees a file that waits, or throws its bytes away. Without an answer the job is tried again."""
    attachment = Attachment.objects.filter(pk=run.payload["attachment"], state=Attachment.State.WAITING).first()
    if attachment is None:
        return
    with attachment.file.open() as file:
        # Where the scanner has been taken away since, the file waits for nothing any more.
        found = scanning.scan(file) if scanning.wanted() else ""
    with run.commit():
        if found:
            files.refuse(attachment, found)
        else:
            files.release(attachment)


@job("attachments.clean", every=timedelta(days=1))
def clean(run):
    """Deletes stored bytes that belong to no file, asks again about files that wait, forgets closed forms.

    Names are random, so that the first level of folders cuts the work into even pieces.
    """
    folders = sorted(_listed(FOLDER)[0])
    while not run.slice_over:
        with run.commit():
            if run.next_row >= len(folders):
                _ask_again()
                leases.clean()
                return run.finish()
            _clean_folder(f"{FOLDER}/{folders[run.next_row]}")
            run.next_row += 1
    return Continue


def _clean_folder(folder):
    names = [f"{folder}/{name}" for name in _listed(folder)[1]]
    known = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    known |= set(Attachment.objects.filter(thumbnail__in=names).values_list("thumbnail", flat=True))
    limit = clock.wall() - ORPHAN_AFTER
    for name in names:
        if name not in known and default_storage.get_modified_time(name) < limit:
            default_storage.delete(name)


def _listed(folder):
    """(folders, files) below `folder`, nothing where it does not exist yet."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _ask_again():
    """Files whose job was set aside, for instance because the scanner was away for long."""
    waiting = Attachment.objects.filter(state=Attachment.State.WAITING)
    for pk in waiting.values_list("pk", flat=True):
        enqueue(files.SCAN, {"attachment": pk}, idempotency_key=f"{files.SCAN} {pk} {clock.today()}")
