"""The added fields in force, read by one query at most for each request or job slice."""

_known = {}


def forget(**kwargs):
    """Read the definitions afresh at the next look-up: at every request and job slice, so that a release counts at
    once in every process, and after a change of a definition."""
    _known.clear()


def added_to(register):
    """{key: AddedColumn} of the fields in force that managers added to `register`, in their order."""
    if "by_register" not in _known:
        _known["by_register"] = _definitions()
    if register.code not in _known:
        from .columns import column_of

        found = _known["by_register"].get(register.code, [])
        _known[register.code] = {definition.key: column_of(register, definition) for definition in found}
    return _known[register.code]


def fields_of(register):
    """{name: Column} of the declared fields of `register` and the added ones in force."""
    place = register.code, "all"
    if place not in _known:
        _known[place] = register.own_fields | added_to(register)
    return _known[place]


def _definitions():
    from .models import FieldDefinition

    found = {}
    for definition in FieldDefinition.objects.filter(released_at__isnull=False, archived_at=None):
        found.setdefault(definition.register, []).append(definition)
    return found
