"""What the person who imports decides: columns, words, sheets, and at last that it shall be written."""

from django.db import transaction

from backoffice.jobs import clock
from backoffice.jobs.queue import enqueue

from ..scope import viewer_of
from .layouts import layout_of
from .models import ImportBatch, RememberedAnswer, RememberedMapping
from .preview import answer_options
from .resources import answer_place
from .upload import queue_reading

State = ImportBatch.State
# States in which a batch may be read (again).
READABLE = (State.UPLOADED, State.NEEDS_ANSWERS, State.PREVIEWED, State.REJECTED, State.FAILED)
NO_ANSWER, EMPTY = "", "-"


def take_decisions(batch, register, data, user):
    """Takes what a form says (a QueryDict), remembers it, and has the file read again."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in READABLE or not locked.file or locked.change_set_id:
            return False
        _take_mapping(locked, register, data, user)
        _take_answers(locked, register, data, user)
        _take_options(locked, data)
        queue_reading(locked)
    return True


def _take_mapping(batch, register, data, user):
    """`column|sheet|letters` → field, kept only for sheets where something differs from what was read."""
    tables = {table["sheet"]: table for table in batch.reading.get("tables", [])}
    present = {}
    for entry in batch.reading.get("mapping", []):
        part = f":{entry['part']}" if entry.get("part") else ""
        present.setdefault(entry["sheet"], {})[entry["column"]] = (entry["field"] or "") + part
    for sheet, table in tables.items():
        now = present.get(sheet) or {column["column"]: column["field"] or "" for column in table["columns"]}
        posted = {letters: data.get(f"column|{sheet}|{letters}", value) for letters, value in now.items()}
        known = {field.name for field in layout_of(register, viewer_of(user)).fields}
        posted = {letters: value if value.partition(":")[0] in known else "" for letters, value in posted.items()}
        if posted == now:
            continue
        batch.mapping[sheet] = posted
        RememberedMapping.objects.update_or_create(
            register=batch.register,
            site=batch.site_id or 0,
            shape=table["shape"],
            defaults={"mapping": posted, "changed_at": clock.now(), "changed_by": user},
        )


def _take_answers(batch, register, data, user):
    """`field-n`, `word-n`, `answer-n`: a code, "-" for an empty cell, "" for no answer."""
    numbers = [name.partition("-")[2] for name in data if name.startswith("answer-")]
    for number in numbers:
        name, word = data.get(f"field-{number}", ""), data.get(f"word-{number}", "")[:200]
        answer = data.get(f"answer-{number}", NO_ANSWER)
        column = register.fields.get(name)
        if column is None or not word:
            continue
        place = answer_place(column)
        key = {"dictionary": place, "site": batch.site_id or 0, "spelling": word}
        if answer == NO_ANSWER:
            if batch.answers.get(place, {}).pop(word, None) is not None:
                RememberedAnswer.objects.filter(**key).delete()
        elif answer == EMPTY or answer in dict(answer_options(column)):
            code = "" if answer == EMPTY else answer
            batch.answers.setdefault(place, {})[word] = code
            said = {"code": code, "changed_at": clock.now(), "changed_by": user}
            RememberedAnswer.objects.update_or_create(**key, defaults=said)


def _take_options(batch, data):
    known = {table["sheet"] for table in batch.reading.get("tables", [])}
    if data.get("choosing_sheets"):
        batch.options["sheets"] = [name for name in data.getlist("sheet") if name in known]
    if data.get("choosing_rows"):
        batch.options["visible_only"] = data.get("visible_only") == "1"
    areas = {name: data[f"area|{name}"][:20] for name in known if data.get(f"area|{name}")}
    if areas:
        batch.options["areas"] = batch.options.get("areas", {}) | areas


def confirm(batch, digest):
    """Has the batch written if it still is what `digest` stands for. A second click is True and changes nothing."""
    with transaction.atomic():
        agreed = ImportBatch.objects.filter(pk=batch.pk, state=State.PREVIEWED, digest=digest)
        if not digest or not agreed.update(state=State.APPLYING):
            taken = ImportBatch.objects.filter(pk=batch.pk, state__in=[State.APPLYING, State.DONE])
            return bool(digest) and taken.filter(digest=digest).exists()
        key = f"imports.apply {batch.public_id} {digest}"
        job = enqueue("imports.apply", {"batch": batch.pk}, owner=batch.owner, idempotency_key=key)
        ImportBatch.objects.filter(pk=batch.pk).update(job=job)
    return True


def go_on(batch):
    """Takes up a writing that was stopped, where it stands; a reading that was stopped begins anew."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != State.FAILED:
            return
        if locked.reason == "apply":
            locked.state, locked.reason, locked.sentence = State.APPLYING, "", ""
            locked.job = enqueue("imports.apply", {"batch": locked.pk}, owner=locked.owner)
            locked.save()
        elif locked.file:
            queue_reading(locked)


def discard(batch):
    """Puts an import aside that was not written."""
    waiting = (State.UPLOADED, State.NEEDS_ANSWERS, State.PREVIEWED, State.REJECTED)
    return bool(ImportBatch.objects.filter(pk=batch.pk, state__in=waiting).update(state=State.CANCELLED))
