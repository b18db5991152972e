"""What the database refuses to change: history, finished acts, looks and the log. Created after every migrate.

A `permit` opens a table for redaction and for changing keys, inside one transaction that nobody else sees. Whatever
is done under it the digests still vouch for.
"""

from contextlib import contextmanager

from django.db import transaction

from backoffice.jobs.triggers import Trigger, append_only

from .. import catalogue
from ..changes.opening import door_open
from ..models import Access, ChangeSet
from .models import Batch, Event, Permit, Redaction, Seen


def _permitted(table):
    return f"EXISTS (SELECT 1 FROM {Permit._meta.db_table} p WHERE p.\"table\" = '{table}')"  # noqa: S608  constants


def declared():
    """The triggers of every table of the log."""
    found = []
    for model in catalogue.models():
        table = model.history.model._meta.db_table
        found += append_only(table, unless=_permitted(table))
    for model in (Event, Seen):
        found += append_only(model._meta.db_table)
    looks = [f'"{field.column}"' for field in Access._meta.concrete_fields if field.name != "filed"]
    found += append_only(Access._meta.db_table, columns=", ".join(looks))
    for model, done in ((ChangeSet, "finished_at"), (Redaction, "done_at")):
        found += _once_done(model._meta.db_table, f"OLD.{done} IS NOT NULL")
    return found + _once_done(Batch._meta.db_table, "OLD.head <> ''")


def _once_done(table, done):
    """Rows that are kept for ever, and change no more once the SQL `done` holds."""
    return [
        Trigger(f"{table}_keep", table, "DELETE", "TRUE", f"{table} keeps every row"),
        Trigger(f"{table}_final", table, "UPDATE", done, f"{table} is finished"),
        Trigger(f"{table}_whole", table, "TRUNCATE", "TRUE", f"{table} is never emptied"),
    ]


@contextmanager
def permit(*tables):
    """Opens append-only `tables` of history for the length of the block, which is one transaction."""
    with transaction.atomic(), door_open():
        Permit.objects.bulk_create(Permit(table=table) for table in tables)
        yield
        Permit.objects.filter(table__in=tables).delete()
