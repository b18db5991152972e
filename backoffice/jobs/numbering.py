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
    shown = {"series": series, "site": site or "", "year": year or "", "width": width, **labels}
    return [pattern.format(n=n, **shown) for n in take(series, count, site=site, year=year)]


def take(series: str, count: int, *, site: int | None = None, year: int | None = None) -> range:
    """The next `count` bare numbers of a series; its counter stays locked until the caller commits."""
    counter = _counter(series, site, year)
    # The UPDATE locks the row on both databases; only a new series has to be made.
    if not counter.update(last=F("last") + count):
        _make(series, site, year)
        counter.update(last=F("last") + count)
    last = counter.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)


def go_on_behind(series: str, n: int, *, site: int | None = None, year: int | None = None) -> None:
    """`n` was given from outside: the series counts on behind it, unless it is further already."""
    counter = _counter(series, site, year)
    # Held first and compared then, so that whoever draws at this moment is waited for.
    if not counter.update(last=F("last")):
        _make(series, site, year)
    counter.filter(last__lt=n).update(last=n)


def last_numbers(series: str, *, lock: bool = False) -> dict[tuple[int, int], int]:
    """{(site, year): last number given} of a series, 0 for "all"; with `lock`, nobody draws before the commit."""
    counters = SeriesCounter.objects.filter(series=series).order_by("pk")
    counters = counters.select_for_update() if lock else counters
    return {(site, year): last for site, year, last in counters.values_list("site", "year", "last")}


def _counter(series, site, year):
    if not connection.in_atomic_block:
        raise OutsideTransaction("A number needs the transaction that uses it.")
    return SeriesCounter.objects.filter(series=series, site=site or 0, year=year or 0)


def _make(series, site, year):
    SeriesCounter.objects.get_or_create(series=series, site=site or 0, year=year or 0)
