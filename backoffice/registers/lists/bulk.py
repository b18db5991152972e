"""Changing or voiding many rows as one act: selected, judged by the door, looked at, written through the door.

Judging is writing without the writing: the door's own checks on each slice of rows, in a transaction that is rolled
back. What was looked at is kept with the version of every row; a row that somebody changed since is set aside, never
overwritten, and one bad row never takes its neighbours with it.
"""

from django.db import transaction
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import catalogue
from ..changes import Act, Conflict, Denied, Refused, Write, finish, judge, open_change_set, write_rows
from ..changes.checks import unique_keys
from ..models import ChangeSet
from ..scope import viewer_of
from ..screens.form import RecordForm
from .models import BulkEdit, BulkRow

SLICE = 500
# More rows than this are judged and written in the background.
AT_ONCE = 300
MOST = 50_000
State, Fate = BulkEdit.State, BulkRow.Fate
NOT_ALLOWED = gettext_lazy("You may not change this record.")


class TooMany(Exception):
    """More rows were selected than one act may change."""


def verb_of(action):
    return "void" if action == BulkEdit.Action.VOID else "change"


def begin(register, viewer, rows, action, back=""):
    """Stages `rows` (a queryset of what was selected) with their versions. Raises TooMany.

    Rows outside the reach of the verb are counted and left out; void rows are no longer there to be changed.
    """
    rows = rows.filter(voided_at=None).order_by()
    allowed = rows.filter(pk__in=register.changeable(viewer, verb_of(action)).values("pk"))
    if rows.values("pk")[: MOST + 1].count() > MOST:
        raise TooMany
    with transaction.atomic():
        bulk = BulkEdit.objects.create(register=register.code, owner=viewer.user, action=action, back=back)
        staged = [BulkRow(bulk=bulk, row=pk, version=version) for pk, version in allowed.values_list("pk", "version")]
        BulkRow.objects.bulk_create(staged, batch_size=SLICE * 4)
        bulk.beyond = rows.count() - len(staged)
        bulk.save(update_fields=["beyond"])
    return bulk


class BulkForm(RecordForm):
    """The fields that may be set on many rows at once; `chosen` are those that shall be.

    Left out are personal data, fields of a unique key, and what the viewer may not set.
    """

    def __init__(self, register, viewer, data=None, chosen=()):
        super().__init__(register, viewer, None, data)
        own = {name for names in unique_keys(register) for name in names}
        for name, column in self.columns.items():
            if column.personal or name in own or column.read_only_for(viewer):
                self.fields.pop(name, None)
            elif name in self.fields:
                self.fields[name].initial = None
        self.chosen = [name for name in self.fields if name in set(chosen)]
        if data is not None:
            for name in set(self.fields) - set(self.chosen):
                del self.fields[name]

    def asks_for(self, column):
        """States included: many records take the same step at once."""
        return not column.computed

    def posted(self):
        """What was filled in, as JSON from which the form can be made again."""
        return {name: self.data.getlist(name) for name in self.chosen}


def form_of(bulk, viewer):
    """The filled form of a bulk edit, valid or not any more."""
    data = QueryDict(mutable=True)
    for name, values in bulk.values.items():
        data.setlist(name, values)
    return BulkForm(catalogue.get(bulk.register), viewer, data, bulk.values)


def act_of(bulk):
    """In whose name the rows are written, with the rights that person holds at this moment."""
    user = type(bulk.owner).objects.get(pk=bulk.owner_id)
    return Act(user, ChangeSet.Channel.BULK, bulk.reason, viewer=viewer_of(user))


class Run:
    """One bulk edit at work. The caller opens the transaction of each slice."""

    def __init__(self, bulk):
        self.bulk, self.act = bulk, act_of(bulk)
        self.register = catalogue.get(bulk.register)
        self.values = {}
        if bulk.action == BulkEdit.Action.SAVE:
            form = form_of(bulk, self.act.viewer)
            if not form.is_valid():
                raise Denied("The values are not valid any more.")
            self.values = form.cleaned_data

    def judge_slice(self, size=SLICE):
        """Decides what would become of the next rows. Returns how many were decided."""
        staged = list(self.bulk.rows.filter(fate=Fate.WAITING).order_by("pk")[:size])
        self._set_aside(staged)
        left = [one for one in staged if one.fate == Fate.WAITING]
        while left:
            writes = [self.write_of(one) for one in left]
            try:
                refusals = self._rehearse(writes)
            except (Conflict, Denied) as stopped:
                left = self._without(left, stopped, self._judge_each)
                continue
            self._note(left, refusals)
            for one, write in zip(left, writes, strict=True):
                if one.fate == Fate.WAITING:
                    same = self.bulk.action == BulkEdit.Action.SAVE and not write.values
                    one.fate = Fate.UNCHANGED if same else Fate.CHANGE
            break
        self._save(staged)
        return len(staged)

    def write_slice(self, size=SLICE):
        """Writes the next rows. Returns how many were decided."""
        staged = list(self.bulk.rows.filter(fate=Fate.CHANGE, done=False).order_by("pk")[:size])
        self._set_aside(staged)
        left = [one for one in staged if one.fate == Fate.CHANGE]
        while left:
            writes = [self.write_of(one) for one in left]
            try:
                with transaction.atomic():
                    write_rows(self.bulk.change_set, self.register, writes, act=self.act)
                break
            except Refused as refused:
                if refused.__cause__ is None:
                    self._note(left, refused.refusals)
                    left = [one for one in left if one.fate == Fate.CHANGE]
                else:
                    left = self._without(left, refused, self._write_each)
            except (Conflict, Denied) as stopped:
                left = self._without(left, stopped, self._write_each)
        for one in staged:
            one.done = True
        self._save(staged)
        return len(staged)

    def write_of(self, staged):
        action = "void" if self.bulk.action == BulkEdit.Action.VOID else "save"
        return Write(
            row=self.register.model(pk=staged.row), values=dict(self.values), version=staged.version, action=action
        )

    def _rehearse(self, writes):
        """The refusals the door would give; nothing of it stays."""
        with transaction.atomic():
            refusals, _now = judge(self.register, writes, self.act)
            transaction.set_rollback(True)
        return refusals

    def after(self, staged):
        """The rows of `staged` as they would be written, for a look at them."""
        writes = [self.write_of(one) for one in staged]
        for write in writes:
            write.version = None
        try:
            self._rehearse(writes)
        except Denied:
            return []
        return [write.row for write in writes]

    def _set_aside(self, staged):
        """Marks rows that left the reach of the verb, and rows that somebody wrote since they were staged."""
        keys = [one.row for one in staged]
        allowed = self.register.changeable(self.act.viewer, verb_of(self.bulk.action)).filter(pk__in=keys)
        found = {pk: (version, void) for pk, version, void in allowed.values_list("pk", "version", "voided_at")}
        for one in staged:
            if one.row not in found:
                _refuse(one, "", str(NOT_ALLOWED))
            elif found[one.row][0] != one.version or found[one.row][1]:
                one.fate = Fate.CONFLICT

    def _without(self, staged, stopped, each):
        """Sets aside the row that stopped the others; where none was named, every row goes alone."""
        if isinstance(stopped, Conflict):
            staged[stopped.index].fate = Fate.CONFLICT
            return [one for one in staged if one.fate != Fate.CONFLICT]
        each(staged)
        return []

    def _judge_each(self, staged):
        for one in staged:
            write = self.write_of(one)
            try:
                self._note([one], self._rehearse([write]))
                one.fate = one.fate if one.fate == Fate.REFUSED else Fate.CHANGE if write.values else Fate.UNCHANGED
            except Denied:
                _refuse(one, "", str(NOT_ALLOWED))

    def _write_each(self, staged):
        for one in staged:
            try:
                with transaction.atomic():
                    write_rows(self.bulk.change_set, self.register, [self.write_of(one)], act=self.act)
            except Refused as refused:
                self._note([one], refused.refusals)
            except Denied:
                _refuse(one, "", str(NOT_ALLOWED))

    def _note(self, staged, refusals):
        for refusal in refusals:
            _refuse(staged[refusal.index], refusal.field or "", str(refusal.message))

    def _save(self, staged):
        """Rows of one fate in one statement; those with a reason of their own by an upsert."""
        told = [one for one in staged if one.problems]
        BulkRow.objects.bulk_create(
            told, update_conflicts=True, unique_fields=["id"], update_fields=["fate", "done", "problems"]
        )
        for fate in Fate:
            keys = [one.pk for one in staged if one.fate == fate and not one.problems]
            if keys:
                done = next(one.done for one in staged if one.pk == keys[0])
                BulkRow.objects.filter(pk__in=keys).update(fate=fate, done=done)


def _refuse(staged, field, message):
    staged.fate = Fate.REFUSED
    staged.problems = [*staged.problems, {"field": field, "message": message}]


def afresh(bulk, register):
    """Back to the choice of values, with the rows as they stand now."""
    versions = dict(register.model.rows.filter(pk__in=bulk.rows.values("row")).values_list("pk", "version"))
    staged = list(bulk.rows.all())
    for one in staged:
        one.version, one.fate, one.problems = versions[one.row], Fate.WAITING, []
    BulkRow.objects.bulk_create(
        staged, update_conflicts=True, unique_fields=["id"], update_fields=["version", "fate", "problems"]
    )
    bulk.state = State.CHOOSING
    bulk.save(update_fields=["state"])


def close_judging(bulk):
    bulk.state = State.PREVIEWED
    bulk.save(update_fields=["state"])


def begin_writing(bulk, act):
    """Opens the change set. Inside the caller's transaction."""
    bulk.change_set = open_change_set(catalogue.get(bulk.register), act)
    bulk.save(update_fields=["change_set"])


def close_writing(bulk):
    """Every row is decided: the change set is final. Rows that went well are not needed any more."""
    finish(bulk.change_set)
    bulk.rows.filter(fate__in=[Fate.CHANGE, Fate.UNCHANGED]).delete()
    bulk.state = State.DONE
    bulk.save(update_fields=["state"])


def counts(bulk):
    """{fate: number of rows} of the rows that are left."""
    found = dict(bulk.rows.order_by().values_list("fate").annotate(Count("pk")))
    return {fate.value: found.get(fate.value, 0) for fate in Fate}


def at_once(bulk):
    return bulk.rows.count() <= AT_ONCE


def judge_now(bulk):
    run = Run(bulk)
    with transaction.atomic():
        while run.judge_slice():
            pass
        close_judging(bulk)


def write_now(bulk):
    run = Run(bulk)
    with transaction.atomic():
        begin_writing(bulk, run.act)
        while run.write_slice():
            pass
        close_writing(bulk)


def stopped(bulk, sentence=""):
    bulk.state, bulk.sentence = State.FAILED, sentence or _("You may no longer make this change.")
    bulk.save(update_fields=["state", "sentence"])
