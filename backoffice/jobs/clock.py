"""The one clock: time comes from the database, for every process alike.

Read it *after* the row lock is held: a time read while waiting for the lock is older than what the lock's
last holder wrote. Deadlines are compared in whole seconds (`passed`), because that is what people are shown.

`now()` is business time: database wall time, which tests and demo data may shift or stop through one row that
every process sees. `wall()` is never shifted; leases, retries and other machinery use it, so that moving the
clock by a year neither expires nor freezes running work. Source: architecture.md, "One clock".
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

_WALL = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
}
# The shift rides along in the same query; without a row both columns are NULL.
_SHIFTED = (
    "SELECT {wall}, s.offset_seconds, s.stopped_at "
    "FROM (SELECT 1 AS one) AS o LEFT JOIN jobs_clockshift AS s ON s.id = o.one"
)


class ClockShiftRefused(RuntimeError):
    """The clock is shifted in tests and demo installations only."""


def now() -> datetime:
    """Business time as an aware datetime in UTC, microseconds kept. One query of one row."""
    if not settings.DEMO:
        return wall()
    with connection.cursor() as cursor:
        cursor.execute(_SHIFTED.format(wall=_WALL[connection.vendor]), [])
        moment, offset, stopped = cursor.fetchone()
    if stopped is not None:
        return _aware(stopped)
    return _aware(moment) + timedelta(seconds=offset or 0)


def wall() -> datetime:
    """Database wall time, never shifted, as an aware datetime in UTC: for leases and retries."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_WALL[connection.vendor]}", [])  # noqa: S608  two constants
        return _aware(cursor.fetchone()[0])


def today() -> date:
    """The business day in the project's time zone (Asia/Shanghai)."""
    return timezone.localtime(now()).date()


def second(moment: datetime) -> datetime:
    """The whole second a moment lies in."""
    return moment.replace(microsecond=0)


def passed(deadline: datetime, moment: datetime | None = None) -> bool:
    """Whether a deadline is over at `moment` (now, when left out); its own second is still in time."""
    return second(moment or now()) > second(deadline)


@contextmanager
def shift(delta: timedelta):
    """Business time runs on, `delta` (whole seconds) away from wall time, for every process, in the block."""
    with _put_back():
        set_shift(offset=delta)
        yield


@contextmanager
def at(moment: datetime):
    """Business time stands still at an aware `moment`, for every process, in the block."""
    with _put_back():
        set_shift(stopped_at=moment)
        yield


def set_shift(*, offset: timedelta = timedelta(0), stopped_at: datetime | None = None) -> None:
    """Shift or stop the clock until further notice; without arguments it shows wall time again.

    Raises ClockShiftRefused where settings.DEMO is off (production).
    """
    if not settings.DEMO:
        raise ClockShiftRefused(_("The clock cannot be shifted in production."))
    row = {"offset_seconds": int(offset.total_seconds()), "stopped_at": stopped_at}
    shifts = apps.get_model("jobs", "ClockShift").objects
    if not any(row.values()):
        shifts.filter(pk=1).delete()
    else:
        shifts.update_or_create(pk=1, defaults=row)


@contextmanager
def _put_back():
    row = apps.get_model("jobs", "ClockShift").objects.filter(pk=1).first()
    try:
        yield
    finally:
        # A broken transaction takes its shift back by itself, and would refuse the query.
        if not connection.needs_rollback:
            offset = timedelta(seconds=row.offset_seconds) if row else timedelta(0)
            set_shift(offset=offset, stopped_at=row and row.stopped_at)


def _aware(value) -> datetime:
    """PostgreSQL answers with aware datetimes, SQLite with text in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
