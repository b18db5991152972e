"""Taking an act back as a unit: created rows voided, changed values restored, later work kept and listed.

Acts done on its way are taken back with it, behind it, because its rows refer to theirs; when an undoing is itself
taken back, they come first. They need no right of their own, as the act needed none.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .. import catalogue
from ..definitions import derived
from ..models import ChangeSet
from ..scope import system_viewer
from .act import Act, Denied, Refusal, Refused, Write
from .door import finish, open_change_set, write_rows

SLICE = 500
# `function(change_set, undoing)`: takes back what an act did beside records, in the transaction of the undoing.
FOLLOWERS = []

TOUCHED = _("changed since")
REFERRED = _("another record refers to it")
GONE = _("void since")


def may_undo(change_set, viewer):
    """An act is taken back by whoever did it, or by who configures the register."""
    register = catalogue.get(change_set.register)
    return viewer.everything or change_set.actor_id == viewer.user.pk or register.may(viewer, "configure")


def undo(change_set, *, act):
    """Undoes the whole of `change_set` in one transaction. Returns the ChangeSet of the undoing."""
    with transaction.atomic():
        undoing = begin_undo(change_set, act=act)
        last = 0
        while last is not None:
            last = undo_slice(change_set, undoing, after=last, act=act)
        return finish_undo(change_set, undoing, act=act)


def begin_undo(change_set, *, act):
    """Opens the undoing of `change_set`. Raises Denied, or Refused when it is unfinished or already undone."""
    if not may_undo(change_set, act.viewer):
        raise Denied(f"{act.actor} may not undo {change_set}.")
    ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if ChangeSet.objects.filter(undoes=change_set).exists():
        raise Refused([Refusal(0, None, "undone", str(_("This change has already been undone.")))])
    if change_set.finished_at is None:
        raise Refused([Refusal(0, None, "unfinished", str(_("This change is still being written.")))])
    act.undoes = change_set
    undoing = open_change_set(catalogue.get(change_set.register), act)
    if change_set.undoes_id:
        _undo_on_the_way(change_set, undoing, act)
    return undoing


def finish_undo(change_set, undoing, *, act):
    """Closes the undoing of `change_set`, all of whose slices are done."""
    if not change_set.undoes_id:
        _undo_on_the_way(change_set, undoing, act)
    for follow in FOLLOWERS:
        follow(change_set, undoing)
    return finish(undoing)


def _undo_on_the_way(change_set, undoing, act):
    for inner in change_set.on_the_way.filter(undone_by=None).order_by("-pk"):
        viewer = system_viewer(act.actor)
        undo(inner, act=Act(act.actor, act.channel, act.reason, viewer=viewer, within=undoing))


def undo_slice(change_set, undoing, *, after, act):
    """Undoes up to SLICE history rows behind sequence `after`. Returns the last sequence done, None at the end."""
    register = catalogue.get(change_set.register)
    written = list(
        register.history.objects.filter(change_set=change_set, history_id__gt=after).order_by("history_id")[:SLICE]
    )
    if not written:
        return None
    writes = []
    for row, write, kept in _reversals(register, written):
        undoing.kept += kept
        writes.append(write or Write(row=row))
    for part in register.parts:
        _add_lines(change_set, undoing, part, writes)
    _write_what_can_be(undoing, register, [write for write in writes if write.moves], act)
    undoing.save(update_fields=["kept"])
    return written[-1].history_id


def _reversals(register, written):
    """[(row, Write or None, what is kept and why)] of the history rows `written` of one change set."""
    spans = _spans(register, written)
    before = _before_images(register, [first for first, _last in spans])
    rows = register.model.rows.select_for_update().in_bulk([first.id for first, _last in spans])
    referred = _referred_to(register, [first.id for first, _last in spans if first.history_type == "+"])
    return [
        (rows[last.id], *_reversal(register, last, before.get(first.history_id), rows[last.id], referred))
        for first, last in spans
    ]


def _spans(register, written):
    """[(first, last)] history row of each record that its change set first wrote among `written`."""
    if not written:
        return []
    rows = {entry.id for entry in written}
    of_act = register.history.objects.filter(change_set=written[0].change_set_id, id__in=rows).order_by("history_id")
    spans = {}
    for entry in of_act.iterator():
        first, _last = spans.get(entry.id, (entry, entry))
        spans[entry.id] = (first, entry)
    here = {entry.history_id for entry in written}
    return [(first, last) for first, last in spans.values() if first.history_id in here]


def _add_lines(change_set, undoing, part, writes):
    """Puts what takes the lines of `part` back into the writes of their records."""
    records = {write.row.pk: write for write in writes}
    written = part.history.objects.filter(change_set=change_set, **{f"{part.of}__in": records})
    for line, write, kept in _reversals(part, list(written.order_by("history_id"))):
        record = records[getattr(line, part.reference)]
        undoing.kept += [{**item, "row": record.row.public_id, "part": part.code} for item in kept]
        if write:
            record.lines.setdefault(part.code, []).append(write)


def _write_what_can_be(undoing, register, writes, act):
    """Restores every row that can be; one that meanwhile breaks a rule is kept, with the rule as the reason."""
    while writes:
        try:
            with transaction.atomic():
                write_rows(undoing, register, writes, act=act)
            return
        except Refused as refused:
            why = {refusal.index: refusal for refusal in refused.refusals}
            undoing.kept += [
                {"row": writes[index].row.public_id, "field": refusal.field, "why": str(refusal.message)}
                for index, refusal in why.items()
            ]
            writes = [write for index, write in enumerate(writes) if index not in why]


def _reversal(register, entry, before, row, referred):
    """(Write or None, [what is kept and why]) for a row: `entry` is how the act left it, `before` how it found it."""
    if before is None:
        reason = (
            (GONE if row.is_void else None)
            or (TOUCHED if row.version != entry.version else None)
            or (REFERRED if row.pk in referred else None)
        )
        if reason == GONE:
            return None, []
        if reason:
            return None, [{"row": row.public_id, "field": None, "why": str(reason)}]
        return Write(row=row, action="void"), []
    if before.voided_at is None and entry.voided_at is not None:
        return (Write(row=row, action="unvoid"), []) if row.is_void else (None, [])
    if before.voided_at is not None and entry.voided_at is None:
        return (Write(row=row, action="void"), []) if not row.is_void else (None, [])
    if row.is_void:
        return None, [{"row": row.public_id, "field": None, "why": str(GONE)}]
    values, kept = {}, []
    for name, column in register.fields.items():
        old, written = column.raw(before), column.raw(entry)
        if old == written:
            continue
        if column.raw(row) == written:
            values[name] = old
        else:
            kept.append({"row": row.public_id, "field": name, "why": str(TOUCHED)})
    return (Write(row=row, values=values) if values else None), kept


def _before_images(register, written):
    """{sequence: the history row before it}, in one query for the slice."""
    if not written:
        return {}
    first = {}
    chain = {}
    entries = register.history.objects.filter(
        id__in={entry.id for entry in written}, history_id__lte=written[-1].history_id
    ).order_by("history_id")
    for entry in entries.iterator():
        first[entry.history_id] = chain.get(entry.id)
        chain[entry.id] = entry
    return first


def _referred_to(register, keys):
    """The row numbers among `keys` that a living record of any register refers to."""
    found = set()
    for other in catalogue.keepers():
        for column in other.own_fields.values():
            if column.field.is_relation and column.field.related_model is register.model:
                found |= set(
                    other.model.rows.filter(voided_at=None, **{f"{column.name}__in": keys}).values_list(
                        column.field.attname, flat=True
                    )
                )
    return found | derived.pointing_to(register, keys)
