"""Changing the keys of encrypted values: everything kept under an older key is encrypted with the newest one."""

from django.apps import apps
from django.db import connection

from .. import catalogue
from ..changes.opening import door_open
from ..encryption import encrypt_slice, present_mark
from .protection import permit

SLICE = 500


def places():
    """[(table, key column, column)] of every encrypted column, histories included, in a lasting order."""
    found = []
    for model in apps.get_models():
        columns = [f.column for f in model._meta.concrete_fields if getattr(f, "encrypted", False)]
        found += [(model._meta.db_table, model._meta.pk.column, column) for column in columns]
    return sorted(found)


def reencrypt(place, after):
    """One slice of one column, inside the caller's transaction. Returns the last key done, None at the end."""
    if place[0] in {record.history.model._meta.db_table for record in catalogue.models()}:
        with permit(place[0]):
            return encrypt_slice(connection, *place, after=after, size=SLICE)
    with door_open():
        return encrypt_slice(connection, *place, after=after, size=SLICE)


def outdated():
    """How many values are not encrypted with the newest key."""
    count = 0
    with connection.cursor() as cursor:
        for table, _key, column in places():
            table, column = connection.ops.quote_name(table), connection.ops.quote_name(column)
            cursor.execute(
                f"SELECT COUNT(*) FROM {table} WHERE {column} <> '' AND {column} NOT LIKE %s",  # noqa: S608  own names
                [f"{present_mark()}%"],
            )
            count += cursor.fetchone()[0]
    return count
