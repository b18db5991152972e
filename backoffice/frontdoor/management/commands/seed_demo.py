"""Fills an empty database with the fictional site: people, a year of records, handbook, scripts, courses.

The records of all kinds are written side by side, week by week, so that the log of changes is in the order of time.
"""

from collections import deque
from itertools import zip_longest
from time import monotonic

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.customers import demo as customers
from backoffice.frontdoor.repeating import repeatable
from backoffice.market import demo as market
from backoffice.organisation import demo as organisation
from backoffice.units import demo as units
from content.handbook import demo as handbook
from content.scripts import demo as scripts
from content.training import demo as training


class Command(BaseCommand):
    help = "Fills an empty database with the demo site. Embedded settings only; the same seed gives the same site."

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=sorted(customers.SIZES), default="small")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, size, seed, **options):
        if not settings.DEMO:
            raise CommandError(_("Demo data and its well-known passwords are refused under production settings."))
        if get_user_model().objects.filter(is_active=True).exclude(kind="system").exists():
            raise CommandError(_("This database already has people in it; demo data goes into an empty one."))
        self.verbosity = options["verbosity"]
        # Whole or not at all: the next start seeds again what was cut off.
        with transaction.atomic(), repeatable(seed):
            self._seed(size, seed)

    def _seed(self, size, seed):
        people = self._step(_("staff"), lambda: organisation.load(seed))
        lives = [part.life(people, seed=seed, size=size) for part in (units, market, customers)]
        self._step(_("a year of records"), lambda: deque(zip_longest(*lives), maxlen=0))
        self._step(_("handbook"), lambda: handbook.load(people["edt"], people["gm"]))
        self._step(_("talk scripts"), lambda: scripts.load(people["edt"], people["sm"]))
        self._step(_("courses"), lambda: training.load(people["trn"], people["sm"]))

    def _step(self, name, work):
        began = monotonic()
        result = work()
        if self.verbosity:
            self.stdout.write(f"  {name:<14} {monotonic() - began:5.1f} s")
        return result
