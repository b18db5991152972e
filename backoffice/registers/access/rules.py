"""What managers said about the fields of registers: for whom a field exists, who may set it, behind which mask it
stands. Read by one query at most for each request or job slice.

Every column asks here (`Column.rule`); nothing else decides about fields by role.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from threading import local

from ..definitions.known import kept

_thread = local()


@dataclass(frozen=True)
class Rule:
    """`seen_by` and `changed_by` are role codes; none means everybody the register lets. `mask` is the name of a
    mask, or empty."""

    seen_by: frozenset = frozenset()
    changed_by: frozenset = frozenset()
    mask: str = ""


NONE = Rule()


def rule_of(register, name):
    """The Rule of the field `name` of `register`."""
    if getattr(_thread, "as_declared", False):
        return NONE
    return kept("field rules", _read).get((register.code, name), NONE)


def one_of(viewer, register, roles):
    """Whether `viewer` sees `register` in one of `roles`; with none named, everybody is meant."""
    if not roles or viewer.everything:
        return True
    return any(seat.role in roles and register.reach(seat) for seat in viewer.seats)


@contextmanager
def as_declared():
    """Registers as the product declares them, whatever managers said: for documents that are the same everywhere.
    Asks no database."""
    before, _thread.as_declared = getattr(_thread, "as_declared", False), True
    try:
        yield
    finally:
        _thread.as_declared = before


def _read():
    from .models import FieldRule

    found = FieldRule.objects.values_list("register", "field", "seen_by", "changed_by", "mask")
    return {
        (register, field): Rule(frozenset(seen), frozenset(changed), mask)
        for register, field, seen, changed, mask in found
    }
