"""Drawing numbers, and what the door asks about the numbered fields of the rows it writes.

A number is drawn once, last of all, when its row has passed every check: while a transaction holds a number, the
next one of the same series and site waits. A row keeps its number whatever becomes of it.
"""

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import numbering

from . import patterns
from .models import Series

STAYS = _("The number of a record never changes.")


def draw(series, site, at):
    """The next number of a series as text; `draw_many` has the shapes."""
    return draw_many(series, site, at, 1)[0]


def draw_many(series, site, at, count):
    """The next `count` numbers of `series` at `site` (its row number or None), in the calendar year of `at`.

    They belong to the caller's transaction: rolled back, they are given again. Raises OutsideTransaction where none
    is open.
    """
    year = timezone.localtime(at).year
    taken = numbering.take(series, count, site=site, year=year)
    pattern, code = pattern_of(series), site_code(site)
    return [patterns.write(pattern, series, code, year, n) for n in taken]


def pattern_of(series):
    return Series.objects.filter(code=series).values_list("pattern", flat=True).first() or patterns.DEFAULT


def site_code(site):
    """The code of a site's row number; the organisation is a higher layer, hence the name as text."""
    if not site:
        return ""
    return apps.get_model("organisation.SalesSite").rows.values_list("code", flat=True).get(pk=site)


def columns_of(register):
    """The numbered Columns of a register."""
    return [column for column in register.fields.values() if column.series]


def site_of(register, row):
    """The row number of the site by which the numbers of `row` are counted, or None."""
    column = register.own_fields.get(register.scope.site or "")
    return column.raw(row) if column else None


def set_aside(register, writes):
    """Takes numbers out of what `writes` want: only a new row from a sheet may bring its own, where the field says
    so. Returns [(index, field name, message)] of the rows of a sheet that would change one."""
    refused = []
    for column in columns_of(register):
        for index, write in enumerate(writes):
            from_sheet = write.source[1] is not None
            if write.row is None and column.given and from_sheet:
                continue
            wished = write.values.pop(column.name, None)
            if from_sheet and wished and column.field.to_python(wished) != column.raw(write.row):
                refused.append((index, column.name, str(STAYS)))
    return refused


def number(register, writes):
    """Gives a number to every living row among `writes`, about to be stored, that has none yet."""
    for column in columns_of(register):
        _count_on(register, column, writes)
        groups = {}
        for write in writes:
            row = write.row
            if not column.raw(row) and not row.is_void:
                year = timezone.localtime(row.created_at).year
                groups.setdefault((site_of(register, row), year), []).append(write)
        # In one order everywhere, so that two acts never wait for each other.
        for site, year in sorted(groups, key=lambda key: (key[0] or 0, key[1])):
            group = groups[site, year]
            drawn = draw_many(column.series, site, group[0].row.created_at, len(group))
            for write, text in zip(group, drawn, strict=True):
                column.put(write.row, text)
                write.values[column.name] = text


def _count_on(register, column, writes):
    """Numbers that imported rows brought along: their series count on behind the highest of them."""
    brought = {}
    for write in writes:
        if write.action == "create" and (text := column.raw(write.row)):
            brought.setdefault(site_of(register, write.row), []).append(text)
    pattern = pattern_of(column.series) if brought else ""
    for site in sorted(brought, key=lambda site: site or 0):
        code, highest = site_code(site), {}
        for text in brought[site]:
            year, n = patterns.read(pattern, column.series, code, text) or (0, 0)
            highest[year] = max(n, highest.get(year, 0))
        for year in sorted(highest.keys() - {0}):
            numbering.go_on_behind(column.series, highest[year], site=site, year=year)
