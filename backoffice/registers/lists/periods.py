"""Periods that people name instead of dates. Both ends belong to a period; weeks begin on Monday."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

PERIODS = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "tomorrow": _("Tomorrow"),
    "week": _("This week"),
    "last_week": _("Last week"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "next_month": _("Next month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    "last_year": _("Last year"),
    "7_days": _("Last 7 days"),
    "30_days": _("Last 30 days"),
    "90_days": _("Last 90 days"),
    "next_7_days": _("Next 7 days"),
    "next_30_days": _("Next 30 days"),
}


def days_of(period, today):
    """(first day, last day) of the period called `period`, seen from `today`; KeyError for an unknown one."""
    day, week = timedelta(days=1), timedelta(days=7)
    monday = today - today.weekday() * day
    first = today.replace(day=1)
    ahead = (first + 31 * day).replace(day=1)
    behind = (first - day).replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return {
        "today": lambda: (today, today),
        "yesterday": lambda: (today - day, today - day),
        "tomorrow": lambda: (today + day, today + day),
        "week": lambda: (monday, monday + week - day),
        "last_week": lambda: (monday - week, monday - day),
        "month": lambda: (first, ahead - day),
        "last_month": lambda: (behind, first - day),
        "next_month": lambda: (ahead, (ahead + 31 * day).replace(day=1) - day),
        "quarter": lambda: (quarter, (quarter + 95 * day).replace(day=1) - day),
        "year": lambda: (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_year": lambda: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "7_days": lambda: (today - 6 * day, today),
        "30_days": lambda: (today - 29 * day, today),
        "90_days": lambda: (today - 89 * day, today),
        "next_7_days": lambda: (today, today + 6 * day),
        "next_30_days": lambda: (today, today + 29 * day),
    }[period]()
