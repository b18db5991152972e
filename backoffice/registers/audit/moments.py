"""Rows as they were at a past moment: the latest history row of each that is not younger.

A past view is a query on the history that is narrowed, sorted and paged like any list. Its rows are shown as records
with their values of then, under today's rights to today's row and under today's masks: see `Values.owns`.
"""

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from types import SimpleNamespace

from django.db.models import OuterRef, Subquery
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from backoffice.jobs import clock

from ..lists.operands import NotUnderstood

PARAMETER = "as_of"


def read(text, viewer=None):
    """The aware datetime of `text`, or None for an empty one. A day alone means its end. Raises NotUnderstood."""
    text = (text or "").strip().replace(" ", "T")
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            found = datetime.combine(parse_date(text), time.max)
        else:
            found = parse_datetime(text)
    except (ValueError, TypeError):
        found = None
    if found is None:
        raise NotUnderstood(_("Please write the moment as 2025-03-03 or 2025-03-03 14:30."))
    found = found if timezone.is_aware(found) else timezone.make_aware(found)
    now = getattr(viewer, "moment", None) or clock.now()
    if found > now + timedelta(days=1):
        raise NotUnderstood(_("This moment has not come yet."))
    return min(found, now)


def said(moment):
    """The moment as a person reads it."""
    return formats.date_format(timezone.localtime(moment), "Y-m-d H:i:s")


def stamp(moment):
    """The moment for the name of a file."""
    return formats.date_format(timezone.localtime(moment), "Ymd-His")


def states(register, rows, moment):
    """The history rows in force at `moment` of `rows`, a queryset of records; nothing for those entered later."""
    history = register.history.objects
    then = history.filter(id=OuterRef("pk"), history_date__lte=moment)
    latest = then.order_by("-history_date", "-history_id").values("pk")[:1]
    return history.filter(pk__in=rows.order_by().annotate(then=Subquery(latest)).values("then"))


def state_of(register, row, moment):
    """`row` as it was at `moment`, or None where it had not been entered."""
    found = whole(register, register.history.objects).filter(id=row.pk, history_date__lte=moment)
    state = found.order_by("-history_date", "-history_id").first()
    return None if state is None else _record(register, state, row)


def is_past(register, rows):
    """Whether the queryset `rows` is one of `states`."""
    return rows.model is not register.model


def whole(register, found):
    """History rows with everything of what their references point to."""
    names = [column.name for column in register.own_fields.values() if column.joined]
    return (found.select_related(*names) if names else found).order_by()


def presented(register, rows):
    """`rows` of a page as records: history rows with their values of then, records as they are."""
    if not rows or isinstance(rows[0], register.model):
        return rows
    from ..screens.pages import fetched

    today = fetched(register.model.rows, register, []).in_bulk([state.id for state in rows])
    return [_record(register, state, today[state.id]) for state in rows]


def _record(register, state, today):
    record = register.model(
        **{field.attname: getattr(state, field.attname) for field in register.options.concrete_fields}
    )
    record._state.adding = False
    for column in register.own_fields.values():
        if column.joined and column.field.is_cached(state):
            column.field.set_cached_value(record, column.field.get_cached_value(state))
    record.today = today
    return record


class _PastColumn:
    """A column in a condition on the past. The search keys know the present only, so they are left out."""

    def __init__(self, column):
        self._column = column
        self.register = SimpleNamespace(code=column.register.code, search=(), searched=())

    def __getattr__(self, name):
        return getattr(self._column, name)


def past(tree):
    """The tree of conditions `tree` for a query on the history."""
    if hasattr(tree, "parts"):
        return replace(tree, parts=tuple(past(part) for part in tree.parts))
    return replace(tree, column=_PastColumn(tree.column))
