"""Every write to a record, and nothing else. Someone reading this folder understands every write in the product.

apply(register, [Write(...)], act=Act(actor, channel, reason))      one act, one transaction
undo(change_set, act=...)                                           takes an act back
"""

from .act import Act, Conflict, Denied, Refusal, Refused, Write
from .door import apply, finish, judge, open_change_set, write_rows
from .undo import undo

__all__ = [
    "Act",
    "Conflict",
    "Denied",
    "Refusal",
    "Refused",
    "Write",
    "apply",
    "finish",
    "judge",
    "open_change_set",
    "undo",
    "write_rows",
]
