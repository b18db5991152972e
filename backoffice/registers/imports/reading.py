"""Reads the file of a batch into staged rows, and says what it found. Nothing of the register is written."""

import hashlib
from contextlib import nullcontext
from itertools import islice

from django.db.models import Count
from django.utils.translation import gettext as _

from .. import catalogue
from ..sheets import headings
from ..sheets.containers import FileRefused
from ..sheets.layout import fold_heading
from ..sheets.messages import file_message
from ..sheets.reading import read_file
from ..sheets.workbook import read_workbook
from . import applying
from .known import SiteKnown
from .layouts import layout_of
from .models import ImportBatch, ImportRow, RememberedAnswer, RememberedMapping
from .resources import answer_place, choices_of
from .staging import SLICE, Stager, adjusted

State = ImportBatch.State


def read_batch(batch, viewer, commit=nullcontext, progress=None):
    """Stages the batch afresh and leaves it previewed, in need of answers, or rejected.

    `commit()` is a transaction for each group of writes; `progress(n)` is told inside it how many rows were read.
    """
    register = catalogue.get(batch.register)
    layout = layout_of(register, viewer)
    known = SiteKnown(register, batch.site, viewer)
    with commit():
        batch.rows.all().delete()
    with batch.file.open("rb") as file:
        try:
            workbook = read_workbook(file)
        except FileRefused as refused:
            return _reject(batch, refused.reason, refused.params, register, commit)
        with workbook:
            tables = peek(workbook, layout)
            _recall_mapping(batch, tables)
            stager = Stager(batch, register, viewer, known)
            reading = _read(batch, workbook, layout, known, stager, commit, progress)
    if reading.outcome == "reject":
        return _reject(batch, reading.reason, reading.params, register, commit, tables)
    with commit():
        stager.stage_skipped(reading.skipped_rows)
        _settle(batch, reading, stager, tables)
    return batch


def _read(batch, workbook, layout, known, stager, commit, progress):
    held = []

    def flush():
        if held:
            staged = stager.prepare(held)
            with commit():
                stager.store(staged)
                if progress:
                    progress(stager.number)
            held.clear()

    def keep(row):
        held.append(row)
        if len(held) == SLICE:
            flush()

    reading = read_file(
        workbook,
        layout,
        known,
        answers=answers_by_field(batch, known),
        mapping=_by_letters(batch.mapping, layout),
        sheets=batch.options.get("sheets"),
        areas=batch.options.get("areas"),
        visible_only=bool(batch.options.get("visible_only")),
        each=keep,
    )
    flush()
    return reading


def peek(workbook, layout):
    """What stands at the top of each sheet: [{"sheet", "row", "shape", "columns": [{"column", "heading", "field"}]}].

    Sheets without two known headings are left out.
    """
    found = []
    for sheet in workbook.sheets:
        if fold_heading(sheet.name) in layout.beside:
            continue
        top = list(islice(sheet.rows(), headings.SEARCHED_ROWS))
        heading = headings.find_heading(top, sheet.marks, layout)
        if heading is not None:
            columns = [
                {"column": c.letters, "heading": c.heading, "field": c.field.name if c.field else None}
                for c in heading.columns
            ]
            found.append({"sheet": sheet.name, "row": heading.row, "shape": shape_of(columns), "columns": columns})
    return found


def shape_of(columns):
    """A hash of the headings of a table, by which its mapping is recognised next time."""
    told = "\n".join(fold_heading(column["heading"]) for column in columns)
    return hashlib.sha256(told.encode()).hexdigest()


def _recall_mapping(batch, tables):
    """Puts what people chose for a file of this shape in front of the reader, unless this batch says otherwise."""
    remembered = RememberedMapping.objects.filter(
        register=batch.register, site=batch.site_id or 0, shape__in={table["shape"] for table in tables}
    )
    mappings = {entry.shape: entry.mapping for entry in remembered}
    for table in tables:
        if table["sheet"] not in batch.mapping and table["shape"] in mappings:
            batch.mapping[table["sheet"]] = mappings[table["shape"]]


def _by_letters(mapping, layout):
    """The mapping as the reader takes it; a field that has gone since it was chosen is none."""
    known = {field.name for field in layout.fields}
    return {
        sheet: {column: field if field.partition(":")[0] in known else None for column, field in columns.items()}
        for sheet, columns in mapping.items()
    }


def answers_by_field(batch, known):
    """{field: {word: value as read, or ""}}: what people said about words, now and before."""
    remembered = {}
    for entry in RememberedAnswer.objects.filter(site=batch.site_id or 0):
        remembered.setdefault(entry.dictionary, {})[entry.spelling] = entry.code
    answers = {}
    for name, column in catalogue.get(batch.register).fields.items():
        place = answer_place(column)
        said = remembered.get(place, {}) | batch.answers.get(place, {})
        if said:
            values = _values_by_code(column, known)
            answers[name] = {word: values.get(code, code) for word, code in said.items()}
    return answers


def _values_by_code(column, known):
    """{code: value as the kind reads it}."""
    if column.dictionary:
        return {code: label for label, code in known.codes(column.dictionary).items()}
    return {str(code): words[0] for code, words in choices_of(column)}


def _reject(batch, reason, params, register, commit, tables=()):
    """The file is refused whole. A missing column can still be pointed at by hand, so its headings are kept."""
    fields = params.get("fields")
    if fields:
        params = params | {"fields": [str(register.column(name).label) for name in fields]}
    with commit():
        batch.rows.all().delete()
        batch.state = State.REJECTED
        batch.reason = reason
        batch.sentence = str(file_message(reason, params))
        batch.reading = {"outcome": "reject", "reason": reason, "tables": list(tables)}
        batch.counts = {"importable": 0}
        batch.digest = ""
        batch.save()
    return batch


def _settle(batch, reading, stager, tables):
    report = reading.as_json()
    for rows in ("refused_rows", "warning_rows", "skipped_rows"):
        report.pop(rows, None)
    counts = adjusted(report.pop("counts"), stager.refused_here)
    batch.reading = report | {"tables": tables, "brought": stager.brought}
    batch.counts = counts | {"actions": _actions(batch)}
    needs_area = reading.outcome == "needs_area"
    batch.state = State.NEEDS_ANSWERS if needs_area else State.PREVIEWED
    batch.reason = "needs_area" if needs_area else ""
    batch.sentence = _("Two tables stand side by side. Please choose the columns to read.") if needs_area else ""
    batch.digest = "" if needs_area else applying.digest_of(batch)
    batch.save()


def _actions(batch):
    """{action: number of staged rows}."""
    counted = batch.rows.order_by().values_list("action").annotate(number=Count("pk"))
    return dict.fromkeys(ImportRow.Action.values, 0) | dict(counted)
