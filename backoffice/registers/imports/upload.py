"""Takes an uploaded file in: measured, hashed, stored under a random name."""

import hashlib

from django.core.files import File
from django.db import transaction

from backoffice.jobs.queue import enqueue

from ..sheets.containers import check_size
from .models import ImportBatch


def receive(register, file, *, owner, site, name, channel="import"):
    """A new batch for `file` (binary, seekable). Raises FileRefused: empty_file, too_large."""
    digest, size = measure(file)
    batch = ImportBatch(
        register=register.code,
        site=site,
        owner=owner,
        channel=channel,
        name=name[-200:],
        sha256=digest,
        size=size,
    )
    file.seek(0)
    batch.file.save(name, File(file), save=False)
    try:
        batch.save()
    except BaseException:
        # The bytes must not outlive a batch that was never there.
        batch.file.delete(save=False)
        raise
    return batch


def measure(file):
    """(SHA-256, size in bytes), read in pieces. Raises FileRefused as soon as the file is known to be too large."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(1 << 20):
        size += len(piece)
        check_size(size)
        digest.update(piece)
    check_size(size)
    return digest.hexdigest(), size


def queue_reading(batch):
    """Has a worker read the batch, afresh if it was read before."""
    with transaction.atomic():
        batch.state = ImportBatch.State.READING
        batch.reason = batch.sentence = batch.digest = ""
        batch.job = enqueue("imports.read", {"batch": batch.pk}, owner=batch.owner)
        batch.save()
