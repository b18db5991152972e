"""Finds records anew by what they hold: after a register's `search` or the hash key has changed."""

from django.core.management.base import BaseCommand, CommandError

from backoffice.registers import catalogue
from backoffice.registers.changes.door import reindex


class Command(BaseCommand):
    help = "Rebuilds the search keys of one register, or of all."

    def add_arguments(self, parser):
        parser.add_argument("register", nargs="?", help="the code of a register; all when left out")

    def handle(self, *, register, **options):
        known = {entry.code: entry for entry in catalogue.keepers()}
        if register and register not in known:
            raise CommandError(f"There is no register {register}. There are: {', '.join(sorted(known))}.")
        for entry in [known[register]] if register else known.values():
            reindex(entry)
