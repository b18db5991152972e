"""Taking values out of a record and its history for good: with a case and a reason, and by two persons.

The digests of what was there stay in the log and cannot be compared with anything any more: the salt leaves with the
values. For each version an entry vouches for what is left of it. Source: PIPL 47; architecture of the audit log.
"""

from django.db import models, transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock

from .. import catalogue
from ..changes.act import Act, Refusal, Refused, Write
from ..changes.door import finish, open_change_set, store
from ..fields import new_salt
from ..models import ChangeSet
from ..scope import system_viewer, viewer_of
from .digests import digest
from .log import VIEW
from .models import Event, Redaction
from .protection import permit


def ask(register, row, names, *, case, reason, by):
    """The Redaction of the fields `names` of `row`, asked for and not yet done. Raises Refused."""
    _entitled(register, by)
    if not (names and case.strip() and reason.strip()):
        _refuse("incomplete", _("A redaction names fields, a case and a reason."))
    for name in names:
        column = register.own_fields.get(name)
        if column is None:
            _refuse("unknown", _("There is no field “%(field)s” in %(register)s.") % _named(register, name))
        if not isinstance(column.field, models.CharField | models.TextField | models.JSONField | models.DateField):
            _refuse("kept", _("“%(field)s” of %(register)s cannot be redacted.") % _named(register, name))
        if isinstance(column.field, models.DateField) and not column.field.null:
            _refuse("kept", _("“%(field)s” of %(register)s cannot be redacted.") % _named(register, name))
    return Redaction.objects.create(
        register=register.code,
        row=row.pk,
        fields=list(names),
        case=case.strip()[:60],
        reason=reason.strip()[:200],
        asked_by=by,
        asked_at=clock.now(),
    )


def carry_out(redaction, *, by):
    """Does what was asked for by somebody else. Returns the ChangeSet. Raises Refused."""
    register = catalogue.keeper(redaction.register)
    _entitled(register, by)
    with transaction.atomic():
        redaction = Redaction.objects.select_for_update().get(pk=redaction.pk)
        if redaction.done_at is not None:
            _refuse("done", _("This redaction has been carried out."))
        if redaction.asked_by_id == by.pk:
            _refuse("same_person", _("A redaction is carried out by another person than the one who asked for it."))
        row = register.model.rows.select_for_update().get(pk=redaction.row)
        older = list(register.history.objects.filter(id=row.pk).order_by("pk"))
        reason = f"{redaction.case}: {redaction.reason}"
        act = Act(by, ChangeSet.Channel.SHELL, reason, viewer=system_viewer(by))
        change_set = open_change_set(register, act)
        values = _emptied(register, row, redaction.fields)
        for name, value in values.items():
            register.column(name).put(row, value)
        store(change_set, register, [Write(row=row, values=values)], act, clock.now())
        _empty_history(register, older, redaction, change_set, by)
        redaction.done_by, redaction.done_at, redaction.change_set = by, clock.now(), change_set
        redaction.save()
        return finish(change_set)


def _entitled(register, user):
    viewer = viewer_of(user)
    if not (viewer.may(register, "configure") or any(VIEW in seat.permissions for seat in viewer.seats)):
        _refuse("not_entitled", _("Redactions are for who configures the register or reads the audit log."))


def _refuse(code, sentence):
    raise Refused([Refusal(0, None, code, sentence)])


def _named(register, name):
    return {"field": name, "register": register.label_plural}


def _emptied(register, row, names):
    """{name: what stands in place of the value}: nothing, or the number of the record where something must."""
    return {name: _instead(register.own_fields[name].field, row) for name in names}


def _instead(field, row):
    if isinstance(field, models.JSONField):
        return None if field.null else field.get_default()
    if field.null:
        return None
    return "" if field.blank else f"#{row.public_id}"


def _empty_history(register, entries, redaction, change_set, by):
    now = clock.now()
    noted = []
    with permit(register.history._meta.db_table):
        for entry in entries:
            changed = [name for name in redaction.fields if _had(register, name, entry)]
            if not changed:
                continue
            for name, value in _emptied(register, entry, changed).items():
                setattr(entry, name, value)
            entry.salt = new_salt()
            register.history.objects.bulk_update([entry], [*changed, "salt"])
            noted.append(
                Event(
                    at=now,
                    deed=Event.Deed.REDACTED,
                    register=register.code,
                    row=entry.id,
                    actor=by,
                    channel=change_set.channel,
                    entry=entry.history_id,
                    change_set=change_set,
                    digest=digest(register.history.objects.get(pk=entry.pk)),
                )
            )
    Event.objects.bulk_create(noted)


def _had(register, name, entry):
    return register.own_fields[name].raw(entry) not in (None, "", [])
