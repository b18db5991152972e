"""Named places where a test may break the program, to prove that what is left behind is whole.

`FAULT=name:raise` or `FAULT=name:kill` in the environment arms one place; production ignores it. A test calls
the operation once per place and checks the invariants after each. Source: reliability.md R31.
"""

import os
import signal

from django.conf import settings


class Fault(BaseException):
    """The simulated crash. No `except Exception` on the way may soften it."""


def point(name: str) -> None:
    """Crash here if the environment asks for it: `raise` throws Fault, `kill` is a real SIGKILL."""
    armed = os.environ.get("FAULT")
    if not armed or not settings.DEMO:
        return
    where, _, how = armed.partition(":")
    if where != name:
        return
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise Fault(name)
