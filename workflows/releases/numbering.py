"""Numbers that are given at release and never reused. Source: architecture.md "Content and approvals"."""

from .models import Ordinal


def give(scope, names, wanted=None):
    """The number of each name inside `scope`, giving new ones where none was given yet.

    `names` is a list of texts, `wanted` maps a name to the number it would like; a number already given to
    another name is not given again, the next free one is. Returns {name: int}. Runs inside the caller's
    transaction.
    """
    numbers, new = _plan(scope, names, wanted or {})
    Ordinal.objects.bulk_create(Ordinal(scope=scope, name=name, value=numbers[name]) for name in new)
    return numbers


def peek(scope, names, wanted=None):
    """What `give` would answer now; nothing is stored."""
    return _plan(scope, names, wanted or {})[0]


def _plan(scope, names, wanted):
    given = dict(Ordinal.objects.filter(scope=scope).values_list("name", "value"))
    taken = set(given.values())
    new = [name for name in dict.fromkeys(names) if name not in given]
    for name in new:
        value = wanted.get(name)
        if not value or value in taken:
            value = max(taken, default=0) + 1
        given[name] = value
        taken.add(value)
    return {name: given[name] for name in names}, new
