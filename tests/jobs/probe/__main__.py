"""What a test lets a process of its own do: `python -m tests.jobs.probe ACT [JSON ARGUMENTS…]`."""

import json
import random
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402  after setup
from django.db import transaction  # noqa: E402

from backoffice.jobs import clock, numbering, queue, worker  # noqa: E402
from backoffice.jobs.models import SeriesCounter  # noqa: E402


def prepare():
    call_command("migrate", run_syncdb=True, verbosity=0)


def enqueue(kind, payload):
    return queue.enqueue(kind, payload).pk


def wake(pk):
    worker.wake(pk)


def draw_numbers(count, seed):
    """Draw numbers one by one, taking every third back: the numbers that were kept."""
    dice = random.Random(seed)
    wait_for_the_others()
    kept = []
    while len(kept) < count:
        with transaction.atomic():
            number = numbering.next_number("T")
            if dice.random() < 1 / 3:
                transaction.set_rollback(True)
            else:
                kept.append(number)
    return kept


def draw_numbers_carelessly(count):
    """The same counter, read and written without holding its row."""
    counter, _created = SeriesCounter.objects.get_or_create(series="T")
    wait_for_the_others()
    drawn = []
    for _draw in range(count):
        counter.refresh_from_db()
        time.sleep(0.005)
        counter.last += 1
        counter.save()
        drawn.append(counter.last)
    return drawn


def wait_for_the_others():
    """Say that this process is ready, and begin when the test says so."""
    sys.stdout.write("\n")
    sys.stdout.flush()
    sys.stdin.readline()


def clock_now():
    return clock.now().isoformat()


def shift_clock(iso):
    clock.set_shift(stopped_at=clock.datetime.fromisoformat(iso))


acts = {
    act.__name__: act
    for act in (prepare, enqueue, wake, draw_numbers, draw_numbers_carelessly, clock_now, shift_clock)
}
answer = acts[sys.argv[1]](*map(json.loads, sys.argv[2:]))
sys.stdout.write(json.dumps(answer))
