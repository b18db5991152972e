"""The chain: closed batches of entries, each head made of the one before, handed outside the database.

A batch is marked out first and sealed when no transaction older than the mark is left that could still write an
entry into it. So writers never wait for the chain, and entries that appear late are not missed. Source:
reliability.md 2.5.
"""

import hashlib
import json
import os
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from backoffice.jobs import clock
from backoffice.jobs.events import emit

from .models import Batch, Event

SIZE = 5000
_LEAF = 16


def leaf(event):
    """The hash of everything an entry says."""
    plain = [
        event.pk,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.deed,
        event.register,
        event.row,
        event.site,
        event.actor_id,
        event.channel,
        event.entry,
        event.change_set_id,
        event.access_id,
        event.digest,
    ]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).digest()


def chained(head, batch, leaves):
    """The head of `batch` behind the one before: of its place and of every leaf."""
    body = hashlib.sha256(b"".join(leaves)).hexdigest()
    line = f"{head}|{batch.pk}|{batch.first}|{batch.last}|{len(leaves)}|{body}"
    return hashlib.sha256(line.encode()).hexdigest()


def leaves_of(batch):
    """([leaf], the bytes kept with the batch) of the entries that stand there now."""
    events = Event.objects.filter(pk__range=(batch.first, batch.last)).order_by("pk")
    found = [(event.pk, leaf(event)) for event in events.iterator(chunk_size=2000)]
    short = b"".join(number.to_bytes(8, "big") + whole[: _LEAF - 8] for number, whole in found)
    return [whole for _number, whole in found], short


def split(short):
    """{number of the entry: the beginning of its leaf} of the bytes kept with a batch."""
    short = bytes(short)
    return {
        int.from_bytes(short[place : place + 8], "big"): short[place + 8 : place + _LEAF]
        for place in range(0, len(short), _LEAF)
    }


def mark_out():
    """The batch to be sealed next, marked out now or earlier; None when there is no entry left."""
    with transaction.atomic():
        before = Batch.objects.select_for_update().order_by("-pk").first()
        if before is not None and not before.head:
            return before
        first = before.last + 1 if before else 1
        numbers = Event.objects.filter(pk__gte=first).order_by("pk").values("pk")[:SIZE]
        last = numbers.aggregate(last=Max("pk"))["last"]
        if last is None:
            return None
        return Batch.objects.create(first=first, last=last, horizon=_transactions()[1])


def _transactions():
    """(the oldest transaction at work, the next one to be given out); SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint "
            "FROM pg_current_snapshot() AS s"
        )
        return cursor.fetchone()


def closed(batch):
    """Whether no transaction is left that could write into `batch`. One from before a restore is not."""
    oldest, following = _transactions()
    return oldest >= batch.horizon or following < batch.horizon


def seal(batch):
    """Seals a closed batch and tells of it."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.head:
            return batch
        before = Batch.objects.filter(pk__lt=batch.pk).order_by("-pk").first()
        leaves, batch.leaves = leaves_of(batch)
        batch.count = len(leaves)
        batch.head = chained(before.head if before else "", batch, leaves)
        batch.sealed_at = clock.now()
        batch.save()
        emit("audit.sealed", {"batch": batch.pk, "last": batch.last, "head": batch.head})
    return batch


def seal_all(stop=lambda: False):
    """Seals every batch that is closed, then hands the heads out. Returns how many were sealed."""
    count = 0
    while not stop():
        batch = mark_out()
        if batch is None or not closed(batch):
            break
        seal(batch)
        count += 1
    hand_out()
    return count


def outside():
    """The file of this log's heads, named after its first; None before there is one."""
    first = Batch.objects.exclude(head="").order_by("pk").values_list("head", flat=True).first()
    return Path(settings.AUDIT_HEADS) / f"heads-{first[:12]}.jsonl" if first else None


def handed_out(path):
    """[{"batch", "last", "count", "head", "at"}] of the lines of the file; the last may be cut off."""
    if path is None or not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def hand_out():
    """Appends the heads that are not outside yet, however many a crash or a full disk left behind."""
    path = outside()
    if path is None:
        return
    known = max((line["batch"] for line in handed_out(path)), default=0)
    batches = Batch.objects.filter(pk__gt=known).exclude(head="").order_by("pk")
    lines = [
        json.dumps({"batch": b.pk, "last": b.last, "count": b.count, "head": b.head, "at": b.sealed_at.isoformat()})
        for b in batches.defer("leaves")
    ]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as target:
            # A line that was cut off stays alone.
            target.write("\n" * (path.stat().st_size > 0 and not path.read_text().endswith("\n")))
            target.write("\n".join(lines) + "\n")
            target.flush()
            os.fsync(target.fileno())
