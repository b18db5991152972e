"""Unique keys over values that are kept encrypted: a constraint of the table sees nothing, so keyed hashes stand in
a table of their own, with a constraint over them. Nothing here costs a query where there is no such key."""

import json

from ..models import HashedKey
from ..search import digest


def is_hashed(columns):
    return any(getattr(column.field, "encrypted", False) for column in columns)


def _value(columns, row):
    parts = [column.raw(row) for column in columns]
    if any(part in (None, "") for part in parts):
        return None
    return digest("key", json.dumps(parts, ensure_ascii=False, default=str))


def taken(register, columns, writes, skip=()):
    """[index] of the writes whose key another row of them or of the table holds."""
    name, held, found = _name(columns), {}, []
    for index, write in enumerate(writes):
        if index in skip or write.row is None or write.action == "void":
            continue
        value = _value(columns, write.row)
        if value is None:
            continue
        if value in held:
            found.append(index)
        held[value] = index
    others = HashedKey.objects.filter(register=register.code, key=name, value__in=held)
    others = others.exclude(row__in=[write.row.pk for write in writes if write.row is not None and write.row.pk])
    return found + [held[value] for value in others.values_list("value", flat=True)]


def keep(register, rows):
    """Writes the keys of `rows`, which were just stored. Raises IntegrityError when another act was faster."""
    from .checks import unique_keys

    keys = ([register.column(name) for name in names] for names in unique_keys(register))
    for columns in filter(is_hashed, keys):
        name = _name(columns)
        HashedKey.objects.filter(register=register.code, key=name, row__in=[row.pk for row in rows]).delete()
        values = [(row.pk, _value(columns, row)) for row in rows if not row.is_void]
        HashedKey.objects.bulk_create(
            HashedKey(register=register.code, key=name, value=value, row=number)
            for number, value in values
            if value is not None
        )


def _name(columns):
    return "+".join(column.name for column in columns)
