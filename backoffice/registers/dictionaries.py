"""Dictionaries: the lists of values that managers maintain, with the other words people use for each value.

An entry is never deleted, only retired, because records keep its code. All entries are read at once, by one
query at most for each request or job slice.
"""

from threading import local

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_known = local()


def forget(**kwargs):
    """Read the entries afresh at the next look-up. Called at every request, job slice and change of an entry."""
    _known.__dict__.clear()


def _entries(dictionary):
    """{code: entry} of one dictionary in its order."""
    if not hasattr(_known, "entries"):
        from .models import DictionaryEntry

        found = {}
        for entry in DictionaryEntry.objects.order_by("dictionary", "position", "pk"):
            found.setdefault(entry.dictionary, {})[entry.code] = entry
        _known.entries = found
    return _known.entries.get(dictionary, {})


def label(dictionary, code):
    """The label of `code` in the active language; the code itself when nobody knows it any more."""
    entry = _entries(dictionary).get(code)
    if entry is None:
        return code
    return entry.label_en if (get_language() or "").startswith("en") and entry.label_en else entry.label


def choices(dictionary):
    """(code, label) pairs that may be chosen today."""
    return [(code, label(dictionary, code)) for code, entry in _entries(dictionary).items() if not entry.retired]


def all_choices(dictionary):
    """(code, label) pairs of every entry, retired ones included: what records may hold."""
    return [(code, label(dictionary, code)) for code in _entries(dictionary)]


def spellings(dictionary):
    """{code: every word that means it}, the label first: what the reading of cells compares with."""
    return {
        code: [entry.label, *filter(None, [entry.label_en]), *entry.aliases]
        for code, entry in _entries(dictionary).items()
        if not entry.retired
    }


def require(dictionary, code):
    """Raises ValidationError unless `code` is an entry of `dictionary`, retired ones included."""
    if code not in _entries(dictionary):
        raise ValidationError(
            _("“%(value)s” is not a value of this list."), code="unknown_choice", params={"value": code}
        )


def load_defaults(defaults):
    """Adds those of {dictionary: ((code, label, English label, other words), …)} that are missing. What managers
    made of the others since is left alone."""
    from .models import DictionaryEntry

    known = set(DictionaryEntry.objects.values_list("dictionary", "code"))
    DictionaryEntry.objects.bulk_create(
        DictionaryEntry(
            dictionary=dictionary, code=code, label=label, label_en=english, aliases=list(others), position=position
        )
        for dictionary, entries in defaults.items()
        for position, (code, label, english, others) in enumerate(entries)
        if (dictionary, code) not in known
    )
    forget()
