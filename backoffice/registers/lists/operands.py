"""What a condition compares with: reading it from JSON, judging it, and saying it in words.

An operand is given as JSON (a text, a number, a list) and read into Python values. What cannot be read raises
`NotUnderstood` with a sentence for the person who asked.
"""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .. import dictionaries
from ..screens import references
from .periods import PERIODS

MOST = 200
TEXT_LENGTH = 100
# The person who looks, among the staff a reference may point to: a shared view means each reader's own records.
ME = "me"


class NotUnderstood(ValueError):
    """A question to a list that cannot be answered, with the reason as a sentence."""

    def __init__(self, sentence):
        self.sentence = str(sentence)
        super().__init__(self.sentence)


class Operand:
    """One shape of operand. `shape` tells the builder which input to draw; `free` operands are typed freely, may
    hold personal data and never stand in an address."""

    shape = "none"
    free = False

    def read(self, given, column, viewer):
        """The Python value of the JSON `given`."""
        if given not in (None, "", []):
            raise NotUnderstood(_("“%(field)s” takes no value here.") % {"field": column.label})

    def say(self, value, column):
        """`value` as a person reads it."""
        return ""


class Words(Operand):
    shape = "text"
    free = True

    def read(self, given, column, viewer):
        if not isinstance(given, str) or not given.strip() or "\x00" in given:
            raise NotUnderstood(_("Please type what “%(field)s” is compared with.") % {"field": column.label})
        if len(given) > TEXT_LENGTH:
            raise NotUnderstood(_("“%(field)s” is compared with a short text only.") % {"field": column.label})
        return given.strip()

    def say(self, value, column):
        return f"“{value}”"


class Choices(Operand):
    """Codes of the column's dictionary or fixed list; retired ones too, because records keep them."""

    shape = "choices"

    def read(self, given, column, viewer):
        codes = _several(given, column)
        known = labels_of(column)
        for code in codes:
            if code not in known:
                raise NotUnderstood(
                    _("“%(value)s” is not a value of “%(field)s”.") % {"value": code, "field": column.label}
                )
        return tuple(codes)

    def say(self, value, column):
        known = labels_of(column)
        return _(", ").join(str(known[code]) for code in value)


class YesNo(Operand):
    shape = "yes_no"

    def read(self, given, column, viewer):
        if not isinstance(given, bool):
            raise NotUnderstood(_("“%(field)s” is either yes or no.") % {"field": column.label})
        return given

    def say(self, value, column):
        return _("yes") if value else _("no")


class Number(Operand):
    shape = "number"

    def read(self, given, column, viewer):
        return _number(given, column)

    def say(self, value, column):
        return f"{value:,f}"


class Span(Operand):
    """Two ends, of which one may be missing. `read_end` reads one."""

    def read(self, given, column, viewer):
        if not isinstance(given, list) or len(given) != 2 or all(end in (None, "") for end in given):
            raise NotUnderstood(_("“%(field)s” needs a lower or an upper end.") % {"field": column.label})
        first, last = (None if end in (None, "") else self.read_end(end, column) for end in given)
        if first is not None and last is not None and first > last:
            raise NotUnderstood(_("“%(field)s”: the lower end comes first.") % {"field": column.label})
        return first, last

    def say(self, value, column):
        first, last = ("" if end is None else self.say_end(end) for end in value)
        if not last:
            return _("from %(first)s") % {"first": first}
        return f"{first} – {last}" if first else _("up to %(last)s") % {"last": last}


class Numbers(Span):
    shape = "numbers"

    def read_end(self, end, column):
        return _number(end, column)

    def say_end(self, end):
        return f"{end:,f}"


class Days(Span):
    shape = "days"

    def read_end(self, end, column):
        return _day(end, column)

    def say_end(self, end):
        return formats.date_format(end, "Y-m-d")


class Day(Operand):
    shape = "day"

    def read(self, given, column, viewer):
        return _day(given, column)

    def say(self, value, column):
        return formats.date_format(value, "Y-m-d")


class Period(Operand):
    shape = "period"

    def read(self, given, column, viewer):
        if not isinstance(given, str) or given not in PERIODS:
            raise NotUnderstood(_("“%(value)s” is not a known period.") % {"value": given})
        return given

    def say(self, value, column):
        return str(PERIODS[value])


class Records(Operand):
    """Other records, by public id, among those the viewer may choose; `me` is the viewer's own staff record."""

    shape = "records"

    def read(self, given, column, viewer):
        keys = _several(given, column)
        found = {}
        if wanted := [key for key in keys if key != ME]:
            rows = column.target.choosable(viewer).filter(public_id__in=wanted)
            found = {row.public_id: row for row in rows}
        for key in keys:
            if key not in found and not (key == ME and points_to_staff(column)):
                raise NotUnderstood(
                    _("“%(field)s” names a record that does not exist or that you may not choose.")
                    % {"field": column.label}
                )
        return Chosen(keys, found, viewer)

    def say(self, value, column):
        return _(", ").join(text for _key, text in value.named(column))


class Chosen:
    """The records a condition names. `rows` are their row numbers."""

    def __init__(self, keys, found, viewer):
        self.keys, self.found, self.viewer = tuple(keys), found, viewer

    @cached_property
    def rows(self):
        mine = self.viewer.staff if ME in self.keys else ()
        return sorted({row.pk for row in self.found.values()} | set(mine))

    def named(self, column):
        """[(key, what it is called)]"""
        return [
            (key, _("myself") if key == ME else references.label_of(column.target, self.found[key]))
            for key in self.keys
        ]


def points_to_staff(column):
    """Whether `column` points to the people themselves, so that “myself” can be meant."""
    return column.target is not None and column.target.scope.own == "pk"


def labels_of(column):
    """{code: label} of every value the column may hold, retired ones included."""
    return dict(dictionaries.all_choices(column.dictionary) if column.dictionary else column.field.flatchoices)


def _several(given, column):
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        raise NotUnderstood(_("Please choose at least one value of “%(field)s”.") % {"field": column.label})
    if len(given) > MOST:
        raise NotUnderstood(
            _("“%(field)s” is compared with at most %(most)d values.") % {"field": column.label, "most": MOST}
        )
    return list(dict.fromkeys(given))


def _number(given, column):
    try:
        number = Decimal(str(given)) if not isinstance(given, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 15:
        raise NotUnderstood(_("“%(field)s” is compared with a number.") % {"field": column.label})
    return number


def _day(given, column):
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise NotUnderstood(
            _("“%(field)s” is compared with a date such as 2025-06-01.") % {"field": column.label}
        ) from None
