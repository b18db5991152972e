"""Changes of dictionaries: every one on the record with its old and new state, and taken back as a whole.

An entry is never deleted. A state is {code: {"label", "label_en", "aliases", "position", "retired"}}, of the entries
and attributes that a change touched.
"""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from .. import catalogue, dictionaries
from ..changes import Denied
from ..models import DictionaryEntry
from ..sheets.signs import fold
from .models import DictionaryChange

ATTRIBUTES = ("label", "label_en", "aliases", "position", "retired")


def entries(dictionary):
    """[DictionaryEntry] in their order, retired ones included."""
    return list(DictionaryEntry.objects.filter(dictionary=dictionary).order_by("position", "pk"))


def free_code(taken):
    """A code for a new entry that neither an entry nor anything in `taken` has."""
    number = 1
    while f"o{number}" in taken:
        number += 1
    return f"o{number}"


def used_in(dictionary):
    """[Column] of every register that offers the values of `dictionary`."""
    return [
        column
        for register in catalogue.keepers()
        for column in register.fields.values()
        if column.dictionary == dictionary
    ]


def may_change(dictionary, viewer):
    """Who configures a register that uses a dictionary keeps it."""
    return any(column.register.may(viewer, "configure") for column in used_in(dictionary))


def keeps_any(viewer):
    return any(
        register.may(viewer, "configure") and any(column.dictionary for column in register.fields.values())
        for register in catalogue.keepers()
    )


def counts(dictionaries):
    """{dictionary: (options in force, retired ones)} in one query."""
    found = DictionaryEntry.objects.filter(dictionary__in=dictionaries).values_list("dictionary")
    found = found.annotate(living=Count("pk", filter=Q(retired=False)), retired=Count("pk", filter=Q(retired=True)))
    return {dictionary: (living, retired) for dictionary, living, retired in found}


def kept_by(viewer):
    """{dictionary: [Column]} of the dictionaries that `viewer` keeps, each with every field that uses it."""
    found = {}
    for register in catalogue.keepers():
        for column in register.fields.values():
            if column.dictionary:
                found.setdefault(column.dictionary, []).append(column)
    return {name: used for name, used in found.items() if any(c.register.may(viewer, "configure") for c in used)}


@transaction.atomic
def change(dictionary, states, viewer, reason):
    """Writes `states` as `viewer` wishes. Returns the DictionaryChange, None when nothing differs. Raises Denied and
    ValidationError."""
    if not may_change(dictionary, viewer):
        raise Denied(f"{viewer.user} may not change the dictionary {dictionary}.")
    return write(dictionary, states, viewer, reason)


@transaction.atomic
def write(dictionary, states, viewer, reason, undoes=None):
    """`change` for callers who have asked whether the viewer may."""
    known = {entry.code: entry for entry in DictionaryEntry.objects.select_for_update().filter(dictionary=dictionary)}
    before, after = {}, {}
    for code, wished in states.items():
        entry = known.setdefault(code, DictionaryEntry(dictionary=dictionary, code=code))
        old = {name: getattr(entry, name) for name in wished}
        if entry.pk and old == wished:
            continue
        before[code] = {n: v for n, v in old.items() if v != wished[n]} if entry.pk else None
        after[code] = {n: v for n, v in wished.items() if not entry.pk or v != old[n]}
        for name, value in wished.items():
            setattr(entry, name, value)
    _judge(known.values())
    for code in after:
        known[code].save()
    if not after:
        return None
    return DictionaryChange.objects.create(
        dictionary=dictionary, actor=viewer.user, reason=reason[:200], before=before, after=after, undoes=undoes
    )


def _judge(found):
    """Raises ValidationError where two living entries answer to the same word, or one to none."""
    words = {}
    for entry in found:
        if not entry.label.strip():
            raise ValidationError(_("Every option needs a name."))
        if entry.retired:
            continue
        for word in {fold(word) for word in (entry.label, entry.label_en, *entry.aliases) if word}:
            if words.setdefault(word, entry) is not entry:
                raise ValidationError(
                    _("“%(word)s” means both “%(first)s” and “%(second)s”.")
                    % {"word": word, "first": words[word].label, "second": entry.label}
                )


@transaction.atomic
def undo(done, viewer, reason):
    """Takes a change back as a whole: earlier values return, entries it added are retired. Raises ValidationError
    when one of them was changed since."""
    if not may_change(done.dictionary, viewer):
        raise Denied(f"{viewer.user} may not change the dictionary {done.dictionary}.")
    DictionaryChange.objects.select_for_update().get(pk=done.pk)
    if DictionaryChange.objects.filter(undoes=done).exists():
        raise ValidationError(_("This change has already been undone."))
    known = {entry.code: entry for entry in entries(done.dictionary)}
    for code, written in done.after.items():
        if any(getattr(known[code], name) != value for name, value in written.items()):
            raise ValidationError(_("“%(entry)s” was changed again since.") % {"entry": known[code].label})
    states = {code: {"retired": True} if old is None else old for code, old in done.before.items()}
    return write(done.dictionary, states, viewer, reason, undoes=done)


def usage(dictionary):
    """{code: number of living records that hold it}, over every register that uses the dictionary."""
    found = Counter()
    for column in used_in(dictionary):
        rows = column.register.model.rows.filter(voided_at=None).order_by()
        if column.many:
            rows = column.register.with_columns(rows, [column])
            for code, _label in dictionaries.all_choices(dictionary):
                found[code] += rows.filter(**{f"{column.path}__has_item": code}).count()
        else:
            held = rows.annotate(held_value=column.expression()).values_list("held_value")
            found.update(dict(held.annotate(number=Count("pk"))))
    return found
