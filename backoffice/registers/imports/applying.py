"""Writes the staged rows of a confirmed batch, slice by slice, through the one door.

A slice is one transaction: rows, history, the marks of the staged rows, and the job's pointer. A row that changed
since the preview is never overwritten, and one bad row never takes its neighbours with it. Source: reliability.md
1.4 step 7, guarantees G2 to G6.
"""

import hashlib
import json
import time

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock, faults

from .. import catalogue
from ..changes import Act, Conflict, Denied, Refused, Write, finish, open_change_set, write_rows
from ..scope import viewer_of
from .models import ImportBatch, ImportRow
from .resources import resource_of

SLICE = 500
PAUSE = 0.1
WRITTEN = (ImportRow.Action.CREATE, ImportRow.Action.UPDATE)


class PreviewOutdated(Exception):
    """The staged rows are no longer what was confirmed."""


def digest_of(batch):
    """SHA-256 over what confirming agrees to: site, mapping, and every row to be written with what it was seen as."""
    told = {"register": batch.register, "site": batch.site_id, "mapping": batch.mapping, "answers": batch.answers}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    rows = batch.rows.filter(action__in=WRITTEN).order_by("n")
    for row in rows.values_list("n", "action", "row_id", "base_version", "values").iterator(chunk_size=2000):
        digest.update(json.dumps(row, sort_keys=True).encode())
    return digest.hexdigest()


def act_of(batch):
    """In whose name the batch is written, with the rights that person holds at this moment."""
    viewer = viewer_of(type(batch.owner).objects.get(pk=batch.owner_id))
    viewer.site = batch.site_id
    return Act(
        actor=batch.owner,
        channel=batch.channel,
        viewer=viewer,
        reason=_("Import of %(file)s") % {"file": batch.name},
        source_name=batch.name,
        source_sha256=batch.sha256,
    )


def begin(batch, act):
    """Opens the change set of the batch. Raises PreviewOutdated when the staged rows are not what was confirmed."""
    if digest_of(batch) != batch.digest:
        raise PreviewOutdated
    batch.change_set = open_change_set(catalogue.get(batch.register), act)
    batch.save(update_fields=["change_set"])


def waiting(batch):
    """The staged rows still to be written."""
    return batch.rows.filter(action__in=WRITTEN, done=False).order_by("n")


def write_slice(batch, act, size=SLICE):
    """Writes the next rows inside the caller's transaction. Returns how many were decided; 0 when none is left."""
    staged = list(waiting(batch)[:size])
    if staged:
        _Slice(batch, act).write(staged)
    return len(staged)


def let_others_in():
    """A pause between two slices: SQLite keeps no queue, and who waits for its lock looks again every 0.1 s."""
    if connection.vendor == "sqlite":
        time.sleep(PAUSE)


def close(batch):
    """Every row is decided: the change set is finished, the counts are final."""
    finish(batch.change_set)
    batch.counts |= written_counts(batch)
    batch.state = ImportBatch.State.DONE
    batch.finished_at = clock.now()
    batch.save(update_fields=["state", "counts", "finished_at"])


def written_counts(batch):
    """What came of the rows, as numbers: created, updated, unchanged, conflicts, refused_when_written."""
    change_set, rows = batch.change_set, batch.rows
    return {
        "created": change_set.created,
        "updated": change_set.updated,
        "unchanged": rows.filter(action=ImportRow.Action.UNCHANGED).count(),
        "conflicts": rows.filter(action=ImportRow.Action.CONFLICT).count(),
        "refused_when_written": rows.filter(action=ImportRow.Action.REFUSED, done=True).count(),
    }


class _Slice:
    """One slice on its way through the door."""

    def __init__(self, batch, act):
        self.batch, self.act = batch, act
        self.register = catalogue.get(batch.register)
        self.widgets = {name: field.widget for name, field in resource_of(self.register).fields.items()}

    def write(self, staged):
        self._write_what_can_be(self._set_conflicts_aside(staged))
        faults.point("import.before_marks")
        for row in staged:
            row.done = True
        # An upsert by primary key: one statement, where bulk_update takes a case for every row and field.
        ImportRow.objects.bulk_create(
            staged,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["done", "action", "problems", "row_id"],
        )

    def _set_conflicts_aside(self, staged):
        """The rows whose target still is what the preview compared with. The others are marked."""
        targets = [row.row_id for row in staged if row.row_id]
        self.rows = self.register.model.rows.select_for_update().in_bulk(targets) if targets else {}
        good = []
        for row in staged:
            target = self.rows.get(row.row_id)
            # A field archived since leaves values that have no place any more.
            if not set(row.values) <= set(self.widgets):
                row.action = ImportRow.Action.CONFLICT
            elif row.row_id is None or (target and target.version == row.base_version and not target.is_void):
                good.append(row)
            else:
                row.action = ImportRow.Action.CONFLICT
        return good

    def _write_what_can_be(self, staged):
        """Writes all of `staged`, or, when the door refuses, what is left after the rows it names."""
        while staged:
            writes = [self._write_of(row) for row in staged]
            try:
                with transaction.atomic():
                    write_rows(self.batch.change_set, self.register, writes, act=self.act)
            except Conflict as conflict:
                staged[conflict.index].action = ImportRow.Action.CONFLICT
                staged = [row for index, row in enumerate(staged) if index != conflict.index]
            except (Refused, Denied) as refused:
                staged = self._without_the_refused(staged, refused)
            else:
                for row, write in zip(staged, writes, strict=True):
                    row.row_id = write.row.pk
                return

    def _write_of(self, row):
        values = {name: self.widgets[name].load(stored) for name, stored in row.values.items()}
        site = self.register.scope.site
        if row.row_id is None and site in self.register.fields:
            values[site] = self.batch.site_id
        return Write(
            values=values, row=self.rows.get(row.row_id), version=row.base_version, source=(row.sheet, row.row)
        )

    def _without_the_refused(self, staged, refused):
        """Marks the rows that were named; a refusal that names none is narrowed down by halves."""
        if isinstance(refused, Refused) and refused.__cause__ is None:
            named = {}
            for refusal in refused.refusals:
                named.setdefault(refusal.index, []).append(refusal)
            for index, refusals in named.items():
                _mark_refused(staged[index], [_problem(one.code, one.field, str(one.message)) for one in refusals])
            return [row for index, row in enumerate(staged) if index not in named]
        if len(staged) == 1:
            code = "not_allowed" if isinstance(refused, Denied) else "taken"
            text = "" if isinstance(refused, Denied) else str(refused)
            _mark_refused(staged[0], [_problem(code, None, text)])
            return []
        middle = len(staged) // 2
        self._write_what_can_be(staged[:middle])
        self._write_what_can_be(staged[middle:])
        return []


def _mark_refused(row, problems):
    row.action = ImportRow.Action.REFUSED
    row.problems = [*row.problems, *problems]


def _problem(code, field, text):
    return {"kind": "refusal", "code": code, "field": field, "column": "", "params": {"text": text} if text else {}}
