"""What the API does with records: reading them as the asker may, writing them through the door."""

import re
from dataclasses import asdict

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..audit import looks, moments
from ..changes import Act, Refusal, Refused, Write, apply
from ..lists import conditions
from ..lists.listing import Listing
from ..lists.operands import NotUnderstood
from ..models import ChangeSet
from ..screens import references, timeline
from ..screens.form import RecordForm
from . import added
from .schemas import Reference, type_of

PUBLIC_ID = re.compile("[0-9a-z]{12}")
_SYSTEM = ("version", "created_at", "updated_at")
KNOWN = {"ordering", moments.PARAMETER}


class Records:
    """One register for one asker."""

    def __init__(self, register, viewer):
        if not register.seen_by(viewer):
            raise Http404
        self.register, self.viewer = register, viewer

    def list(self, parameters, *, query="", built=None, cursor=None, limit=50):
        """One page: {"items", "next", "count"}. `parameters` is a QueryDict as in the address of the list, `built`
        a tree of conditions as JSON."""
        register = self.register
        listing = self.listing(parameters, query, built)
        if cursor and not (PUBLIC_ID.fullmatch(cursor) and listing.edges.filter(public_id=cursor).exists()):
            raise Refused([Refusal(0, "cursor", "unknown_cursor", _("This cursor belongs to no page of this list."))])
        columns = [*register.fields.values(), *map(register.column, _SYSTEM)]
        page = listing.turned(columns, after=cursor, size=limit)
        looks.found(register, self.viewer, query, page.rows)
        return {"items": self.shown(page.rows, listing.moment), "next": page.after, "count": listing.counted()}

    def listing(self, parameters, query="", built=None):
        """Raises Refused for a question that is not understood."""
        try:
            tree = conditions.read(self.register, self.viewer, built)
        except NotUnderstood as error:
            raise Refused([Refusal(0, "conditions", "not_understood", error.sentence)]) from error
        listing = Listing(self.register, self.viewer, parameters, query=query, built=tree, known=KNOWN)
        if listing.problem:
            raise Refused([Refusal(0, None, "not_understood", listing.problem)])
        return listing

    def row(self, key, verb=None):
        if not PUBLIC_ID.fullmatch(key):
            raise Http404
        rows = self.register.changeable(self.viewer, verb) if verb else self.register.visible(self.viewer)
        return get_object_or_404(self.register.whole(rows), public_id=key)

    def shown(self, rows, moment=None):
        """`rows` as dictionaries of the schema of records, with the lines of their parts: of a past `moment` where
        the rows are of one."""
        register, viewer = self.register, self.viewer
        readers = register.readers(viewer, list(register.fields_for(viewer)), rows, leaving=True)
        personal = [column for column, _read in readers if column.personal]
        looks.in_list(register, viewer, rows, personal, leaving=True)
        lines = self._lines_shown(rows, moment)
        found = []
        for row in rows:
            values = {c.name: self._value(c, read, row) for c, read in readers if c.on_model}
            values["added"] = {c.name: self._value(c, read, row) for c, read in readers if not c.on_model}
            hidden = [c.name for c in personal if register.values.masks(c, row, viewer, leaving=True)]
            found.append(
                {"id": row.public_id, "number": str(row), "void": row.is_void, "masked": hidden}
                | {name: getattr(row, name) for name in _SYSTEM}
                | values
                | ({"lines": lines[row.pk]} if lines else {})
            )
        return found

    def _lines_shown(self, rows, moment):
        """{row number: {part: [line as a dictionary]}}; nothing for registers without parts."""
        found = {row.pk: {} for row in rows} if self.register.parts else {}
        for part in self.register.parts:
            kept = part.lines_of([getattr(row, "today", row) for row in rows], moment)
            every = [line for lines in kept.values() for line in lines]
            told = {line.pk: one for line, one in zip(every, Records(part, self.viewer).shown(every), strict=True)}
            for key, lines in kept.items():
                found[key][part.code] = [told[line.pk] for line in lines]
        return found

    def _wishes(self, given, row=None):
        """{part: [Write]} of the lines that a body names. Raises Refused for a line that `row` does not have."""
        wishes, refusals = {}, []
        for part in self.register.parts:
            known = {line.public_id: line for line in part.lines_of([row])[row.pk]} if row is not None else {}
            of_part = Records(part, self.viewer)
            for place, line in enumerate(given.get(part.code, ())):
                key, version, leaves = line.pop("id", None), line.pop("version", None), line.pop("take_out", False)
                stored = known.get(key)
                if key is not None and stored is None:
                    message = _("The record has no such line.")
                    refusals.append(Refusal(0, "id", "unknown_line", message, part=part.code, line=place))
                    continue
                values = {} if leaves else of_part.values_of(line, stored)
                action = "void" if leaves else "save"
                wishes.setdefault(part.code, []).append(
                    Write(row=stored, values=values, version=version, action=action)
                )
        if refusals:
            raise Refused(refusals)
        return wishes

    def values_of(self, values, row=None):
        """`values` of a body as the door takes them: without masks that came back, with records for their ids."""
        values = self._with_added(values)
        return self.resolved(self._without_masks(row, values) if row is not None else values, row)

    def _value(self, column, read, row):
        value = read(row)
        if column.personal and isinstance(value, str) and type_of(column) is not str:
            # What stands for an amount is no number: `masked` says that there is one.
            return None
        if not column.field.is_relation:
            return value
        target = column.get(row)
        return None if target is None else Reference(id=target.public_id, name=value)

    def row_as_of(self, key, asked):
        """(the record as it was at the moment `asked` for, or as it is; that moment or None)"""
        row = self.row(key)
        try:
            moment = moments.read(asked, self.viewer)
        except NotUnderstood as error:
            raise Refused([Refusal(0, moments.PARAMETER, "not_understood", error.sentence)]) from error
        if moment is None:
            return row, None
        state = moments.state_of(self.register, row, moment)
        if state is None:
            raise Http404
        return state, moment

    def create(self, values, reason, lines=()):
        if not self.register.may(self.viewer, "add"):
            raise Http404
        write = Write(values=self.values_of(values), lines=self._wishes(dict(lines)))
        self._apply(write, reason)
        return self.shown([self._afresh(write.row)])[0]

    def change(self, key, values, version, reason, lines=()):
        row = self.row(key, "change")
        values, wishes = self.values_of(values, row), self._wishes(dict(lines), row)
        if values or wishes:
            self._apply(Write(row=row, values=values, version=version, lines=wishes), reason)
        return self.shown([self._afresh(row)])[0]

    def change_state(self, key, state, version, reason):
        """Only where the form of the record lets the asker choose the state."""
        name, row = self.register.state_column.name, self.row(key, "change")
        if name not in RecordForm(self.register, self.viewer, row).fields:
            raise Http404
        return self.change(key, {name: state}, version, reason)

    def void(self, key, version, reason):
        row = self.row(key, "void")
        self._apply(Write(row=row, action="void", version=version), reason)
        return self.shown([self._afresh(row)])[0]

    def history(self, key, number):
        row = self.row(key)
        entries, more = timeline.timeline(self.register, row, self.viewer, number, names=timeline.HISTORY)
        return {"items": [asdict(entry) for entry in entries], "more": more}

    def _afresh(self, row):
        return self.register.whole(self.register.model.rows).get(pk=row.pk)

    def _apply(self, write, reason):
        act = Act(self.viewer.user, ChangeSet.Channel.API, reason, viewer=self.viewer)
        return apply(self.register, [write], act=act)

    def _without_masks(self, row, values):
        """A masked value that came back as it was shown is not a new value."""
        return {name: value for name, value in values.items() if not self._shown_masked(row, name, value)}

    def _with_added(self, values):
        """`values` with what stands under `added` among them. Raises Refused for a field the asker may not know."""
        if unknown := [
            name for name in values if name != "added" and name not in self.register.fields_for(self.viewer)
        ]:
            raise Refused([added.no_such_field(self.register, name) for name in unknown])
        return values | added.taken(self.register, self.viewer, values.pop("added", None) or {})

    def fields(self):
        return added.described(self.register, self.viewer)

    def _shown_masked(self, row, name, value):
        """Whether `value` is the mask that stood for the value of `row`; of an amount that is nothing at all."""
        column = self.register.fields[name]
        if not self.register.values.masks(column, row, self.viewer, leaving=True):
            return False
        mask = column.mask(column.raw(row))
        return value == (mask if type_of(column) is str or isinstance(mask, list) else None)

    def resolved(self, values, row=None):
        """`values` with the ids of records turned into the records, among those the asker may choose."""
        refusals = []
        for name, value in values.items():
            column = self.register.fields[name]
            if column.field.is_relation and value is not None:
                values[name] = self._target(column, value, row)
                if values[name] is None:
                    message = _("There is no such record among those you may choose.")
                    refusals.append(Refusal(0, name, "unknown_reference", message))
        if refusals:
            raise Refused(refusals)
        return values

    def _target(self, column, key, row):
        stored = column.get(row) if row is not None else None
        if stored is not None and stored.public_id == key:
            return stored
        return references.choosable(column.target, self.viewer).filter(public_id=key).first()


def parameters_of(given):
    """A QueryDict of {name: value or list of values}, the shape in which the list's filters are read."""
    found = QueryDict(mutable=True)
    for name, value in given.items():
        if value not in (None, "", []):
            found.setlist(name, value if isinstance(value, list) else [str(value)])
    return found
