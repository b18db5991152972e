"""Which number series there are, what comes next in each, and changing how one is written."""

from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock, numbering

from .. import catalogue
from ..audit import events
from ..changes import Act, Denied, finish, open_change_set
from ..models import ChangeSet
from . import patterns
from .models import PatternChange, Series
from .numbers import pattern_of

# How many characters the code of a site may have.
LONGEST_CODE = 20


@dataclass
class Numbered:
    """One series as `viewer` keeps it: the fields it numbers, and the number that comes next at each site.

    `coming` is [(name of the site, next number)].
    """

    code: str
    pattern: str
    columns: list = field(default_factory=list)
    coming: list = field(default_factory=list)


def columns_by_series():
    """{series: [Column]} of every numbered field of every register."""
    found = {}
    for register in catalogue.registers():
        for column in register.fields.values():
            if column.series:
                found.setdefault(column.series, []).append(column)
    return found


def kept_by(viewer):
    """{series: [Column]} that `viewer` keeps: who configures a register keeps its numbers."""
    return {
        series: columns
        for series, columns in columns_by_series().items()
        if all(column.register.may(viewer, "configure") for column in columns)
    }


def keeps_any(viewer):
    return bool(kept_by(viewer))


def shown(viewer):
    """[Numbered] for the screen: three queries and one for each series."""
    kept, year, sites = kept_by(viewer), clock.today().year, sites_of(viewer)
    chosen = dict(Series.objects.filter(code__in=kept).values_list("code", "pattern"))
    found = []
    for code, columns in kept.items():
        pattern = chosen.get(code, patterns.DEFAULT)
        found.append(Numbered(code, pattern, columns, coming(code, pattern, year, sites)))
    return found


def coming(series, pattern, year, sites):
    """[(name of the site, the next number there)] as `pattern` writes them."""
    last = numbering.last_numbers(series)
    return [
        (name, patterns.write(pattern, series, code, year, last.get((site, year), 0) + 1))
        for site, code, name in sites
    ]


def sites_of(viewer):
    """[(row number, code, name)] of the living sites the viewer may see."""
    sites = catalogue.register_of(apps.get_model("organisation.SalesSite")).choosable(viewer)
    return list(sites.order_by("code").values_list("pk", "code", "name"))


def judge(series, pattern):
    """Raises ValidationError where `pattern` cannot number the series: unreadable, too long, or one that would come
    to a number that exists. Whoever draws at this moment is waited for."""
    patterns.judge(pattern)
    longest = patterns.write(pattern, series, "X" * LONGEST_CODE, 9999, 10**patterns.WIDEST - 1)
    if len(longest) > patterns.LONGEST:
        raise ValidationError(_("Numbers of this pattern become longer than %(most)d.") % {"most": patterns.LONGEST})
    last = numbering.last_numbers(series, lock=True)
    codes = dict(apps.get_model("organisation.SalesSite").rows.values_list("pk", "code"))
    for column in columns_by_series()[series]:
        _stays_ahead(column, series, pattern, last, codes)


def _stays_ahead(column, series, pattern, last, codes):
    """Every number that exists and reads as one of `pattern` has to lie behind its counter."""
    register = column.register
    rows = register.model.rows.exclude(**{column.path: ""}).order_by()
    place = register.own_fields.get(register.scope.site or "")
    names = [column.path, place.field.attname] if place else [column.path]
    for number, *site in rows.values_list(*names).iterator(chunk_size=5000):
        site = site[0] if site else None
        found = patterns.read(pattern, series, codes.get(site, ""), number)
        if found and found[1] > last.get((site or 0, found[0]), 0):
            raise ValidationError(
                _("With this pattern the number %(number)s, which exists, would be given again.") % {"number": number}
            )


@transaction.atomic
def change_pattern(series, pattern, viewer, reason):
    """Numbers drawn from now on are written after `pattern`; those that were given stay. Returns the PatternChange,
    None when nothing differs. Raises Denied and ValidationError."""
    if series not in kept_by(viewer):
        raise Denied(f"{viewer.user} does not keep the series {series}.")
    Series.objects.get_or_create(code=series, defaults={"pattern": patterns.DEFAULT})
    row = Series.objects.select_for_update().get(code=series)
    before, pattern = row.pattern, pattern.strip()
    if pattern == before:
        return None
    judge(series, pattern)
    row.pattern = pattern
    row.save()
    register = columns_by_series()[series][0].register
    act = Act(viewer.user, ChangeSet.Channel.FORM, f"{before} → {pattern}: {reason}", viewer=viewer)
    change_set = finish(open_change_set(register, act))
    events.of_setting(change_set)
    return PatternChange.objects.create(
        series=series, actor=viewer.user, reason=reason[:200], before=before, after=pattern, change_set=change_set
    )


def changes_of(series, most=50):
    """The latest changes of its pattern, newest first."""
    return PatternChange.objects.filter(series=series).select_related("actor__wagtail_userprofile")[:most]


def preview(series, pattern, viewer):
    """`coming` at the sites of `viewer`. Raises ValidationError as `judge` does for a pattern not in force."""
    if pattern != pattern_of(series):
        with transaction.atomic():
            judge(series, pattern)
    return coming(series, pattern, clock.today().year, sites_of(viewer))
