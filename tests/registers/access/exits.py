"""Every way in which values leave a register, as a function of (register, viewer, row) that gives back all it says.

A new way out of the engine belongs in here.
"""

import json
import tempfile
from dataclasses import asdict

import openpyxl
from django.http import Http404, QueryDict

from backoffice.registers import exports
from backoffice.registers.api.records import Records
from backoffice.registers.audit import log, moments
from backoffice.registers.audit.models import Event
from backoffice.registers.changes import Write, judge
from backoffice.registers.imports.known import SiteKnown
from backoffice.registers.imports.models import ImportRow
from backoffice.registers.imports.preview import Lines
from backoffice.registers.lists.bulk import BulkForm
from backoffice.registers.lists.listing import Listing
from backoffice.registers.screens import references, timeline
from backoffice.registers.screens.differences import differences
from backoffice.registers.screens.form import RecordForm
from tests.organisation import factories as org

EXITS = {}


def way_out(function):
    EXITS[function.__name__] = function
    return function


def plain(value):
    return json.dumps(value, default=str, ensure_ascii=False)


@way_out
def single_value(register, viewer, row):
    return plain(
        {name: [register.value(row, name, viewer), register.text(row, name, viewer)] for name in register.fields}
    )


@way_out
def whole_columns(register, viewer, row):
    names = list(register.fields)
    return plain([column.display(read(row)) for column, read in register.readers(viewer, names, [row])])


@way_out
def list_page(register, viewer, row):
    listing = Listing(register, viewer, QueryDict(""))
    rows = listing.turned(listing.columns, size=200).rows
    cells = [
        [column.display(read(one)) for one in rows]
        for column, read in register.readers(viewer, [column.name for column in listing.columns], rows)
    ]
    return plain([str(column.label) for column in listing.columns]) + plain(cells) + plain(listing.totals())


@way_out
def past_moment(register, viewer, row):
    state = moments.state_of(register, row, row.updated_at)
    return whole_columns(register, viewer, state)


@way_out
def form(register, viewer, row):
    made = RecordForm(register, viewer, row)
    return made.as_p() + plain(made.sections())


@way_out
def bulk_form(register, viewer, row):
    return BulkForm(register, viewer).as_p()


@way_out
def difference(register, viewer, row):
    history = list(register.history.objects.filter(id=row.pk).order_by("pk"))
    steps = [(None, history[0], row), *((old, new, row) for old, new in zip(history, history[1:], strict=False))]
    return plain([[asdict(one) for one in found] for found in differences(register, steps, viewer)])


@way_out
def record_timeline(register, viewer, row):
    entries, _more = timeline.timeline(register, row, viewer, 1, restorable=True)
    return plain([asdict(entry) for entry in entries])


@way_out
def csv_file(register, viewer, row):
    rows = register.model.rows.filter(pk=row.pk)
    return b"".join(exports.csv_lines(register, viewer, rows, list(register.fields))).decode()


@way_out
def xlsx_file(register, viewer, row):
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        exports.write_xlsx(file.name, register, viewer, register.model.rows.filter(pk=row.pk), list(register.fields))
        book = openpyxl.load_workbook(file.name)
        return plain([[cell.value for cell in line] for sheet in book for line in sheet.iter_rows()])


@way_out
def api(register, viewer, row):
    try:
        records = Records(register, viewer)
        return plain([records.shown([row]), [asdict_of(field) for field in records.fields()]])
    except Http404:
        return ""


def asdict_of(schema):
    return schema.model_dump() if hasattr(schema, "model_dump") else schema


@way_out
def api_history(register, viewer, row):
    try:
        return plain(Records(register, viewer).history(row.public_id, 1))
    except Http404:
        return ""


@way_out
def chooser(register, viewer, row):
    words = str(register.column(register.title_field).raw(row))[:2]
    offered = references.offers(register, viewer) + references.offers(register, viewer, words)
    return plain(offered) + references.label_of(register, row)


@way_out
def title(register, viewer, row):
    return f"{row} {register.name_of(row, viewer)} {register.name_of(row, viewer, {row.pk})}"


@way_out
def audit_log(register, viewer, row):
    return plain(log.lines(list(Event.objects.filter(register=register.code).select_related("access")), viewer))


@way_out
def import_preview(register, viewer, row):
    """A line that would change the record: its old values stand beside the new ones."""
    if not register.key:
        return ""
    lines = Lines(_Batch(viewer), register, viewer)
    values = {name: None for name, widget in lines.widgets.items() if not widget.column.required}
    values = {name: stored for name, stored in values.items() if not lines.widgets[name].column.field.is_relation}
    values = {name: [] if lines.widgets[name].column.many else "" for name in values if _is_text(lines, name)}
    staged = ImportRow(pk=1, n=1, row=2, action=ImportRow.Action.UPDATE, row_id=row.pk, values=values)
    return plain(lines.of([staged]))


def _is_text(lines, name):
    return lines.widgets[name].column.kind in ("Text", "Name", "LongText", "Phone", "IdentityNumber", "TextList")


class _Batch:
    """What the preview asks of an import."""

    reading = {"mapping": []}

    def __init__(self, viewer):
        self.known = SiteKnown(None, None, viewer)


@way_out
def uniqueness(register, viewer, row):
    """Somebody enters the record a second time: the refusal tells nothing of the first one."""
    values = {name: column.raw(row) for name, column in register.fields.items() if not column.computed}
    refusals, _now = judge(register, [Write(values=values)], org.by_system("再登"))
    return plain([[one.field, one.message] for one in refusals])
