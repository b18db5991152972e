"""Spreadsheets out: the rows and columns somebody sees, with their masks, streamed as .xlsx or .csv.

Texts that a spreadsheet would take for a formula are neutralised, telephones and identity numbers stay texts, and
every export is written down. Source: stack.md 3.4, systems.md 0.3 rule 7.
"""

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

import xlsxwriter
from django.utils import formats, timezone
from django.utils.text import capfirst, get_valid_filename
from django.utils.translation import gettext as _

from .access import grants
from .audit import looks, moments
from .imports.resources import resource_of
from .models import Access

CHUNK = 1000
FORMATS = ("xlsx", "csv")
_FORMULA = re.compile(r"^[=+\-@\t\r＝＋－＠]")  # noqa: RUF001  full-width signs start formulas too
# Digits of which a spreadsheet would keep fifteen, write twelve as 1.1E+11, and none of those in front that are 0.
_NUMBER_LIKE = re.compile(r"\d{12,}|0\d+")
# What Excel holds in one sheet, the head included.
SHEET_ROWS = 1_048_576


def neutral(text):
    """`text` as a cell of a .csv: an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_text(text):
    """`text` as a cell of a .csv: a tab before digits that are no amount, so that Excel and WPS leave them alone.

    The tab shows as nothing there; imports take it away again.
    """
    return f"\t{text}" if _NUMBER_LIKE.fullmatch(text) else text


def written_down(register, viewer, names, rows, described="", reason=""):
    """The `Access` row of an export, made before anything leaves; its number stands in the file's name."""
    told = "; ".join(part for part in (reason, described) if part)
    access = Access.objects.create(
        kind=Access.Kind.EXPORT,
        actor=viewer.user,
        register=register.code,
        fields=list(names),
        reason=told[:200],
        rows=rows.count(),
    )
    grants.note_export(register, viewer, names, rows, access)
    return access


def file_name(register, access, kind, moment=None):
    """What the file is called: the register, of which moment, who took it, when, and the number of the export."""
    at = formats.date_format(timezone.localtime(access.at), "Ymd-Hi")
    who = access.actor.get_full_name() or access.actor.get_username()
    then = f"-{_('as of')}{moments.stamp(moment)}" if moment else ""
    return get_valid_filename(f"{register.label_plural}{then}-{who}-{at}-{_('export')}{access.pk}.{kind}")


def notes(register, access, described, moment):
    """[(heading, text)] of the sheet that says what a list of a past moment is; empty for one of today."""
    if not moment:
        return []
    return [
        (_("Register"), capfirst(register.label_plural)),
        (_("As of"), moments.said(moment)),
        (_("Narrowed by"), described),
        (_("Records"), access.rows),
        (_("Exported by"), access.actor.get_full_name() or access.actor.get_username()),
        (_("Exported at"), moments.said(access.at)),
        (_("Number of the export"), access.pk),
    ]


def lines(register, viewer, rows, names):
    """Lists of values, one for each row, read in chunks; a Decimal, int, date or naive local datetime or text."""
    from .screens import pages

    columns = [register.column(name) for name in names]
    chunk = []
    for row in pages.fetched(rows, register, columns).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _values(register, viewer, names, chunk)
            chunk = []
    yield from _values(register, viewer, names, chunk)


def _values(register, viewer, names, rows):
    readers = register.readers(viewer, names, rows, leaving=True) if rows else []
    rows = moments.presented(register, rows)
    fields = resource_of(register).fields
    writers = [(_writer(c, fields), read) for c, read in readers]
    for row in rows:
        yield [write(read(row)) for write, read in writers]


def _writer(column, fields):
    """The function that writes values of `column` as cells. A mask is a text, whatever it stands for."""
    write = fields[column.name].widget.render if column.name in fields else partial(_cell, column)
    if not column.personal:
        return write
    return lambda value: value or None if isinstance(value, str) else write(value)


def _cell(column, value):
    """A cell of a column that no spreadsheet is imported into: the site, who wrote the record and when."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, date | Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and not column.field.is_relation:
        return value
    return column.display(value)


def sheet_name(keeper):
    """The sheet on which the rows of a register, or the lines of a part, stand."""
    return re.sub(r"[\[\]:*?/\\]", " ", str(keeper.label_plural))[:31]


def headings(register, names):
    return [str(capfirst(register.column(name).label)) for name in names]


def part_lines(register, part, viewer, rows, moment=None):
    """Lists of values, one for each line of `part` in `rows`: the key of its record, then the fields of the line."""
    from .screens import pages

    keys, columns = [register.column(name) for name in register.key], list(part.fields_for(viewer).values())
    chunks = batched(pages.fetched(rows, register, keys).iterator(chunk_size=CHUNK), CHUNK)
    for chunk in chunks:
        records = moments.presented(register, chunk)
        kept = part.lines_of([getattr(record, "today", record) for record in records], moment)
        every = [line for lines in kept.values() for line in lines]
        looks.in_list(part, viewer, every, columns, leaving=True)
        heads = [
            (_writer(c, {}), read) for c, read in register.readers(viewer, list(register.key), records, leaving=True)
        ]
        names = [column.name for column in columns]
        cells = [(_writer(c, {}), read) for c, read in part.readers(viewer, names, every, leaving=True)]
        for record in records:
            key = [write(read(record)) for write, read in heads]
            for line in kept[record.pk]:
                yield key + [write(read(line)) for write, read in cells]


def part_headings(register, part, viewer):
    """The headings of `part_lines`: those of the record's key say whose they are."""
    keys = [f"{capfirst(register.label)}{capfirst(register.column(name).label)}" for name in register.key]
    return keys + [str(capfirst(column.label)) for column in part.fields_for(viewer).values()]


def batched(found, size):
    found = iter(found)
    while chunk := list(islice(found, size)):
        yield chunk


def write_xlsx(target, register, viewer, rows, names, notes=(), parts=(), moment=None):
    """Writes a workbook to `target`, a path or a binary file, with the lines of each of `parts`, at a past `moment`
    where the rows are of one, and `notes` on sheets of their own. Returns the number of rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    bold = book.add_format({"bold": True, "bg_color": "#EEEEEE"})
    shapes = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        Decimal: book.add_format({"num_format": "#,##0.00"}),
    }

    def table(keeper, heads, found):
        sheet = book.add_worksheet(sheet_name(keeper))
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(heads), 16)
        for place, heading in enumerate(heads):
            sheet.write_string(0, place, heading, bold)
        count = 0
        for count, line in enumerate(found, start=1):
            if count >= SHEET_ROWS:
                raise ValueError(_("A sheet holds no more than %(count)d rows.") % {"count": SHEET_ROWS - 1})
            for place, value in enumerate(line):
                _write(sheet, count, place, value, shapes)
        return count

    count = table(register, headings(register, names), lines(register, viewer, rows, names))
    for part in parts:
        table(part, part_headings(register, part, viewer), part_lines(register, part, viewer, rows, moment))
    if notes:
        told = book.add_worksheet(_("About this file"))
        told.set_column(0, 1, 24)
        for line, (heading, text) in enumerate(notes):
            told.write_string(line, 0, str(heading), bold)
            told.write_string(line, 1, str(text))
    book.close()
    return count


def _write(sheet, line, place, value, shapes):
    if isinstance(value, str):
        if value:
            sheet.write_string(line, place, value)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(line, place, value, shapes[type(value)])
    elif value is not None:
        sheet.write_number(line, place, value, shapes.get(type(value)))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text):
        return text


def csv_lines(register, viewer, rows, names):
    """The bytes of a .csv, line by line, beginning with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + writer.writerow(headings(register, names)).encode()
    for line in lines(register, viewer, rows, names):
        yield writer.writerow([_csv_text(value) for value in line]).encode()


def _csv_text(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str):
        return as_text(neutral(value))
    return "" if value is None else str(value)


def export(register, viewer, rows, path, names=None):
    """Writes `rows` to the file `path`, whose suffix says which kind, and writes it down. Returns (rows, Access).

    Raises ValueError for another suffix. The caller has asked whether the viewer may export.
    """
    path = Path(path)
    kind = path.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise ValueError(_("A file to export to ends in .xlsx or .csv."))
    known = register.fields_for(viewer)
    parts = () if names else register.parts
    names = [name for name in names or known if name in known]
    access = written_down(register, viewer, names, rows)
    if kind == "xlsx":
        return write_xlsx(str(path), register, viewer, rows, names, parts=parts), access
    with path.open("wb") as target:
        target.writelines(csv_lines(register, viewer, rows, names))
    return access.rows, access
