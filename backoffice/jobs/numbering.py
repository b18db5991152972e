"""Numbers without gaps: the counter row is part of the transaction that uses the number.

While one transaction holds a number, the next one of the same series waits: draw numbers last, and keep the
transaction short. Source: reliability.md R06.
"""

from django.db import connection
from django.db.models import F

from .models import SeriesCounter

PATTERN = "{series}{site}{year}-{n:0{width}d}"


class OutsideTransaction(RuntimeError):
    """Called without a transaction of the caller, which alone could take the effect back."""


def next_number(series: str, **options) -> str:
    """The next number of a series, for example "HT32026-00012"; `next_numbers` has the options."""
    return next_numbers(series, 1, **options)[0]


def next_numbers(
    series: str,
    count: int,
    *,
    site: int | None = None,
    year: int | None = None,
    width: int = 5,
    pattern: str = PATTERN,
    **labels: str,
) -> list[str]:
    """The next `count` numbers of a series, in order.

    Each (series, site, year) counts from 1 by itself; None means "not counted apart" and shows as nothing.
    `pattern` is a format string over series, site, year, n, width and any `labels`, such as a site's code.
    Raises OutsideTransaction when no transaction is open: a rolled-back number must come back.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("next_number() needs the transaction that uses the number")
    key = {"series": series, "site": site or 0, "year": year or 0}
    counter = SeriesCounter.objects.filter(**key)
    # The UPDATE locks the row on both databases until the caller commits; only a new series has to be made.
    if not counter.update(last=F("last") + count):
        SeriesCounter.objects.get_or_create(**key)
        counter.update(last=F("last") + count)
    last = counter.values_list("last", flat=True).get()
    shown = {"series": series, "site": site or "", "year": year or "", "width": width, **labels}
    return [pattern.format(n=n, **shown) for n in range(last - count + 1, last + 1)]
