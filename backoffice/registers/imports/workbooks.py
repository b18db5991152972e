"""Workbooks an import hands out: the refused rows to correct, and the empty list to fill in.

Every text is written as a typed string. One that a spreadsheet could take for a formula bears the mark of a quoted
text, so that it stays a text when somebody edits it. Source: reliability.md 1.4 step 8, ASVS 1.2.10.
"""

import re
import tempfile

import xlsxwriter
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import dictionaries
from ..exports import neutral
from .models import ImportRow
from .resources import resource_of
from .sentences import Sentences

_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
CELL_LIMIT = 32_767
# Excel takes a list of choices typed into a rule only up to this many signs.
LIST_LIMIT = 255


class Book:
    """A workbook under way, written row by row to a temporary file."""

    def __init__(self):
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response that sends it
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.file, options | {"strings_to_numbers": False})
        self.text = self.book.add_format({"num_format": "@"})
        self.quoted = self.book.add_format({"num_format": "@", "quote_prefix": True})
        self.head = self.book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "num_format": "@"})
        self.needed = self.book.add_format({"bold": True, "bg_color": "#FCE8D5", "border": 1, "num_format": "@"})
        self.reason = self.book.add_format({"font_color": "#B42318", "text_wrap": True, "num_format": "@"})

    def sheet(self, name):
        return self.book.add_worksheet(_SHEET_NAME.sub(" ", name)[:31] or None)

    def write(self, sheet, row, column, text, form=None):
        if text:
            form = form or (self.quoted if neutral(text) != text else self.text)
            sheet.write_string(row, column, text[:CELL_LIMIT], form)

    def finish(self):
        self.book.close()
        self.file.seek(0)
        return self.file


def refused_workbook(batch, register):
    """The rows of `batch` that were not written, as typed, each with its reasons: an open binary file.

    A row below the heading of its own sheet, so that the corrected workbook can be uploaded as it is.
    """
    book, sentences = Book(), Sentences(register, masked=False)
    wanted = [ImportRow.Action.REFUSED, ImportRow.Action.CONFLICT]
    rows = batch.rows.filter(action__in=wanted).defer("values").order_by("sheet", "n")
    sheet, columns, line = None, [], 0
    for row in rows.iterator(chunk_size=1000):
        if sheet is None or sheet[0] != row.sheet:
            columns = [entry for entry in batch.reading["mapping"] if entry["sheet"] == row.sheet]
            sheet = (row.sheet, book.sheet(row.sheet))
            line = _begin(book, sheet[1], columns, _year_of(batch, row.sheet))
        reasons = [f"{cell} {text}".strip() for cell, text in sentences.refusals(row)]
        book.write(sheet[1], line, 0, "\n".join(reasons), book.reason)
        for place, column in enumerate(columns, 1):
            book.write(sheet[1], line, place, row.originals.get(column["column"], ""))
        line += 1
    if sheet is None:
        book.sheet(_("Refused rows"))
    return book.finish()


def _begin(book, sheet, columns, year):
    """Writes what stands above the rows; returns the line of the first row."""
    line = 0
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, max(len(columns), 1), 16)
    if year:
        # Days without a year take it from the title, here as in the file they come from.
        book.write(sheet, 0, 0, f"{year}年")
        line = 1
    book.write(sheet, line, 0, _("Why it was refused"), book.head)
    for place, column in enumerate(columns, 1):
        book.write(sheet, line, place, column["heading"], book.head)
    sheet.freeze_panes(line + 1, 1)
    return line + 1


def _year_of(batch, name):
    return next((s.get("context", {}).get("year") for s in batch.reading["sheets"] if s["name"] == name), None)


def may_fill_in(column, viewer):
    """Whether a new record that `viewer` enters may hold a value of `column`."""
    return column.open_to(viewer) and (column.required or not column.kept_from(viewer))


def template_workbook(register, viewer):
    """An empty list with the headings of `register` for `viewer`, its choices and what each column expects."""
    book = Book()
    sheet = book.sheet(str(capfirst(register.label_plural)))
    fields = {
        n: field for n, field in resource_of(register).fields.items() if may_fill_in(register.column(n), viewer)
    }
    # The notes come second, and rows must be written in their order while memory is kept constant.
    for place, (name, field) in enumerate(fields.items()):
        column = register.column(name)
        heading = field.column_name + ("*" if column.required else "")
        sheet.set_column(place, place, max(12, len(heading) * 2 + 4), book.text)
        book.write(sheet, 0, place, heading, book.needed if column.required else book.head)
        choices = _choices(column)
        if choices and len(",".join(choices)) <= LIST_LIMIT:
            # Several values may stand in one cell of a list field: there the choices only help.
            rule = {"validate": "list", "source": choices, "error_type": "information" if column.many else "stop"}
            sheet.data_validation(1, place, 5000, place, rule)
    sheet.freeze_panes(1, 0)
    notes = book.sheet(_("How to fill in"))
    notes.set_column(0, 0, 24)
    notes.set_column(1, 1, 80)
    for line, (name, field) in enumerate(fields.items()):
        book.write(notes, line, 0, field.column_name)
        book.write(notes, line, 1, _expected(register.column(name)))
    return book.finish()


def _choices(column):
    if column.dictionary:
        return [label for _code, label in dictionaries.choices(column.dictionary)]
    return [str(label) for code, label in column.field.flatchoices if code != ""]


def _expected(column):
    """What a column expects, in a few words."""
    told = {
        "Phone": _("11 digits, or area code and number; several numbers separated by /"),
        "PhoneList": _("Further numbers, separated by /"),
        "IdentityNumber": _("As text, 18 signs"),
        "Moment": _("A day such as 2025-06-18, with the time if it is known"),
        "Day": _("A day such as 2025-06-18"),
        "Amount": _("Yuan, such as 1285000 or 128.5万"),
        "Area": _("Square metres, such as 89.50"),
        "AmountRange": _("Yuan, such as 1285000, 128.5万 or 120万-150万"),
        "AreaRange": _("Square metres, such as 90 or 90-110"),
        "Person": _("The name of a member of staff of this site; with the number in brackets where names repeat"),
        "YesNo": _("是 or 否"),
    }.get(column.kind, "")
    choices = "、".join(_choices(column))
    needed = _("Required.") if column.required else ""
    return " ".join(part for part in (needed, told, choices) if part)
