"""Limits of looking behind masks, and looks in unusual number: enumeration shows in the read audit.

Counts stand in the database; a cache that is emptied forgets nothing. Source: reliability.md 2.1 item 15.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from backoffice.jobs import clock

from ..audit import log
from ..audit.models import Event
from ..models import Access
from . import giving

DAYS = 14


class TooManyLooks(Exception):
    """Somebody has looked behind as many masks as one may in an hour or a day; the sentence says so."""


@transaction.atomic
def reveal_within_limits(user, **told):
    """Writes down a look behind a mask, unless the person has had too many. Raises TooManyLooks.

    Two looks of one person wait for each other, so that many at once are counted like many in a row.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)
    now = clock.now()
    spans = (
        (timedelta(hours=1), settings.ACCESS_REVEALS_AN_HOUR, _("in an hour")),
        (timedelta(days=1), settings.ACCESS_REVEALS_A_DAY, _("in a day")),
    )
    looks = Access.objects.filter(actor=user, kind=Access.Kind.REVEAL)
    for span, most, words in spans:
        if looks.filter(at__gt=now - span).count() >= most:
            sentence = _(
                "You have looked behind %(most)d masks %(span)s, which is the limit. Whoever needs more asks their "
                "manager for access for a time."
            )
            raise TooManyLooks(sentence % {"most": most, "span": words})
    return Access.objects.create(kind=Access.Kind.REVEAL, actor=user, **told)


def may_watch(viewer):
    """Who reads the audit log of others, and who decides about the access of others."""
    return log.reads_all(viewer) or giving.may_give(viewer)


@dataclass
class Looks:
    """What one person looked at on one day; `counts` by kind, `over` the kinds that are unusual."""

    person: int
    day: object
    counts: dict = field(default_factory=dict)

    @property
    def over(self):
        return [kind for kind, most in settings.ACCESS_UNUSUAL.items() if self.counts.get(kind, 0) >= most]


def unusual(viewer, days=DAYS):
    """[Looks] of the last `days` days that are unusual, newest first, of the people `viewer` may watch."""
    since = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=days - 1
    )
    rows = (
        _watched(viewer)
        .filter(at__gte=since, deed__in=settings.ACCESS_UNUSUAL)
        .annotate(day=TruncDate("at"))
        .order_by()
        .values("actor", "day", "deed")
        .annotate(looks=Count("pk"), rows=Sum("access__rows"))
    )
    found = {}
    for row in rows:
        looks = found.setdefault((row["actor"], row["day"]), Looks(row["actor"], row["day"]))
        # Of lists and files it counts how many records they held.
        several = row["deed"] in (Event.Deed.VIEW, Event.Deed.EXPORT)
        looks.counts[row["deed"]] = (row["rows"] or 0) if several else row["looks"]
    return sorted(
        (looks for looks in found.values() if looks.over), key=lambda one: (one.day, one.person), reverse=True
    )


def _watched(viewer):
    """The entries of looks by people other than the viewer that they may watch."""
    events = Event.objects.exclude(actor=viewer.user.pk)
    mine = log.readable(viewer).filter(pk__isnull=False) if log.reads_all(viewer) else None
    if not giving.may_give(viewer):
        return events.filter(pk__in=mine.values("pk")) if mine is not None else events.none()
    theirs = events.filter(actor__in=giving.colleagues(viewer).values("pk"))
    return theirs if mine is None else events.filter(pk__in=mine.values("pk")) | theirs


def names(persons):
    """{row number of an account: name}"""
    found = get_user_model().objects.filter(pk__in=persons).select_related("wagtail_userprofile")
    return {user.pk: get_user_display_name(user) for user in found}
