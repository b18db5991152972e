"""Looks over the whole log: the chain, its heads outside, and every value an entry vouches for.

What a redaction took away is accepted, and named with its case; the first other break is named as exactly as the
log allows.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from .. import catalogue
from ..models import Access, ChangeSet
from .digests import digest
from .models import Batch, Event, Redaction
from .sealing import chained, handed_out, leaves_of, outside, split

CHUNK = 2000


@dataclass(frozen=True)
class Break:
    """`kind` for programs, `text` for people; `event` the number of the entry where there is one."""

    kind: str
    text: str
    event: int | None = None
    batch: int | None = None
    register: str = ""
    row: int | None = None


@dataclass
class Report:
    """What was looked over, what redactions are accepted, and the first break or None."""

    events: int = 0
    batches: int = 0
    unsealed: int = 0
    redactions: list = field(default_factory=list)
    broken: Break | None = None

    @property
    def whole(self):
        return self.broken is None

    def as_json(self):
        broken = self.broken and vars(self.broken)
        return vars(self) | {"whole": self.whole, "broken": broken}


def verify():
    """The `Report` over everything; looking stops at the first break."""
    report = Report(
        events=Event.objects.count(),
        batches=Batch.objects.exclude(head="").count(),
        redactions=[_accepted(found) for found in Redaction.objects.exclude(done_at=None).order_by("pk")],
    )
    last = Batch.objects.exclude(head="").order_by("-pk").values_list("last", flat=True).first() or 0
    report.unsealed = Event.objects.filter(pk__gt=last).count()
    for look in (_chain, _heads, _values, _without_entry):
        report.broken = look()
        if report.broken:
            break
    return report


def _accepted(redaction):
    return {
        "case": redaction.case,
        "register": redaction.register,
        "row": redaction.row,
        "fields": redaction.fields,
        "at": redaction.done_at.isoformat(),
    }


def _chain():
    head, first = "", 1
    for batch in Batch.objects.exclude(head="").order_by("pk").iterator(chunk_size=50):
        if batch.first != first:
            return Break(
                "batch_missing", _("A batch before number %(batch)d is gone.") % {"batch": batch.pk}, batch=batch.pk
            )
        leaves, short = leaves_of(batch)
        if chained(head, batch, leaves) != batch.head:
            return _in_batch(batch, short)
        head, first = batch.head, batch.last + 1
    return None


def _in_batch(batch, short):
    """What differs between the entries that stand there and those that were sealed."""
    sealed, present = split(batch.leaves), split(short)
    for number in sorted(sealed | present):
        known = {"event": number, "batch": batch.pk}
        if number not in present:
            return Break("entry_missing", _("Entry %(event)d of batch %(batch)d is gone.") % known, **known)
        if number not in sealed:
            return Break("entry_inserted", _("Entry %(event)d was put into batch %(batch)d.") % known, **known)
        if sealed[number] != present[number]:
            moved = sorted(sealed.values()) == sorted(present.values())
            text = _("Entries of batch %(batch)d were reordered, the first is %(event)d.") if moved else None
            text = text or _("Entry %(event)d of batch %(batch)d was changed.")
            return Break("entry_reordered" if moved else "entry_changed", text % known, **known)
    text = _("The head of batch %(batch)d does not follow from its entries and the batch before.")
    return Break("head_changed", text % {"batch": batch.pk}, batch=batch.pk)


def _heads():
    """The heads outside must be those inside, up to the last one that is outside."""
    path = outside()
    lines = handed_out(path)
    if path is not None and not lines:
        return Break("heads_missing", _("No heads of this log lie outside the database: %(path)s.") % {"path": path})
    heads = dict(Batch.objects.exclude(head="").values_list("pk", "head"))
    for line in lines:
        known = {"batch": line["batch"]}
        if line["batch"] not in heads:
            return Break("tail_cut", _("Batch %(batch)d was sealed and is gone.") % known, **known)
        if heads[line["batch"]] != line["head"]:
            return Break(
                "head_differs", _("Batch %(batch)d is not the one whose head lies outside.") % known, **known
            )
    if not lines and _earlier_heads():
        return Break("tail_cut", _("Heads of a log lie outside, and this database has none."))
    return None


def _earlier_heads():
    return not Event.objects.exists() and any(Path(settings.AUDIT_HEADS).glob("heads-*.jsonl"))


def _values():
    redacted = _redacted()
    last = 0
    while events := list(Event.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        rows = _rows_of(events)
        for event in events:
            found = _compare(event, rows, redacted)
            if found:
                return found
        last = events[-1].pk
    return None


def _redacted():
    """{(register, row number of the history row): number of the entry that vouches for what is left}."""
    entries = Event.objects.filter(deed=Event.Deed.REDACTED).order_by("pk")
    cases = set(Redaction.objects.exclude(done_at=None).values_list("register", "row", "change_set"))
    return {
        (code, entry): number
        for code, row, entry, change_set, number in entries.values_list(
            "register", "row", "entry", "change_set", "pk"
        )
        if (code, row, change_set) in cases
    }


def _rows_of(events):
    """{(source, row number): row} of what the entries vouch for, a query for each table."""
    wanted = {}
    for event in events:
        wanted.setdefault(_source(event), set()).add(_number(event))
    found = {}
    for source, numbers in wanted.items():
        if source == "access":
            rows = Access.objects.in_bulk(numbers)
        elif source == "act":
            rows = ChangeSet.objects.in_bulk(numbers)
        else:
            rows = catalogue.keeper(source).history.objects.in_bulk(numbers)
        found |= {(source, number): row for number, row in rows.items()}
    return found


def _source(event):
    if event.access_id:
        return "access"
    return "act" if event.deed in Event.ACTS else event.register


def _number(event):
    return event.access_id or (event.change_set_id if event.deed in Event.ACTS else event.entry)


def _compare(event, rows, redacted):
    known = {"event": event.pk, "register": event.register, "row": event.row}
    row = rows.get((_source(event), _number(event)))
    if row is None:
        return Break("row_missing", _("What entry %(event)d tells of is gone from %(register)s.") % known, **known)
    # Values that were redacted are vouched for by the entry of the redaction.
    if redacted.get((event.register, event.entry), event.pk) != event.pk:
        return None
    if digest(row) != event.digest:
        return Break(
            "value_changed", _("What entry %(event)d tells of was changed in %(register)s.") % known, **known
        )
    return None


def _without_entry():
    for register in catalogue.keepers():
        entries = Event.objects.filter(register=register.code, row=OuterRef("id"), entry=OuterRef("history_id"))
        found = register.history.objects.filter(~Exists(entries)).order_by("pk").first()
        if found is not None:
            known = {"register": register.code, "row": found.id}
            text = _("Version %(version)d of record %(row)d of %(register)s has no entry in the log.")
            return Break("row_inserted", text % (known | {"version": found.version}), **known)
    return _left_over(ChangeSet.objects.exclude(finished_at=None), "change_set", {"deed": Event.Deed.CLOSED}) or (
        _left_over(Access.objects.filter(filed=True), "access", {})
    )


def _left_over(rows, name, only):
    """A row of acts or looks that no entry tells of."""
    noted = Event.objects.filter(**{f"{name}__isnull": False}, **only)
    if rows.count() == noted.count():
        return None
    rest = set(rows.values_list("pk", flat=True)) - set(noted.values_list(name, flat=True))
    if not rest:
        return None
    text = _("Row %(number)d of %(table)s has no entry in the log.") % {
        "number": min(rest),
        "table": rows.model._meta.db_table,
    }
    return Break("row_inserted", text, row=min(rest), register=name)
