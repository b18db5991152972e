"""What a written row changed, field by field, as today's viewer may see it."""

from dataclasses import dataclass, replace

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


def line_differences(register, entries, viewer):
    """{sequence: [Difference]} of what the acts behind the history rows `entries` did to the lines of their records.

    A line that came or left is told in one Difference, a changed one field by field. One query for a part without
    lines, three for one with.
    """
    found = {}
    for part in register.parts:
        acts = {(entry.id, entry.change_set_id): entry.pk for entry in entries}
        steps = _line_steps(part, {entry.id for entry in entries}, set(acts))
        told = _of_lines(part, [_as_standing(*step) for _place, step in steps], viewer)
        for (place, _step), items in zip(steps, told, strict=True):
            found.setdefault(acts[place], []).extend(items)
    return found


def _as_standing(before, after, line):
    """The step with None for a state in which the line did not stand in its record."""
    kind, _what = deed(before, after)
    return None if kind in ("created", "unvoided") else before, None if kind == "voided" else after, line


def lines_between(register, row, older, newer, viewer):
    """[Difference] between the lines of two versions (history rows) of the record `row`, as `line_differences`."""
    found = []
    for part in register.parts:
        before, after = (
            {line.pk: line for line in part.lines_of([row], state.history_date)[row.pk]} for state in (older, newer)
        )
        steps = [(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]
        told = _of_lines(part, [(old, new, (new or old).today) for old, new in steps], viewer)
        found += [item for items in told for item in items]
    return found


def _line_steps(part, records, acts):
    """[((record, change set), (before or None, after, line))] of the lines that `acts` wrote, in their order."""
    written = list(part.history.objects.filter(**{f"{part.of}__in": records}).order_by("history_id"))
    if not written:
        return []
    lines = {line.pk: line for line in part.whole(part.model.rows.filter(**{f"{part.of}__in": records}))}
    today = {row.pk: row for row in fetched(part.register.model.rows.filter(pk__in=records), part.register, [])}
    for line in lines.values():
        setattr(line, part.of, today[getattr(line, part.reference)])
    states, steps = {}, []
    for entry in written:
        place = (getattr(entry, part.reference), entry.change_set_id)
        if place in acts:
            steps.append((place, (states.get(entry.id), entry, lines[entry.id])))
        states[entry.id] = entry
    return steps


def _of_lines(part, steps, viewer):
    """[[Difference]] of each step of a line: `before` is None for one that came, `after` for one that left."""
    found = differences(
        part, [(before if after else None, after or before, line) for before, after, line in steps], viewer
    )
    return [_of_line(part, *step, fields, viewer) for step, fields in zip(steps, found, strict=True)]


def _of_line(part, before, after, line, fields, viewer):
    name = part.column(part.title_field)
    title = name.display(part.values.seen(name, name.raw(line), line, viewer))
    label = f"{capfirst(part.label)} {title}"
    if before is not None and after is not None:
        return [replace(item, field=f"{part.code}.{item.field}", label=f"{label} · {item.label}") for item in fields]
    text = "；".join(f"{item.label} {item.new}" for item in fields)
    return [Difference(part.code, label, *(("", text) if before is None else (text, "")))]


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
