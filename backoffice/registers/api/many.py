"""Changing or voiding many records by one request: queued as a bulk edit, written in the background through the door.

Nobody looks at a preview here: each row is written as it stood when the request came, and one that somebody changed
since, or that breaks a rule, is left alone and listed with the reason.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from ..changes import Refusal, Refused
from ..lists import bulk as bulks
from ..lists.jobs import WRITE, queue
from ..lists.models import BulkEdit, BulkRow
from .records import PUBLIC_ID, parameters_of

State, Fate, Action = BulkEdit.State, BulkRow.Fate, BulkEdit.Action
ACTIONS = {"change": Action.SAVE, "void": Action.VOID}
LISTED = 100


def begin(records, asked):
    """Queues what `asked` (a schema of `schemas.bulk_schema`) wants. Returns what `told` tells of it."""
    register, viewer, action = records.register, records.viewer, ACTIONS[asked.action]
    if not register.may(viewer, bulks.verb_of(action)):
        raise Http404
    rows = _rows(records, asked)
    posted = _posted(register, viewer, asked) if action == Action.SAVE else {}
    with transaction.atomic():
        try:
            bulk = bulks.begin(register, viewer, rows, action)
        except bulks.TooMany:
            raise _refused("where", _("These are more than %(count)d records.") % {"count": bulks.MOST}) from None
        if not bulk.rows.exists():
            raise _refused("where" if asked.ids is None else "ids", _("None of these records can be changed by you."))
        bulk.values, bulk.reason, bulk.state = posted, asked.reason, State.WRITING
        bulk.save(update_fields=["values", "reason", "state"])
        bulk.rows.update(fate=Fate.CHANGE)
        queue(bulk, WRITE)
    return told(records, bulk)


def found(records, key):
    """The bulk edit `key`, which belongs to whoever asks."""
    mine = BulkEdit.objects.filter(owner=records.viewer.user, register=records.register.code)
    return told(records, get_object_or_404(mine.select_related("job", "change_set"), public_id=key))


def told(records, bulk):
    """How far a bulk edit has come, as a dictionary of `schemas.BulkOut`."""
    job, act, counts = bulk.job, bulk.change_set, bulks.counts(bulk)
    refused = bulk.rows.filter(fate__in=[Fate.REFUSED, Fate.CONFLICT]).order_by("pk")[:LISTED]
    ids = dict(records.register.model.rows.filter(pk__in=[one.row for one in refused]).values_list("pk", "public_id"))
    return {
        "id": bulk.public_id,
        "state": bulk.state,
        "done": job.progress_done if job else 0,
        "total": job.progress_total if job else None,
        "written": act.touched if act else 0,
        "refused": counts[Fate.REFUSED],
        "conflicts": counts[Fate.CONFLICT],
        "beyond": bulk.beyond,
        "change_set": act.public_id if act and bulk.state == State.DONE else None,
        "sentence": bulk.sentence,
        "problems": [{"id": ids[one.row], "errors": _reasons(one)} for one in refused],
        "location": f"/api/v1/{records.register.code}/bulk/{bulk.public_id}/",
    }


def _reasons(staged):
    if staged.fate == Fate.CONFLICT:
        return {"record": [str(Fate.CONFLICT.label)]}
    errors = {}
    for problem in staged.problems:
        errors.setdefault(problem["field"] or "record", []).append(problem["message"])
    return errors


def _rows(records, asked):
    if (asked.ids is None) == (asked.where is None):
        raise _refused("ids", _("Please send either ids or where."))
    if asked.where is not None:
        where = asked.where
        listing = records.listing(
            parameters_of(where.filters.dict()), where.query.strip(), where.conditions and where.conditions.as_json()
        )
        return listing.rows
    wanted = {key for key in asked.ids if PUBLIC_ID.fullmatch(key)}
    rows = records.register.visible(records.viewer).filter(public_id__in=wanted)
    unknown = set(asked.ids) - set(rows.values_list("public_id", flat=True))
    if unknown:
        listed = ", ".join(sorted(unknown)[:10])
        raise _refused("ids", _("There are no such records: %(ids)s") % {"ids": listed})
    return rows


def _posted(register, viewer, asked):
    """The values as the form of a bulk edit keeps them. Raises Refused for those it does not take."""
    values = asked.values.dict(exclude_unset=True) if asked.values else {}
    values |= values.pop("added", None) or {}
    offered = bulks.BulkForm(register, viewer)
    if unknown := sorted(set(values) - set(offered.fields)):
        message = _("This field cannot be set on several records at once.")
        raise Refused([Refusal(0, name, "not_in_bulk", message) for name in unknown])
    if not values:
        raise _refused("values", _("Please send what shall be set."))
    data = QueryDict(mutable=True)
    for name, value in values.items():
        plain = offered.fields[name].prepare_value(value)
        data.setlist(name, [_text(one) for one in (plain if isinstance(plain, list | tuple) else [plain])])
    form = bulks.BulkForm(register, viewer, data, list(values))
    if not form.is_valid():
        refusals = [Refusal(0, name, "invalid", text) for name, texts in form.errors.items() for text in texts]
        raise Refused(refusals)
    return form.posted()


def _text(value):
    """A value of JSON as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if timezone.is_aware(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _refused(field, sentence):
    return Refused([Refusal(0, field, "invalid", sentence)])
