"""What follows from the added fields of rows just judged: computed values, unique values, links.

The door calls these inside the transaction of the write, so that they are true together with the rows.
"""

import hashlib

from .. import catalogue
from . import formulas, known
from .columns import to_json
from .models import Kind, Link, UniqueValue


def _columns(register, wanted):
    return [column for column in known.added_to(register).values() if wanted(column)]


def set_aside(register, writes):
    """Takes computed fields out of what `writes` want: their values follow from others."""
    for name in [column.name for column in _columns(register, lambda column: column.computed)]:
        for write in writes:
            write.values.pop(name, None)


def compute(register, row):
    """{name: value} of the computed fields of `row` that differ from what stands there, now set in it."""
    changed = {}
    for column in _columns(register, lambda column: column.definition.kind == Kind.COMPUTED):
        before = column.raw(row)
        column.put(row, formulas.value(column, row))
        if column.raw(row) != before:
            changed[column.name] = column.raw(row)
    return changed


def unique_columns(register):
    return _columns(register, lambda column: column.definition.unique)


def token(column, row):
    """The value of a unique field as `UniqueValue` keeps it; None where there is nothing to compare."""
    value = to_json(column.raw(row))
    if value in (None, "", []):
        return None
    text = str(value).casefold()
    return text if len(text) <= 64 else hashlib.sha256(text.encode()).hexdigest()


def taken(register, writes, skip=()):
    """[(index, field name)] of writes whose unique value another row of them or of the table holds."""
    found = []
    for column in unique_columns(register):
        held = {}
        for index, write in enumerate(writes):
            if index in skip or write.row is None or write.action == "void":
                continue
            value = token(column, write.row)
            if value is None:
                continue
            if value in held:
                found.append((index, column.name))
            held[value] = index
        others = UniqueValue.objects.filter(key=column.name, value__in=held)
        others = others.exclude(row__in=[write.row.pk for write in writes if write.row is not None and write.row.pk])
        found += [(held[value], column.name) for value in others.values_list("value", flat=True)]
    return found


def keep(register, rows):
    """Writes the unique values and the links of `rows`. Raises IntegrityError when another act was faster."""
    numbers = [row.pk for row in rows]
    for column in unique_columns(register):
        UniqueValue.objects.filter(key=column.name, row__in=numbers).delete()
        values = [(row.pk, token(column, row)) for row in rows if not row.is_void]
        UniqueValue.objects.bulk_create(
            UniqueValue(key=column.name, value=value, row=number) for number, value in values if value is not None
        )
    for column in _columns(register, lambda column: column.field.is_relation):
        Link.objects.filter(key=column.name, row__in=numbers).delete()
        Link.objects.bulk_create(
            Link(key=column.name, row=row.pk, target=column.raw(row)) for row in rows if column.raw(row) is not None
        )


def pointing_to(register, numbers):
    """The row numbers among `numbers` of `register` that a living row points to through an added field."""
    found = set()
    for other in catalogue.registers():
        for column in _columns(other, lambda column: column.field.is_relation):
            if column.field.related_model is register.model:
                links = Link.objects.filter(key=column.name, target__in=numbers)
                living = other.model.rows.filter(voided_at=None, pk__in=links.values("row")).values("pk")
                found |= set(links.filter(row__in=living).values_list("target", flat=True))
    return found
