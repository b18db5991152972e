"""Entries of the audit log, written in the transaction of what they tell of. Nobody waits for the chain here."""

from .digests import digest
from .models import Event, Seen

BATCH = 500


def of_history(register, change_set, written):
    """One entry for each `(history row, deed)` just written."""
    site = _site_of(register, [entry for entry, _deed in written])
    Event.objects.bulk_create(
        [
            Event(
                at=entry.history_date,
                deed=deed,
                register=register.code,
                row=entry.id,
                site=site(entry),
                actor_id=entry.history_user_id,
                channel=change_set.channel,
                entry=entry.history_id,
                change_set=change_set,
                digest=digest(entry),
            )
            for entry, deed in written
        ],
        batch_size=BATCH,
    )


def of_act(change_set, deed=Event.Deed.CLOSED):
    """The entry of a change set that was just finished: from now on it stays as it is."""
    Event.objects.create(
        at=change_set.finished_at,
        deed=deed,
        register=change_set.register,
        actor_id=change_set.actor_id,
        channel=change_set.channel,
        change_set=change_set,
        digest=digest(change_set),
    )


def of_setting(change_set):
    """The entry of a change of settings, whose reason says what changed into what."""
    of_act(change_set, Event.Deed.CONFIGURED)


def of_accesses(accesses):
    """The entries of looks at personal data, and where a look was at several records, one `Seen` for each."""
    Event.objects.bulk_create(
        [
            Event(
                at=access.at,
                deed=access.kind,
                register=access.register,
                row=access.row,
                site=_site_of_row(access.register, access.row or next(iter(access.seen), None)),
                actor_id=access.actor_id,
                access=access,
                digest=digest(access),
            )
            for access in accesses
        ],
        batch_size=BATCH,
    )
    seen = [Seen(access=access, register=access.register, row=row) for access in accesses for row in access.seen]
    Seen.objects.bulk_create(seen, batch_size=BATCH)


def _site_of(register, entries):
    """The function that says at which site one of `entries` stands; None for rows of no site or of one further away.
    A line of a part stands where its record does."""
    if register.of and register.scope.site:
        records = register.register.model.rows.filter(
            pk__in={getattr(entry, register.reference) for entry in entries}
        )
        sites = dict(records.values_list("pk", register.register.scope.site))
        return lambda entry: sites[getattr(entry, register.reference)]
    path = register.scope.site
    column = register.own_fields.get(path) if path else None
    if column is not None:
        return column.raw
    if path in ("pk", "id"):
        return lambda row: row.id
    return lambda row: None


def _site_of_row(code, row):
    from .. import catalogue

    if row is None:
        return None
    register = catalogue.keeper(code)
    path = register.scope.site or ""
    if not register.of and path not in register.own_fields:
        return None
    return register.model.rows.filter(pk=row).values_list(path, flat=True).first() if path else None
