"""Several records into one, as one act: the kept record takes the chosen values, the others become void, and what
pointed to them points to the kept one. Undoing the act takes all of it back.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from .. import catalogue
from ..changes import Denied, Refusal, Refused, Write, finish, open_change_set, write_rows
from ..definitions.models import Link
from ..notes.models import Attachment, AttachmentDeed, Comment
from ..scope import system_viewer
from .models import Member, Merge, Merged, Moved

MOST = 4
BESIDE = {Moved.Kind.FILE: Attachment, Moved.Kind.DEED: AttachmentDeed, Moved.Kind.COMMENT: Comment}


@dataclass
class Wish:
    """What somebody wants merged: `rows` are the records with the versions that were seen, `kept` one of them,
    `chosen` {field name: the record whose value stays}; all together stays what is chosen as `TOGETHER`."""

    rows: list
    kept: object
    chosen: dict = field(default_factory=dict)

    @property
    def others(self):
        return [row for row in self.rows if row.pk != self.kept.pk]


TOGETHER = "together"


def mergeable(register, viewer):
    """The living records that `viewer` may merge: who changes and voids them."""
    rows = register.changeable(viewer).filter(voided_at=None)
    return rows.filter(pk__in=register.changeable(viewer, "void").values("pk"))


def choices(register, viewer):
    """[Column] of what may be chosen: fields the viewer can set."""
    return [
        column
        for name, column in register.fields_for(viewer).items()
        if not column.read_only_for(viewer) and name != register.scope.site
    ]


@transaction.atomic
def merge(register, wish, *, act):
    """Merges as one change set and returns its Merge. Raises Denied, Refused, and Conflict where one of the records
    was written since it was seen."""
    keys = {row.pk for row in wish.rows}
    if not 2 <= len(keys) <= MOST or wish.kept.pk not in keys:
        raise Refused([Refusal(0, None, "number", _("Choose two to %(most)d records.") % {"most": MOST})])
    if not act.reason.strip():
        raise Refused([Refusal(0, None, "reason", _("Please give a reason."))])
    # All of them in one order, so that two merges never wait for each other.
    list(register.model.rows.filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk"))
    _entitled(register, keys, act.viewer)
    if len({row.site_id for row in wish.rows if hasattr(row, "site_id")}) > 1:
        raise Refused([Refusal(0, None, "site", _("Records of different sites are not merged."))])
    act.change_set = change_set = open_change_set(register, act)
    _move_references(register, wish, act)
    writes = [Write(row=row, version=row.version, action="void") for row in wish.others]
    writes.append(Write(row=wish.kept, version=wish.kept.version, values=_values(register, wish, act.viewer)))
    writes[-1].lines = _lines(register, wish)
    write_rows(change_set, register, writes, act=act)
    done = Merge.objects.create(register=register.code, kept=wish.kept.pk, change_set=change_set)
    Merged.objects.bulk_create(Merged(merge=done, register=register.code, row=row.pk) for row in wish.others)
    _move_beside(done)
    Member.objects.filter(register=register.code, row__in=[row.pk for row in wish.others]).delete()
    finish(change_set)
    return done


def _entitled(register, keys, viewer):
    for verb in ("change", "void"):
        if register.changeable(viewer, verb).filter(pk__in=keys).count() != len(keys):
            raise Denied(f"{viewer.user} may not {verb} all of these records of {register.code}.")


def _values(register, wish, viewer):
    """What the kept record takes over: {field name: value}."""
    values = {}
    for column in choices(register, viewer):
        chosen = wish.chosen.get(column.name, wish.kept)
        if chosen == TOGETHER and column.many:
            together = [item for row in (wish.kept, *wish.others) for item in column.raw(row) or []]
            values[column.name] = list(dict.fromkeys(together))
        elif chosen != TOGETHER and chosen.pk != wish.kept.pk:
            values[column.name] = column.raw(chosen)
    for name, into in register.gathers.items():
        _gather(register, wish, values, name, into)
    return values


def _gather(register, wish, values, name, into):
    """Values of the field `name` that were not chosen stay findable in the list `into`."""
    column, further = register.column(name), register.column(into)
    stays = values.get(name, column.raw(wish.kept))
    held = values.get(into, further.raw(wish.kept)) or []
    rest = [column.raw(row) for row in wish.rows if column.raw(row) and column.raw(row) != stays]
    gathered = list(dict.fromkeys([*held, *rest]))
    if gathered != (further.raw(wish.kept) or []):
        values[into] = gathered


def _lines(register, wish):
    """{code of the part: [Write]}: lines of the others that the kept record has no line with the same key for."""
    found = {}
    for part in register.parts:
        lines = part.lines_of(wish.rows)
        names = [name for name, column in part.fields.items() if not column.computed]
        held = {_key(part, line) for line in lines[wish.kept.pk]}
        for row in wish.others:
            for line in lines[row.pk]:
                if not part.key or _key(part, line) not in held:
                    held.add(_key(part, line))
                    values = {name: part.column(name).raw(line) for name in names}
                    found.setdefault(part.code, []).append(Write(values=values))
    return found


def _key(part, line):
    return tuple(part.column(name).raw(line) for name in part.key)


def _move_references(register, wish, act):
    """What points to the others points to the kept record: acts on the way, in every register there is."""
    others = [row.pk for row in wish.others]
    merged = {row.pk for row in wish.rows}
    for keeper in catalogue.keepers():
        moved = {}
        for column in keeper.fields.values():
            if column.field.is_relation and column.field.related_model is register.model:
                for row in _pointing(keeper, column, others):
                    if keeper.model is not register.model or row.pk not in merged:
                        write = moved.setdefault(row.pk, Write(row=row))
                        write.values[column.name] = wish.kept
        if moved:
            _write_on_the_way(keeper, list(moved.values()), act)


def _pointing(keeper, column, others):
    """The living rows of `keeper` that point to one of `others` through `column`."""
    rows = keeper.model.rows.filter(voided_at=None).order_by("pk")
    if column.on_model:
        return rows.filter(**{f"{column.field.attname}__in": others})
    return rows.filter(pk__in=Link.objects.filter(key=column.name, target__in=others).values("row"))


def _write_on_the_way(keeper, writes, act):
    register = keeper.register if keeper.of else keeper
    if keeper.of:
        # A line is written with its record.
        records = {}
        for line in writes:
            record = getattr(line.row, keeper.of)
            whole = records.setdefault(record.pk, Write(row=record))
            whole.lines.setdefault(keeper.code, []).append(line)
        writes = list(records.values())
    inner = act.on_the_way(viewer=system_viewer(act.actor))
    change_set = open_change_set(register, inner)
    write_rows(change_set, register, writes, act=inner)
    finish(change_set)


# Files and comments


def _move_beside(done):
    """Files and comments of the merged records go along; `Moved` remembers from where."""
    rows = list(done.merged.values_list("row", flat=True))
    for kind, model in BESIDE.items():
        found = model.objects.filter(register=done.register, row__in=rows)
        Moved.objects.bulk_create(
            Moved(merge=done, kind=kind, number=number, row=row) for number, row in found.values_list("pk", "row")
        )
        found.update(row=done.kept)


def follow_undo(change_set, undoing):
    """Undoing a merge takes files, comments and pointers back; undoing that undoing brings them again."""
    back = Merge.objects.filter(change_set=change_set, active=True).first()
    again = (
        Merge.objects.filter(change_set=change_set.undoes_id, active=False).first() if change_set.undoes_id else None
    )
    done = back or again
    if done is None:
        return
    done.active = done is again
    done.save(update_fields=["active"])
    done.merged.update(active=done.active)
    if done is again:
        _move_beside(done)
        return
    for moved in done.moved.all():
        BESIDE[moved.kind].objects.filter(pk=moved.number, row=done.kept).update(row=moved.row)
    done.moved.all().delete()


def kept_for(register, row):
    """The record into which `row` was merged, in the end; None where it was not."""
    number, seen = row.pk, set()
    while number not in seen:
        seen.add(number)
        found = Merged.objects.filter(register=register.code, row=number, active=True).select_related("merge").first()
        if found is None:
            break
        number = found.merge.kept
    return None if number == row.pk else register.model.rows.get(pk=number)
