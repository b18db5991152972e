"""Demo data that comes out the same for the same seed and the same day.

Identifiers, salts and nonces come from the system's chance, and what Wagtail stores bears the time of the machine.
While the demo site is made, both are replaced for the whole process: chance by the seed, the machine's time by the
demo clock. Nobody is told by mail what was submitted and approved long ago. Nothing else may run in the process
meanwhile, and nothing made so is secret.
"""

import os
import random
from contextlib import ExitStack, contextmanager
from datetime import datetime, time

from django.utils import timezone
from wagtail.admin.mail import Notifier

from backoffice.jobs import clock


@contextmanager
def repeatable(seed):
    """In the block business time stands at the first minute of today, unless a demo moves it, and chance repeats."""
    dice = random.Random(seed)  # noqa: S311  repetition is the purpose
    midnight = timezone.make_aware(datetime.combine(clock.today(), time()))
    with ExitStack() as stack:
        stack.enter_context(clock.at(midnight))
        stack.enter_context(_replaced(os, "urandom", dice.randbytes))
        # Where `secrets` and `SystemRandom` look: a name of their own for the same function.
        stack.enter_context(_replaced(random, "_urandom", dice.randbytes))
        stack.enter_context(_replaced(timezone, "now", clock.now))
        stack.enter_context(_replaced(Notifier, "__call__", lambda *args, **kwargs: False))
        yield


@contextmanager
def _replaced(owner, name, value):
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)
