"""The added fields in force, read by one query at most for each request or job slice.

Each thread keeps its own: what another request forgets or reads never changes under this one.
"""

from threading import local

_known = local()


def forget(**kwargs):
    """Read the definitions afresh at the next look-up: at every request and job slice, so that a release counts at
    once in every process, and after a change of a definition."""
    _known.__dict__.clear()


def kept(place, make):
    """What `make()` gives, worked out once until the definitions are read afresh."""
    found = _known.__dict__
    if place not in found:
        found[place] = make()
    return found[place]


def added_to(register):
    """{key: AddedColumn} of the fields in force that managers added to `register`, in their order."""
    return kept(("added", register.code), lambda: _columns(register))


def fields_of(register):
    """{name: Column} of the declared fields of `register` and the added ones in force."""
    return kept(("all", register.code), lambda: register.own_fields | added_to(register))


def _columns(register):
    from .columns import column_of

    found = kept("definitions", _definitions).get(register.code, [])
    return {definition.key: column_of(register, definition) for definition in found}


def _definitions():
    from .models import FieldDefinition

    found = {}
    for definition in FieldDefinition.objects.filter(released_at__isnull=False, archived_at=None):
        found.setdefault(definition.register, []).append(definition)
    return found
