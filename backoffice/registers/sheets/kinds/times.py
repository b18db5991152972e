"""Days, times of day, and moments made of both.

A moment keeps its day and its time apart, because lists often know only the day; seconds are kept only where the file
has them. Moments are wall time of the site.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from ..cells import DateCell, serial_moment
from ..signs import CHINESE_NUMERAL, chinese_number, half_width
from .base import CellRefused, Context, Kind, Read

FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000


class Clock(NamedTuple):
    """A time of day; `second` is None where the file gives none."""

    hour: int
    minute: int
    second: int | None = None

    def __str__(self) -> str:
        text = f"{self.hour:02d}:{self.minute:02d}"
        return text if self.second is None else f"{text}:{self.second:02d}"

    def time(self) -> dt.time:
        return dt.time(self.hour, self.minute, self.second or 0)


class Moment(NamedTuple):
    """A day, with the time where it is known."""

    day: dt.date
    clock: Clock | None = None

    def __str__(self) -> str:
        return self.day.isoformat() if self.clock is None else f"{self.day.isoformat()} {self.clock}"

    def naive(self) -> dt.datetime:
        """Wall time of the site; midnight where only the day is known."""
        return dt.datetime.combine(self.day, self.clock.time() if self.clock else dt.time())


class ClockRead(NamedTuple):
    """A time that was read: 24:00 is 00:00 of the `next_day`."""

    clock: Clock | None
    warnings: tuple[str, ...] = ()
    next_day: bool = False


_VAGUE = {"凌晨", "早上", "早晨", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "白天", "晚"}
_HALF_DAY = re.compile(
    r"(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|am|pm|a\.m\.|p\.m\.)?(.*?)(am|pm|a\.m\.|p\.m\.)?", re.I
)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{1,2})(?:[:.](\d{1,2})(?:\.\d+)?)?)?")
_CLOCK_WORDS = re.compile(r"(\d{1,2})[点时](?:(半)|(一刻)|(三刻)|(?:(\d{1,2})分?(?:(\d{1,2})秒)?)?)?(?:整|钟)?")


def read_clock(text: str) -> ClockRead:
    """`14:30`, `14.30`, `下午2点半`, `16`, `上午`. Raises ValueError for a time that does not exist."""
    flat = "".join(half_width(text).split()).lower()
    if flat in _VAGUE:
        return ClockRead(None, ("time_vague",))
    match = _HALF_DAY.fullmatch(flat)
    half, body = (match[1] or match[3] or "").replace(".", ""), match[2]
    body = CHINESE_NUMERAL.sub(
        lambda numeral: str(chinese_number(numeral[0])), body.replace("一刻", "15分").replace("三刻", "45分")
    )
    words, digits = _CLOCK_WORDS.fullmatch(body), _CLOCK.fullmatch(body)
    if words:
        hour, minute = int(words[1]), 30 if words[2] else int(words[5] or 0)
        second, hour_only = int(words[6]) if words[6] else None, False
    elif digits:
        hour, minute = int(digits[1]), int(digits[2] or 0)
        second, hour_only = int(digits[3]) if digits[3] else None, digits[2] is None and not half
    else:
        raise ValueError(text)
    if (half in ("下午", "傍晚", "晚上", "晚", "pm") and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif half in ("凌晨", "am", "上午") and hour == 12:
        hour = 0
    warnings = ("time_hour_only",) if hour_only else ()
    if (hour, minute, second or 0) == (24, 0, 0):
        return ClockRead(Clock(0, 0, second), (*warnings, "time_24"), next_day=True)
    if hour > 23 or minute > 59 or (second or 0) > 59:
        raise ValueError(text)
    return ClockRead(Clock(hour, minute, second), warnings)


def serial_clock(serial: float) -> Clock:
    """The part of a day behind the point, to the second."""
    moment = serial_moment(serial % 1)
    return Clock(moment.hour, moment.minute, moment.second or None)


class Time(Kind):
    """A time of day. Number cells are parts of a day, or whole hours."""

    refusal = "bad_time"

    def read_text(self, text, context):
        found = self.clock_of_text(text)
        return Read(found.clock, found.warnings)

    def clock_of_text(self, text: str) -> ClockRead:
        """Raises CellRefused("bad_time"). A date in front is left aside, a part of a day may be a text."""
        body = re.sub(r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]+", "", half_width(text).strip())
        try:
            if re.fullmatch(r"0?\.\d{3,}", body):
                return ClockRead(serial_clock(float(body)))
            return read_clock(body)
        except ValueError as error:
            raise CellRefused(self.refusal) from error

    def clock_of_number(self, number: int | float) -> ClockRead:
        """Raises CellRefused("bad_time"). 16 is an hour; 9.2 may have been 9:02 or 9:20 and is refused."""
        if 0 <= number < 1:
            return ClockRead(serial_clock(number))
        if float(number).is_integer() and 0 < number <= 24:
            return read_clock(str(int(number)))
        if FIRST_SERIAL <= number <= LAST_SERIAL:
            return ClockRead(serial_clock(number))
        raise CellRefused(self.refusal)

    def read_number(self, number, context):
        found = self.clock_of_number(number)
        return Read(found.clock, found.warnings)

    def read_date(self, date, context):
        return Read(self.clock_of_date(date).clock)

    def clock_of_date(self, date: DateCell) -> ClockRead:
        """A time, or a day with its time; 25:10 under `[h]:mm` is neither."""
        if date.serial == 1:
            return ClockRead(Clock(0, 0), ("time_24",), next_day=True)
        if not (0 <= date.serial < 1 or FIRST_SERIAL - 1462 <= date.serial <= LAST_SERIAL):
            raise CellRefused(self.refusal)
        return ClockRead(serial_clock(date.serial))

    def show(self, value):
        return str(value)


_YEAR_FIRST = re.compile(r"(\d{4}|\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?(.*)", re.S)
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)(.*)", re.S)
_NO_YEAR = re.compile(r"(\d{1,2})\s*(?:[-/.]\s*(\d{1,2})|月\s*(\d{1,2})(?!\d)\s*[日号]?)(?![\d\-/.年月])(.*)", re.S)
_PACKED = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)(.*)", re.S)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")


class DayRead(NamedTuple):
    day: dt.date
    rest: str = ""
    warnings: tuple[str, ...] = ()


def read_day(text: str, year: int | None = None, month: int | None = None) -> DayRead:
    """The day at the front of a text, and what stands behind it. `year` and `month` are those of the title.

    Raises ValueError: no such day, no year to take, a month without a day.
    """
    flat = _WEEKDAY.sub(" ", half_width(text)).strip()
    match = _PACKED.fullmatch(flat)
    if match:
        return DayRead(dt.date(int(match[1]), int(match[2]), int(match[3])), match[4].strip())
    match = _YEAR_LAST.fullmatch(flat)
    if match:
        return DayRead(dt.date(int(match[3]), int(match[1]), int(match[2])), match[4].strip(" T"), ("us_date_order",))
    match = _YEAR_FIRST.fullmatch(flat)
    if match:
        return _year_first(match)
    match = _NO_YEAR.fullmatch(flat)
    if match and year:
        found = int(match[1])
        # In a January list the days of December are those just gone by.
        before = month == 1 and found == 12
        day = dt.date(year - before, found, int(match[2] or match[3]))
        return DayRead(day, match[4].strip(" T"), ("year_by_sequence" if before else "year_from_title",))
    raise ValueError(text)


def _year_first(match: re.Match) -> DayRead:
    numbers = [int(match[1]), int(match[2]), int(match[3])]
    rest = match[4].strip(" T,")
    if len(match[1]) == 4:
        return DayRead(dt.date(*numbers), rest)
    try:
        return DayRead(dt.date(2000 + numbers[0], numbers[1], numbers[2]), rest)
    except ValueError:
        # 6/18/25 can only be month, day, year.
        if "年" in match[0] or match[3] != f"{numbers[2]:02d}":
            raise
        return DayRead(dt.date(2000 + numbers[2], numbers[0], numbers[1]), rest, ("us_date_order",))


class Day(Kind):
    """A day without a time; a time in the cell is left aside."""

    refusal = "bad_date"

    def read_text(self, text, context):
        moment, warnings = moment_of_text(text, context)
        return Read(moment.day, warnings)

    def read_number(self, number, context):
        return Read(moment_of_number(number, context).day)

    def read_date(self, date, context):
        return Read(moment_of_serial(date.serial, context).day)

    def show(self, value):
        return value.isoformat()


def moment_of_text(text: str, context: Context) -> tuple[Moment, tuple[str, ...]]:
    """Raises CellRefused: bad_date, or bad_time for what stands behind the day."""
    flat = half_width(text)
    if _SERIAL.fullmatch(flat):
        return moment_of_number(float(flat), context), ()
    try:
        day, rest, warnings = read_day(text, context.year, context.month)
    except ValueError as error:
        raise CellRefused("bad_date", no_year=context.year is None) from error
    if not rest:
        return Moment(day), warnings
    try:
        found = read_clock(rest.removesuffix("Z"))
    except ValueError as error:
        raise CellRefused("bad_date") from error
    return add_clock(day, found), (*warnings, *found.warnings)


def moment_of_number(number: int | float, context: Context) -> Moment:
    """A serial day, or eight digits. Raises CellRefused("bad_date"): 6.2 may have been 6.20."""
    whole = int(number) if float(number).is_integer() else None
    if whole is not None and 19_000_101 <= whole <= 20_991_231:
        try:
            return Moment(read_day(str(whole)).day)
        except ValueError as error:
            raise CellRefused("bad_date") from error
    return moment_of_serial(number, context)


def moment_of_serial(serial: float, context: Context) -> Moment:
    """Raises CellRefused("bad_date") outside 1954 to 2064."""
    shifted = serial + 1462 if context.base_1904 else serial
    if not FIRST_SERIAL <= shifted <= LAST_SERIAL:
        raise CellRefused("bad_date")
    moment = serial_moment(shifted)
    if moment.time() == dt.time():
        return Moment(moment.date())
    return Moment(moment.date(), Clock(moment.hour, moment.minute, moment.second or None))


def add_clock(day: dt.date, found: ClockRead) -> Moment:
    return Moment(day + dt.timedelta(days=1) if found.next_day else day, found.clock)


class Instant(Kind):
    """A moment: a day with the time where there is one. A list may give day and time in two columns.

    `timed`: without a time the value is missing (clock events).
    """

    refusal = "bad_date"
    clocks = Time()

    def __init__(self, timed: bool = False):
        self.timed = timed

    def read_text(self, text, context):
        return Read(*moment_of_text(text, context))

    def read_number(self, number, context):
        return Read(moment_of_number(number, context))

    def read_date(self, date, context):
        return Read(moment_of_serial(date.serial, context))

    def read_clock_cell(self, cell) -> ClockRead:
        """The time column beside a day. Raises CellRefused("bad_time")."""
        if isinstance(cell, DateCell):
            return self.clocks.clock_of_date(cell)
        if isinstance(cell, bool):
            raise CellRefused("bad_time")
        if isinstance(cell, (int, float)):
            return self.clocks.clock_of_number(cell)
        return self.clocks.clock_of_text(cell)

    def show(self, value):
        return str(value)
