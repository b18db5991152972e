"""How a column can be compared: the operators of each kind of value, each one as a predicate of the ORM.

Negative operators hold for empty values too: whoever asks for “not from the internet” means customers without a
source as well. Moments are compared by their day in local time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import DecimalField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..models import SearchKey
from ..screens import lookups  # noqa: F401  registers the lookup `has_item`
from ..search import probes
from . import operands
from .periods import days_of


@dataclass(frozen=True)
class Operator:
    """One way to compare. `predicate(column, value)` is the Q of the rows for which it holds."""

    code: str
    label: Promise
    operand: operands.Operand
    predicate: Callable


def _known(column):
    return Q(**{f"{column.path}__isnull": False})


def _not(predicate, column):
    """The rows for which `predicate` does not hold, empty ones included."""
    return ~predicate | ~_known(column)


def _equal(column, value):
    return Q(**{column.path: value})


def _within(column, values):
    return Q(**{f"{column.path}__in": values})


def _starting(column, text):
    return Q(**{f"{column.path}__istartswith": text})


def _containing(column, text):
    """The words as they stand; where the search knows the column, its keys find the rows and the words decide."""
    register = column.register
    predicate = Q(**{f"{column.path}__icontains": text})
    if column.name in register.search and not column.audience:
        for piece in probes(text):
            rows = SearchKey.objects.filter(register=register.code, key=piece).values("row")
            predicate &= Q(pk__in=rows)
    return predicate


def _empty(column, _value=None):
    predicate = ~_known(column)
    if column.kind in _LISTS:
        return predicate | Q(**{column.path: []})
    return predicate | Q(**{column.path: ""}) if operators_of_kind(column) is TEXTS else predicate


def _empty_choice(column, _value=None):
    return ~_known(column) | Q(**{column.path: ""})


def _any_item(column, values):
    predicate = Q()
    for value in values:
        predicate |= Q(**{f"{column.path}__has_item": value})
    return predicate


def _all_items(column, values):
    predicate = Q()
    for value in values:
        predicate &= Q(**{f"{column.path}__has_item": value})
    return predicate


def _at_least(column, value):
    return Q(**{f"{column.path}__gte": value})


def _at_most(column, value):
    return Q(**{f"{column.path}__lte": value})


def _between(column, ends):
    least, most = ends
    predicate = _at_least(column, least) if least is not None else Q()
    return predicate & _at_most(column, most) if most is not None else predicate


def _overlapping(column, ends):
    """A range of two numbers in one JSON column, the second left out when they are equal."""
    number = DecimalField(max_digits=20, decimal_places=2)
    low = Cast(KeyTextTransform(0, column.path), number)
    high = Coalesce(Cast(KeyTextTransform(1, column.path), number), low)
    least, most = ends
    predicate = Q(GreaterThanOrEqual(high, least)) if least is not None else Q()
    return predicate & Q(LessThanOrEqual(low, most)) if most is not None else predicate


def _days(column, ends):
    first, last = ends
    if column.kind == "Moment":
        first = first and timezone.make_aware(datetime.combine(first, time.min))
        last = last and timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    end = "lt" if column.kind == "Moment" else "lte"
    predicate = Q(**{f"{column.path}__gte": first}) if first else Q()
    return predicate & Q(**{f"{column.path}__{end}": last}) if last else predicate


def _period(column, period):
    return _days(column, days_of(period, timezone.localdate(clock.now())))


def _on(column, day):
    return _days(column, (day, day))


def _before(column, day):
    return _days(column, (None, day - timedelta(days=1)))


def _after(column, day):
    return _days(column, (day + timedelta(days=1), None))


def _records(column, chosen):
    return _within(column, chosen.rows)


def negated(predicate):
    return lambda column, value: _not(predicate(column, value), column)


def _empties(empty=_empty):
    nothing = operands.Operand()
    return [
        Operator("empty", _("is empty"), nothing, empty),
        Operator("filled", _("is not empty"), nothing, lambda column, value: ~empty(column)),
    ]


def _table(*found):
    return {operator.code: operator for operator in found}


_words, _choices, _number, _records_of = operands.Words(), operands.Choices(), operands.Number(), operands.Records()

TEXTS = _table(
    Operator("contains", _("contains"), _words, _containing),
    Operator("lacks", _("does not contain"), _words, negated(_containing)),
    Operator("equals", _("is"), _words, _equal),
    Operator("differs", _("is not"), _words, negated(_equal)),
    Operator("starts", _("begins with"), _words, _starting),
    *_empties(),
)
CHOICES = _table(
    Operator("any_of", _("is one of"), _choices, _within),
    Operator("none_of", _("is none of"), _choices, negated(_within)),
    *_empties(_empty_choice),
)
CHOICE_LISTS = _table(
    Operator("any_of", _("has one of"), _choices, _any_item),
    Operator("all_of", _("has all of"), _choices, _all_items),
    Operator("none_of", _("has none of"), _choices, negated(_any_item)),
    *_empties(),
)
TEXT_LISTS = _table(
    Operator("has", _("has"), _words, lambda column, text: _any_item(column, [text])),
    Operator("has_not", _("does not have"), _words, negated(lambda column, text: _any_item(column, [text]))),
    *_empties(),
)
YES_NO = _table(Operator("is", _("is"), operands.YesNo(), _equal))
NUMBERS = _table(
    Operator("between", _("is between"), operands.Numbers(), _between),
    Operator("equals", "=", _number, _equal),
    Operator("differs", "≠", _number, negated(_equal)),
    Operator("at_least", "≥", _number, _at_least),
    Operator("at_most", "≤", _number, _at_most),
    *_empties(),
)
RANGES = _table(Operator("overlaps", _("reaches into"), operands.Numbers(), _overlapping), *_empties())
DAYS = _table(
    Operator("within", _("lies in"), operands.Period(), _period),
    Operator("between", _("is between"), operands.Days(), _days),
    Operator("on", _("is on"), operands.Day(), _on),
    Operator("before", _("is before"), operands.Day(), _before),
    Operator("after", _("is after"), operands.Day(), _after),
    *_empties(),
)
REFERENCES = _table(
    Operator("any_of", _("is one of"), _records_of, _records),
    Operator("none_of", _("is none of"), _records_of, negated(_records)),
    *_empties(),
)

_LISTS = ("ChoiceList", "TextList", "PhoneList")
_BY_KIND = {
    "Text": TEXTS,
    "Name": TEXTS,
    "LongText": TEXTS,
    "UnitCode": TEXTS,
    "UnitPart": TEXTS,
    "Choice": CHOICES,
    "ChoiceList": CHOICE_LISTS,
    "TextList": TEXT_LISTS,
    "YesNo": YES_NO,
    "Integer": NUMBERS,
    "Quantity": NUMBERS,
    "Amount": NUMBERS,
    "Area": NUMBERS,
    "AmountRange": RANGES,
    "AreaRange": RANGES,
    "Day": DAYS,
    "Moment": DAYS,
}


def operators_of_kind(column):
    return REFERENCES if column.field.is_relation else _BY_KIND.get(column.kind, {})


def operators_of(column, viewer):
    """{code: Operator} by which `viewer` may narrow a list by `column`; none for a masked column, whose values
    the answer would tell, and for a reference to a register the viewer does not know."""
    if (
        column.personal
        or not column.open_to(viewer)
        or (column.field.is_relation and not (column.target and column.target.seen_by(viewer)))
    ):
        return {}
    found = operators_of_kind(column)
    return found if column.may_be_empty else {code: one for code, one in found.items() if code not in EMPTIES}


EMPTIES = ("empty", "filled")
