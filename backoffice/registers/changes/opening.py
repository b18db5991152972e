"""Whether the door is open in this context. Only the door opens it; the proof in the test suite asks."""

import re
from contextlib import contextmanager
from contextvars import ContextVar

_open = ContextVar("door_open", default=False)


@contextmanager
def door_open():
    """For the length of the block, statements on record tables are the door's own."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


class WrittenOutsideDoor(AssertionError):
    """A statement changed a record table or its history outside the door."""


_WRITES = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update(?:\s+or\s+\w+)?(?:\s+only)?|delete\s+from(?:\s+only)?"
    r"|merge\s+into|truncate(?:\s+table)?(?:\s+only)?|copy)\s+((?:[\"`\[]?\w+[\"`\]]?\.)?[\"`\[]?(\w+))",
    re.IGNORECASE,
)


def refuse_writes_outside(tables):
    """A `connection.execute_wrapper` that raises WrittenOutsideDoor for any write on `tables` outside the door.

    `tables` is a function returning the protected table names, asked at every statement because registers can
    be declared late. Statements are read as text, so raw SQL is seen as well.
    """

    def wrapper(execute, sql, params, many, context):
        if not _open.get():
            hit = {match.group(2) for match in _WRITES.finditer(sql if isinstance(sql, str) else str(sql))}
            if hit and hit & tables():
                raise WrittenOutsideDoor(f"Outside the door: {str(sql)[:200]}")
        return execute(sql, params, many, context)

    return wrapper
