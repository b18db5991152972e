"""What the pages of an import show: rows with their differences, questions, columns. Masked for whoever looks."""

import copy

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import catalogue, dictionaries
from ..columns import Column
from ..scope import viewer_of
from ..screens import pages
from ..screens.differences import differences
from ..sheets.layout import fold_heading
from ..sheets.messages import COLUMN_NOTES, SHEET_REASONS
from .layouts import layout_of
from .models import ImportRow
from .resources import answer_place, resource_of
from .sentences import Sentences

SIZE = 50
# More words than these at once are a wrong column rather than words to explain.
MANY_QUESTIONS = 50
# Headings of running numbers, and none at all: nobody misses these columns.
_NOT_MISSED = ("", "序号", "编号", "no", "#")
Action = ImportRow.Action
# The filters of the preview, in the order they stand, with the rows each shows.
SHOWN = {
    "create": {"action": Action.CREATE},
    "update": {"action": Action.UPDATE},
    "unchanged": {"action": Action.UNCHANGED},
    "refused": {"action__in": [Action.REFUSED, Action.CONFLICT]},
    "warned": {"warned": True},
    "skipped": {"action": Action.SKIPPED},
}


def figures(batch):
    """[(filter, label, number of rows)] of everything there is to look at."""
    actions = batch.counts.get("actions", {})
    refused = actions.get("refused", 0) + batch.counts.get("conflicts", 0)
    refused += batch.counts.get("refused_when_written", 0)
    return [
        ("create", _("new"), batch.counts.get("created", actions.get("create", 0))),
        ("update", _("changed"), batch.counts.get("updated", actions.get("update", 0))),
        ("unchanged", _("unchanged"), actions.get("unchanged", 0)),
        ("refused", _("refused"), refused),
        ("skipped", _("left out"), actions.get("skipped", 0)),
        ("warned", _("to look at"), batch.counts.get("warning_rows", 0)),
    ]


def rows_shown(batch, shown, page):
    """(rows of one page, whether there are more), for one of the filters or all records."""
    rows = batch.rows.filter(**SHOWN[shown]) if shown in SHOWN else batch.rows.exclude(action=Action.SKIPPED)
    start = (page - 1) * SIZE
    found = list(rows.order_by("n")[start : start + SIZE + 1])
    return found[:SIZE], len(found) > SIZE


class Lines:
    """The lines of one page of the preview; the number of queries does not depend on the number of rows."""

    def __init__(self, batch, register, viewer):
        self.batch, self.register, self.viewer = batch, register, viewer
        self.widgets = {name: field.widget for name, field in resource_of(register).fields.items()}
        self.sentences = Sentences(register)
        self.title = register.title_field

    def of(self, rows):
        targets = self._targets(rows)
        steps = {row.pk: self._step(row, targets.get(row.row_id)) for row in rows}
        steps = {key: step for key, step in steps.items() if step is not None}
        found = dict(zip(steps, differences(self.register, list(steps.values()), self.viewer), strict=True))
        return [self._line(row, found.get(row.pk, []), targets.get(row.row_id)) for row in rows]

    def _targets(self, rows):
        """The records that rows change or have become, as far as the viewer may see them."""
        numbers = {row.row_id for row in rows if row.row_id}
        if not numbers:
            return {}
        visible = self.register.visible(self.viewer).filter(pk__in=numbers)
        every = list(self.register.fields.values())
        return {row.pk: row for row in pages.fetched(visible, self.register, every)}

    def _step(self, row, target):
        """(before, after, record) of a row that is still to be written."""
        if row.action not in (Action.CREATE, Action.UPDATE) or row.done:
            return None
        if row.action == Action.UPDATE and target is None:
            return None
        after = copy.copy(target) if target is not None else self.register.model()
        for name, stored in row.values.items():
            if name not in self.widgets:
                continue
            column = self.widgets[name].column
            value = self.widgets[name].load(stored)
            column.put(after, value if column.field.is_relation else column.field.to_python(value))
        return target, after, target

    def _line(self, row, changes, target):
        name = self._name(row)
        return {
            "row": row.row,
            "sheet": row.sheet,
            "action": row.action,
            "label": row.get_action_display(),
            "name": name,
            "record": target,
            # The title of a new record stands in front of the line; how it will be kept is told where that differs.
            "changes": [
                item
                for item in changes
                if row.action == Action.UPDATE or item.field != self.title or item.new != name
            ],
            "refusals": self.sentences.refusals(row),
            "warnings": self.sentences.warnings(row),
        }

    def _name(self, row):
        """What the line is about: the title as typed, which a reader finds in the file again, or as put together."""
        title = self.title
        mapping = self.batch.reading.get("mapping", [])
        letters = next((c["column"] for c in mapping if c["field"] == title and c["sheet"] == row.sheet), None)
        personal = title in self.register.fields and self.register.column(title).personal
        return "" if personal else (row.originals.get(letters, "") or str(row.values.get(title, "")))[:40]


def answer_options(column: Column):
    """[(code, label)] a word in `column` may mean: values of its dictionary, its choices, or yes and no."""
    if column.dictionary:
        return dictionaries.choices(column.dictionary)
    if column.field.choices:
        return [(str(code), str(label)) for code, label in column.field.flatchoices if code != ""]
    return [("true", _("yes")), ("false", _("no"))]


def questions(batch, register):
    """The words of the file nobody knew, and those a person has explained since, which may be explained otherwise.

    [{"name" of the field, "label", "word", "options", "answer"}]; an answer of "" leaves the cell empty.
    """
    asked = [
        (question["field"], question["value"], None)
        for question in batch.reading.get("questions", [])
        if question["kind"] == "choice_mapping" and question["field"] in register.fields
    ]
    asked = asked[:MANY_QUESTIONS]
    by_place = {answer_place(column): name for name, column in reversed(register.fields.items())}
    asked += [
        (by_place[place], word, code)
        for place, words in batch.answers.items()
        for word, code in words.items()
        if place in by_place
    ]
    return [
        {
            "name": name,
            "label": capfirst(register.fields[name].label),
            "word": word,
            "options": answer_options(register.fields[name]),
            "answer": answer,
        }
        for name, word, answer in asked
    ]


def notes(batch):
    """Sentences about the file as a whole that ask nothing."""
    found = [
        _brought(catalogue.get(code), titles) for code, titles in batch.reading.get("brought", {}).items() if titles
    ]
    for question in batch.reading.get("questions", []):
        kind = question["kind"]
        if kind == "comments":
            found.append(_("Comments in cells are not read: %(count)s.") % question)
        elif kind == "pictures_ignored":
            found.append(_("Pictures are left out: %(count)s.") % question)
        elif kind == "hidden_column":
            found.append(_("The hidden column %(column)s (%(heading)s) is read.") % question)
        elif kind == "same_heading_in_sheets":
            found.append(_("Several sheets are read: %(sheets)s.") % {"sheets": "、".join(question["sheets"])})
    for check in batch.reading.get("sum_checks", []):
        if check.get("agrees") is False:
            found.append(_("A sum in the file does not agree with its rows: row %(row)s.") % check)
    return found


def _brought(register, titles):
    shown = [register.column(register.title_field).display(title) for title in titles]
    told = {"register": register.label_plural, "count": len(shown), "names": "、".join(shown[:MANY_QUESTIONS])}
    return _("Entered on the way, because rows name them: %(count)s %(register)s (%(names)s).") % told


def sheets(batch):
    """[{"name", "use", "state", "why"}] when there is more than one to choose from."""
    found = batch.reading.get("sheets", [])
    tables = {table["sheet"] for table in batch.reading.get("tables", [])}
    shown = [
        sheet | {"reason": str(SHEET_REASONS.get(sheet.get("why"), ""))} for sheet in found if sheet["name"] in tables
    ]
    return shown if len(shown) > 1 else []


def columns(batch, register):
    """[(sheet, [{"column", "heading", "value", "options", "note"}])]: what each column of the file is read as."""
    fields = [(field.name, _label(field, register)) for field in layout_of(register, viewer_of(batch.owner)).fields]
    mapping = batch.reading.get("mapping") or [
        {"sheet": table["sheet"], **column}
        for table in batch.reading.get("tables", [])
        for column in table["columns"]
    ]
    found = {}
    for entry in mapping:
        value = entry["field"] or ""
        options = fields
        if entry.get("part"):
            value = f"{value}:{entry['part']}"
            options = [*fields, (value, f"{dict(fields)[entry['field']]} · {entry['part']}")]
        found.setdefault(entry["sheet"], []).append(
            {
                "column": entry["column"],
                "heading": entry["heading"] or "—",
                "value": value,
                "options": options,
                "note": _note(entry, register),
            }
        )
    return list(found.items())


def _label(field, register):
    """What a field of a list is called: as in the register, or, of one the register does not keep, as in lists."""
    return capfirst(register.fields[field.name].label if field.name in register.fields else field.headings[0])


def _note(entry, register):
    if entry.get("note"):
        return str(COLUMN_NOTES.get(entry["note"], entry["note"]))
    if entry["field"] and entry["field"] not in register.fields:
        return _("Read and checked, but not kept in this register.")
    return ""


def unmapped(batch):
    """The headings of columns nobody reads, apart from running numbers and blank ones."""
    return [
        entry["heading"]
        for entry in batch.reading.get("mapping", [])
        if not entry["field"]
        and entry["heading"]
        and fold_heading(entry["heading"]) not in ("序号", "编号", "no", "#")
    ]
