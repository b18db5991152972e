"""rotate_keys [--here]: encrypts identity numbers and bank accounts with the first of FIELD_KEYS."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from ... import keys
from ...jobs import start_rotation


class Command(BaseCommand):
    help = "Encrypt what is kept under an older key with the newest one, in the worker or right here."

    def add_arguments(self, parser):
        parser.add_argument("--here", action="store_true", help="do it in this process instead of the worker")

    def handle(self, **options):
        waiting = keys.outdated()
        if not options["here"]:
            queued = start_rotation()
            told = _("%(count)d values to encrypt; the worker does it as job %(job)d.")
            self.stdout.write(told % {"count": waiting, "job": queued.pk})
            return
        for place in keys.places():
            last = 0
            while last is not None:
                with transaction.atomic():
                    last = keys.reencrypt(place, last)
        self.stdout.write(_("%(count)d values are encrypted anew.") % {"count": waiting - keys.outdated()})
