"""The whole way of a file without pages and queue: what the commands run."""

from pathlib import Path

from django.db import transaction

from ..scope import system_user
from . import applying
from .models import ImportBatch
from .reading import read_batch
from .upload import receive

State = ImportBatch.State


def open_batch(register, path, *, user=None, site=None, sheets=None):
    """(batch for the file at `path`, read and staged; the viewer it was read for). Without `user` the shell acts."""
    owner, channel = (user, "import") if user else (system_user("shell"), "shell")
    path = Path(path)
    with path.open("rb") as file:
        batch = receive(register, file, owner=owner, site=site, name=path.name, channel=channel)
    batch.state = State.READING
    batch.options = {"sheets": sheets} if sheets else {}
    batch.save()
    viewer = applying.act_of(batch).viewer
    return read_batch(batch, viewer, commit=transaction.atomic), viewer


def write_batch(batch):
    """Confirms and writes a previewed batch, slice by slice. Returns it, done."""
    act = applying.act_of(batch)
    batch.state = State.APPLYING
    batch.save(update_fields=["state"])
    with transaction.atomic():
        applying.begin(batch, act)
    decided = 1
    while decided:
        with transaction.atomic():
            decided = applying.write_slice(batch, act)
            if not decided:
                applying.close(batch)
        if decided:
            applying.let_others_in()
    return batch


def discard(batch):
    """Takes a batch that was only looked at, and its bytes, away again."""
    name, storage = batch.file.name, batch.file.storage
    batch.delete()
    if name:
        storage.delete(name)
