"""Turns the rows of a file into staged rows: what each would do to the register, compared with what is there now.

Targets are found by key, many rows at a time, and within what the importing person may reach: a key that somebody
else's record holds is refused in the words of any taken key. Nothing is written to the register. Source:
reliability.md 1.4 steps 4 and 5.
"""

from django.core.exceptions import ValidationError

from ..changes.checks import duplicate_keys
from ..numbering.numbers import STAYS
from ..sheets.report import Problem
from .models import ImportRow
from .resources import resource_of

SLICE = 500
# Codes of problems found here; their sentences stand in `messages`.
TAKEN, NOT_ALLOWED, AMBIGUOUS, INVALID = "taken", "not_allowed", "ambiguous_key", "invalid_value"
READ_ONLY = "read_only"


class Stager:
    """Stages the rows of one batch, slice by slice. `tally` counts what reading alone could not know."""

    def __init__(self, batch, register, viewer, known):
        self.batch, self.register, self.viewer, self.known = batch, register, viewer, known
        self.widgets = {name: field.widget for name, field in resource_of(register).fields.items()}
        self.keys = [register.column(name) for name in register.key]
        self.number = 0
        self.refused_here = []
        self.brought = {}

    def prepare(self, rows):
        """The staged rows of `rows` (ReadRow), not stored yet: reads only, so that it needs no write transaction."""
        staged = []
        for row in rows:
            self.number += 1
            staged.append((row, self._staged(row, self._stored_values(row))))
        self._find_targets([entry for entry in staged if entry[0].importable])
        return [self._finished(row, entry) for row, entry in staged]

    def store(self, staged):
        ImportRow.objects.bulk_create(staged)
        self._foresee([row.values for row in staged if row.action == ImportRow.Action.CREATE])

    def _foresee(self, values):
        """Notes which records of other registers writing rows with `values` would enter on its way."""
        for code, titles in self.register.brings(values, self.batch.site) if self.register.brings else ():
            known = self.brought.setdefault(code, [])
            known += [title for title in titles if title not in known]

    def stage_skipped(self, skipped):
        """Stores the lines that are no record: {"sheet", "row", "reason"}."""
        entries = []
        for line in skipped:
            self.number += 1
            problem = {"kind": "skip", "code": line["reason"], "field": None, "column": "", "params": {}}
            entries.append(
                ImportRow(
                    batch=self.batch,
                    n=self.number,
                    sheet=line["sheet"][:120],
                    row=line["row"],
                    action=ImportRow.Action.SKIPPED,
                    problems=[problem],
                )
            )
        ImportRow.objects.bulk_create(entries, batch_size=SLICE)

    def _staged(self, row, values):
        return ImportRow(
            batch=self.batch,
            n=self.number,
            sheet=row.sheet[:120],
            row=row.row,
            action=ImportRow.Action.CREATE,
            values=values,
            # PostgreSQL keeps no NUL in a JSON text.
            originals={letters: text.replace("\0", "") for letters, text in row.original().items()},
        )

    def _stored_values(self, row):
        """{field: stored value} of the cells that hold one; values the model's own field refuses are noted."""
        values, readable = {}, row.importable
        for name, value in row.values.items():
            widget = self.widgets.get(name)
            stored = None if widget is None else widget.store(value, self.known)
            if stored in (None, "", []):
                continue
            values[name] = stored
            if readable and not widget.column.field.is_relation:
                self._check(row, widget, stored)
        return values

    def _check(self, row, widget, stored):
        try:
            widget.column.field.clean(widget.load(stored), None)
        except ValidationError as error:
            column = self._place(row, widget.column.name)
            text = " ".join(str(message) for message in error.messages)
            self._refuse(row, Problem(INVALID, widget.column.name, column, {"text": text}))

    def _refuse(self, row, problem):
        if row.importable:
            self.refused_here.append((bool(row.warnings), problem.code))
        row.refusals.append(problem)

    def _find_targets(self, staged):
        """Gives each row its action: create, update, unchanged, or a refusal."""
        if not staged or not self.keys:
            return
        found = self._living_rows({self._key(entry.values) for _row, entry in staged})
        numbers = [row.pk for rows in found.values() for row in rows]
        reach = self._within(self.register.visible(self.viewer), numbers)
        may_change = self._within(self.register.changeable(self.viewer), numbers)
        for row, entry in staged:
            targets = found.get(self._key(entry.values), [])
            if not targets:
                self._refuse_read_only(row, entry.values)
                continue
            target = targets[0]
            if target.pk not in reach:
                self._refuse(row, self._about_key(row, TAKEN))
            elif len(targets) > 1:
                self._refuse(row, self._about_key(row, AMBIGUOUS))
            else:
                self._compare(row, entry, target, target.pk in may_change)

    def _within(self, rows, numbers):
        return set(rows.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()

    def _key(self, values):
        return tuple(
            column.field.to_python(values[column.name]) if column.name in values else None for column in self.keys
        )

    def _living_rows(self, keys):
        """{key: [rows]} of the records at the batch's site that hold one of `keys`, in one query."""
        leading = self.keys[0]
        rows = self.register.with_columns(self.register.model.rows.filter(voided_at=None), [leading])
        rows = rows.filter(**{f"{leading.path}__in": {key[0] for key in keys} - {None}})
        site = self.register.scope.site
        if site in self.register.fields:
            rows = rows.filter(**{site: self.batch.site_id})
        found = {}
        for row in rows:
            key = tuple(column.raw(row) for column in self.keys)
            if key in keys:
                found.setdefault(key, []).append(row)
        return found

    def _about_key(self, row, code):
        name = self.keys[0].name
        return Problem(
            code, name, self._place(row, name), {"text": str(duplicate_keys.TAKEN)} if code == TAKEN else {}
        )

    def _compare(self, row, entry, target, may_change):
        changed = {name for name, stored in entry.values.items() if self._differs(name, stored, target)}
        changed -= self._came_back_masked(entry, changed, target)
        entry.row_id, entry.base_version = target.pk, target.version
        entry.action = ImportRow.Action.UPDATE if changed else ImportRow.Action.UNCHANGED
        if not changed:
            return
        for name in changed:
            if self.register.column(name).series:
                self._refuse(row, Problem(INVALID, name, self._place(row, name), {"text": str(STAYS)}))
        held_back = {name for name in changed if self.register.column(name).read_only_for(self.viewer)}
        if not may_change or held_back:
            name = next(iter(held_back), None)
            code = READ_ONLY if name and may_change else NOT_ALLOWED
            self._refuse(row, Problem(code, name or "", self._place(row, name)))

    def _refuse_read_only(self, row, values):
        """A new record is given no value that managers left to other roles to set."""
        for name in values:
            column = self.register.column(name)
            if not column.required and column.kept_from(self.viewer):
                self._refuse(row, Problem(READ_ONLY, name, self._place(row, name)))

    def _place(self, row, name):
        """The column of the file that holds the field `name`, or None."""
        return next((c for c in row.heading.columns if c.field and c.field.name == name), None)

    def _came_back_masked(self, entry, names, target):
        """The names among `names` of which the file holds the mask that stood for the value: no new values. They are
        taken out of `entry`."""
        values = self.register.values
        masked = {
            name
            for name in names
            if values.masks(column := self.register.column(name), target, self.viewer)
            and entry.values[name] == column.mask(column.raw(target))
        }
        entry.values = {name: stored for name, stored in entry.values.items() if name not in masked}
        return masked

    def _differs(self, name, stored, target):
        return differs(self.widgets[name], stored, target)

    def _finished(self, row, entry):
        entry.problems = [_problem("refusal", one) for one in row.refusals]
        entry.problems += [_problem("warning", one) for one in row.warnings]
        entry.warned = bool(row.warnings) and row.importable
        if row.refusals:
            entry.action = ImportRow.Action.REFUSED
        return entry


def differs(widget, stored, target):
    """Whether writing a stored value would change the record `target`."""
    field = widget.column.field
    value = stored if field.is_relation else field.clean(widget.load(stored), target)
    return value != widget.column.raw(target)


def _problem(kind, problem):
    return {
        "kind": kind,
        "code": problem.code,
        "field": problem.field or None,
        "column": problem.column.letters if problem.column else "",
        "params": {key: value for key, value in problem.params.items() if isinstance(value, str | int | bool)},
    }


def adjusted(counts, refused_here):
    """The counts of a reading with the refusals that only the register could tell: [(had warnings, code)]."""
    counts = dict(counts)
    reasons = dict(counts["refused_by_reason"])
    for warned, code in refused_here:
        counts["importable"] -= 1
        counts["refused"] += 1
        counts["warning_rows"] -= warned
        reasons[code] = reasons.get(code, 0) + 1
    return counts | {"refused_by_reason": dict(sorted(reasons.items()))}
