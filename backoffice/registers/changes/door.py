"""The one door: checks that the act is allowed and true, then writes rows, history, search keys and the event.

Whoever calls it — form, list, bulk edit, import, API, approval, undo, timer — gives a list of `Write`s; a single
record is a list of one, so every rule exists in one form. Checks never stop at the first bad row.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import emit

from ..audit import events, origin
from ..definitions import derived, known
from ..models import ChangeSet, SearchKey
from ..numbering import numbers
from . import hashed_keys, lines
from .act import VOIDED, Conflict, Denied, Refusal, Refused
from .checks import clean_values, duplicate_keys, read_only
from .opening import door_open

BATCH = 500


def apply(register, writes, *, act):
    """Writes all of `writes` or nothing, as one change set. Raises Denied, Refused or Conflict.

    Returns the ChangeSet. Rows that would not change are left alone and counted nowhere.
    """
    with transaction.atomic():
        change_set = open_change_set(register, act)
        write_rows(change_set, register, writes, act=act)
        return finish(change_set)


def open_change_set(register, act):
    """The change set of an act that is about to write, perhaps in several transactions."""
    change_set = ChangeSet(
        register=register.code,
        at=clock.now(),
        actor=act.actor,
        channel=act.channel,
        reason=act.reason[:200],
        source_name=act.source_name[:200],
        source_sha256=act.source_sha256,
        undoes=act.undoes,
        within=act.within,
    )
    origin.stamp(change_set).save()
    return change_set


def finish(change_set):
    """Closes a change set: its counts are final, and everybody who listens hears one event."""
    change_set.finished_at = clock.now()
    change_set.save()
    events.of_act(change_set)
    emit("records.changed", {"register": change_set.register}, change_set=change_set.pk)
    return change_set


def write_rows(change_set, register, writes, *, act):
    """Writes `writes` into an open change set inside the caller's transaction. Returns the rows, in their order.

    An unchanged row is returned as it stands.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("write_rows belongs into the transaction that its caller opened.")
    act.change_set = change_set
    refusals, now = judge(register, writes, act)
    if refusals:
        raise Refused(refusals)
    written = store(change_set, register, writes, act, now)
    if written:
        register.after_write(written)
    return [write.row for write in writes]


def judge(register, writes, act):
    """Everything that comes before the writing: (refusals of all rows, the moment of the act).

    Locks the rows. Each accepted row is then as it would be written, and `write.values` holds what differs. Raises
    Denied or Conflict.
    """
    for policy in POLICIES:
        policy(register, writes, act)
    _lock(register, writes, act)
    now = clock.now()
    refusals = _judge_rows(register, writes, act, now)
    if register.parts:
        refusals += lines.judge(register, writes, act, now, _judge_rows)
    return refusals, now


def _judge_rows(register, writes, act, now):
    """The refusals of rows that are locked: verbs, values, reach, keys, and the register's own checks."""
    refusals = list(_judge_verbs(register, writes, act))
    asked = [set(write.values) for write in writes]
    refusals += clean_values(register, writes, act)
    refused = {refusal.index for refusal in refusals}
    for index, write in enumerate(writes):
        if index not in refused:
            _set(register, write, act, now)
    refusals += read_only(register, writes, act, asked, skip=refused)
    refusals += _outside_reach(register, writes, act, skip=refused)
    refusals += duplicate_keys(register, writes, act, skip=refused)
    for check in register.checks:
        refusals += check(register, writes)
    return refusals


# A policy is `function(register, writes, act)`; it may raise to hold the act back, for example for approval.
POLICIES = []


def _lock(register, writes, act):
    """Reads the rows to be changed under lock, as far as the actor may apply the verb to them."""
    wanted = {}
    for write in writes:
        if write.row is None:
            if not register.may(act.viewer, "add") and not (
                act.channel == "import" and register.may(act.viewer, "import")
            ):
                raise Denied(f"{act.actor} may not add to {register.code}.")
        else:
            verb = "void" if write.action in ("void", "unvoid") else "change"
            wanted.setdefault(verb, set()).add(write.row.pk)
    found = {}
    for verb, keys in wanted.items():
        # An undo takes back what its own actor may have had no verb for (voiding what they created); the
        # caller has already asked whether the act itself may be undone.
        rows = register.visible(act.viewer) if act.channel == "undo" else register.changeable(act.viewer, verb)
        locked = register.model.rows.filter(pk__in=rows.filter(pk__in=keys).values("pk")).select_for_update()
        found |= {row.pk: row for row in locked}
        if keys - set(found):
            raise Denied(f"{act.actor} may not {verb} some rows of {register.code}.")
    for index, write in enumerate(writes):
        if write.row is not None:
            write.row = found[write.row.pk]
            if write.version is not None and write.version != write.row.version:
                raise Conflict(write.row, index)


def _judge_verbs(register, writes, act):
    """Voided rows stay as they are; restricted fields need their verb."""
    for index, write in enumerate(writes):
        if write.row is not None and write.row.is_void and write.action != "unvoid":
            yield Refusal(index, None, "void", str(VOIDED))
        if act.channel == "undo":
            continue
        if closed := [name for name in write.values if not register.column(name).open_to(act.viewer)]:
            raise Denied(f"{act.actor} may not know of {closed} of {register.code}.")
        if write.row is None:
            continue
        for name, verb in register.restricted.items():
            if name in write.values and not register.may(act.viewer, verb):
                before = register.column(name).raw(write.row)
                after = getattr(write.values[name], "pk", write.values[name])
                if before != after:
                    raise Denied(f"{act.actor} may not change {name} of {register.code}.")


def _outside_reach(register, writes, act, *, skip):
    """Refusals of rows put at a site where the actor does not hold the verb."""
    path = register.scope.site
    if act.viewer.everything or not path or "__" in path or path not in register.fields:
        return
    column = register.column(path)
    creating = "import" if act.channel == "import" else "add"
    sites = {verb: {seat.site for seat in act.viewer.seats_that(register, verb)} for verb in (creating, "change")}
    for index, write in enumerate(writes):
        if index in skip or path not in write.values:
            continue
        allowed = sites[creating if write.action == "create" else "change"]
        if None not in allowed and column.raw(write.row) not in allowed:
            yield Refusal(index, path, "site", str(_("You do not work at this site.")))


def _set(register, write, act, now):
    """Puts the clean values into the row and notes what that changes in `write.values`."""
    if write.row is None:
        write.row = register.model(created_by=act.actor, created_at=now, updated_at=now, version=0)
        for name, value in write.values.items():
            register.column(name).put(write.row, value)
        write.action = "create"
        derived.compute(register, write.row)
        return
    changed = {}
    for name, value in write.values.items():
        column = register.column(name)
        before = column.raw(write.row)
        column.put(write.row, value)
        if column.raw(write.row) != before:
            changed[name] = value
    write.values = changed | derived.compute(register, write.row)
    if write.action == "void":
        write.row.voided_at, write.row.void_reason = now, act.reason[:200]
    elif write.action == "unvoid":
        write.row.voided_at, write.row.void_reason = None, ""


def store(change_set, register, writes, act, now):
    """Rows, history, search keys, counts: one statement group. Returns the rows that changed.

    The writes have been judged; only a redaction writes without.
    """
    numbers.number(register, writes)
    created, updated = _sorted(writes)
    for write in created + updated:
        # Versions of a row never go back in time, even when the clock of the database does.
        write.row.updated_at = max(now, write.row.updated_at)
    with door_open():
        try:
            with transaction.atomic():
                _store_rows(change_set, register, writes, act)
                lines.settle(register, writes)
                for part, moving in lines.moving(register, writes):
                    _store_rows(change_set, part, moving, act)
        except IntegrityError as error:
            raise Refused([Refusal(0, None, "taken", str(duplicate_keys.TAKEN))]) from error
    written = [write.row for write in created + updated]
    voided = sum(write.action == "void" for write in updated)
    change_set.created += len(created)
    change_set.voided += voided
    change_set.updated += len(updated) - voided
    ChangeSet.objects.filter(pk=change_set.pk).update(
        created=change_set.created, updated=change_set.updated, voided=change_set.voided
    )
    return written


def _sorted(writes):
    """(those that create a row, those that change one)

    What a voided row gives up, a unique key, another may take; what comes back waits until it is free.
    """
    created = [write for write in writes if write.action == "create"]
    updated = [write for write in writes if write.action != "create" and write.moves]
    return created, sorted(updated, key=lambda write: _ORDER[write.action])


def _store_rows(change_set, register, writes, act):
    """The rows of one register or part, with all that stands beside them."""
    created, updated = _sorted(writes)
    for write in created + updated:
        write.row.version += 1
    # Updates first: what they give up, an ended assignment or a freed key, a new row may take.
    _update(register, updated)
    _insert(register, created)
    _remember(change_set, register, created, "+", act)
    _remember(change_set, register, updated, "~", act)
    derived.keep(register, [write.row for write in created + updated])
    hashed_keys.keep(register, [write.row for write in created + updated])
    # A row is found by its present values: where none of those changed, its keys stand.
    searched = {column.name for column in register.searched}
    index_rows(register, [write.row for write in created + updated if searched & set(write.values)])


def _insert(register, writes):
    rows = [write.row for write in writes]
    if rows:
        register.before_insert(rows)
    register.model.rows.bulk_create(rows, batch_size=BATCH)


def _update(register, writes):
    """An upsert by primary key: one statement for many rows, several times as fast as bulk_update."""
    if not writes:
        return
    names = {"version", "updated_at", "voided_at", "void_reason"}
    names |= {register.column(name).kept_in for name in set().union(*(write.values for write in writes))}
    register.model.rows.bulk_create(
        [write.row for write in writes],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=sorted(names),
    )


_ORDER = {"void": 0, "save": 1, "unvoid": 2}
# What the audit log calls the actions of a write.
_DEEDS = {"create": "created", "save": "changed", "void": "voided", "unvoid": "unvoided"}


def _remember(change_set, register, writes, kind, act):
    """One history row for each written row, with the act it belongs to and the line it came from; an entry in the
    audit log for each."""
    columns = [field.attname for field in register.options.concrete_fields]
    entries = register.history.objects.bulk_create(
        [
            register.history(
                **{name: getattr(write.row, name) for name in columns},
                history_type=kind,
                history_date=write.row.updated_at,
                history_user=act.actor,
                history_change_reason=act.reason[:100] or None,
                change_set=change_set,
                source_sheet=write.source[0][:120],
                source_row=write.source[1],
            )
            for write in writes
        ],
        batch_size=BATCH,
    )
    deeds = [_DEEDS[write.action] for write in writes]
    events.of_history(register, change_set, list(zip(entries, deeds, strict=True)))


def index_rows(register, rows):
    """Puts the rows under the keys of their present values."""
    columns = register.searched
    if not rows or not (columns or known.added_to(register)):
        return
    keys = {row.pk: set().union(*(column.search_keys(column.raw(row)) for column in columns)) for row in rows}
    SearchKey.objects.filter(register=register.code, row__in=keys).delete()
    SearchKey.objects.bulk_create(
        [SearchKey(register=register.code, row=row, key=key) for row, found in keys.items() for key in sorted(found)],
        batch_size=BATCH * 4,
    )


def reindex(register):
    """Rebuilds the side table of one register from its rows. For a changed `search` or hash key."""
    with transaction.atomic():
        SearchKey.objects.filter(register=register.code).delete()
        rows = register.model.rows.order_by("pk")
        last = 0
        while chunk := list(rows.filter(pk__gt=last)[:BATCH]):
            index_rows(register, chunk)
            last = chunk[-1].pk
