"""What a batch amounts to, as one JSON object in the notation of the test corpus: for commands and checks."""

from .. import catalogue
from .known import SiteKnown
from .models import ImportRow
from .resources import resource_of

# What the pages of an import keep of a reading for themselves.
_INSIDE = ("tables", "brought")
LONG, ENDS = 2000, 10  # signs: a text longer than this is told by so many from each end


def report_of(batch, viewer, values=False):
    """{"file", "outcome", "sheets", "mapping", "counts", "refused_rows", …}; with `values` the rows as well."""
    reading = {key: value for key, value in batch.reading.items() if key not in _INSIDE}
    report = {"file": batch.name, **reading}
    if batch.reading.get("outcome") == "reject":
        return report | {"register": batch.register, "counts": {"importable": 0}, "message": batch.sentence}
    report["counts"] = {key: value for key, value in batch.counts.items() if key != "actions"}
    report |= {"refused_rows": [], "warning_rows": [], "skipped_rows": []}
    for row in batch.rows.order_by("n").defer("values", "originals").iterator(chunk_size=2000):
        _list(row, report)
    if values:
        report["rows"] = list(_values(batch, viewer))
    return report


def _list(row, report):
    place = {"sheet": row.sheet, "row": row.row}
    if row.action == ImportRow.Action.SKIPPED:
        report["skipped_rows"].append(place | {"reason": row.problems[0]["code"]})
    elif row.action == ImportRow.Action.REFUSED:
        refusals = [problem for problem in row.problems if problem["kind"] == "refusal"]
        entry = place | {"reasons": sorted({problem["code"] for problem in refusals})}
        same_as = next((problem["params"] for problem in refusals if problem["code"] == "duplicate_in_file"), None)
        if same_as:
            entry["same_as_row"] = same_as["row"]
            if same_as.get("sheet", row.sheet) != row.sheet:
                entry["same_as_sheet"] = same_as["sheet"]
        report["refused_rows"].append(entry)
    elif row.warned:
        warnings = {problem["code"] for problem in row.problems if problem["kind"] == "warning"}
        report["warning_rows"].append(place | {"reasons": sorted(warnings)})


def _values(batch, viewer):
    """{"sheet", "row", "values"} of every record of the file; fields without a value are left out."""
    register = catalogue.get(batch.register)
    known = SiteKnown(register, batch.site, viewer)
    widgets = {name: field.widget for name, field in resource_of(register).fields.items()}
    rows = batch.rows.exclude(action=ImportRow.Action.SKIPPED).order_by("n")
    for row in rows.defer("originals", "problems").iterator(chunk_size=2000):
        shown = {name: _short(widgets[name].show(stored, known)) for name, stored in row.values.items()}
        yield {"sheet": row.sheet, "row": row.row, "values": shown}


def _short(value):
    """A very long text by its length, beginning and end; everything else as it is."""
    if not isinstance(value, str) or len(value) <= LONG:
        return value
    return {"length": len(value), "starts_with": value[:ENDS], "ends_with": value[-ENDS:]}
