"""What a written row changed, field by field, as today's viewer may see it."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .pages import fetched


@dataclass(frozen=True)
class Difference:
    """One field: its heading, the text before and after; `hidden` when both look alike behind the mask."""

    field: str
    label: str
    old: str
    new: str
    hidden: bool = False


def differences(register, steps, viewer, names=None):
    """[[Difference]] for each step (before, after, row): two states of a row and the row as it stands now.

    States are rows or history rows; `before` is None for a row that was created, whose filled fields are given.
    A past state is shown under today's rights to today's row. References of all steps cost two queries a column.
    """
    open_fields = register.fields_for(viewer)
    columns = [register.column(name) for name in names if name in open_fields] if names else open_fields.values()
    titles = {column.name: _titles(column, steps, viewer) for column in columns if column.field.is_relation}

    def text(column, state, row):
        if state is None:
            return ""
        if column.name in titles:
            return titles[column.name].get(column.raw(state), "")
        return column.display(register.values.seen(column, column.raw(state), row, viewer))

    return [
        [
            Difference(
                column.name,
                str(capfirst(column.label)),
                old := text(column, before, row),
                new := text(column, after, row),
                hidden=old == new,
            )
            for column in columns
            if _differs(column, before, after)
        ]
        for before, after, row in steps
    ]


def _differs(column, before, after):
    new = column.raw(after)
    if before is None:
        return new not in (None, "", [], False)
    return column.raw(before) != new


def _titles(column, steps, viewer):
    """{row number: what to call it} of everything a reference column pointed to in `steps`."""
    changed = [step for step in steps if _differs(column, *step[:2])]
    keys = {column.raw(state) for before, after, _row in changed for state in (before, after) if state is not None}
    keys.discard(None)
    if not keys:
        return {}
    target = column.target
    if target is None:
        return {key: str(row) for key, row in column.field.related_model._base_manager.in_bulk(keys).items()}
    found = fetched(target.model.rows, target, []).in_bulk(keys)
    reached = set()
    if not target.open_title and target.seen_by(viewer):
        reached = set(target.visible(viewer).filter(pk__in=keys).values_list("pk", flat=True))
    return {key: target.name_of(row, viewer, reached) for key, row in found.items()}


def deed(before, after):
    """What a history row did to its record, in a word."""
    if before is None or after.history_type == "+":
        return "created", pgettext("record", "Created")
    if before.voided_at is None and after.voided_at is not None:
        return "voided", _("Voided")
    if before.voided_at is not None and after.voided_at is None:
        return "unvoided", _("Brought back")
    return "changed", _("Changed")
