"""verify_audit [--json]: whether the audit log is whole. Ends with 1 at the first break and names it."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ... import looks, sealing
from ...verifying import verify


class Command(BaseCommand):
    help = "Look over the audit log: the chain, its heads outside the database, and every value it vouches for."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--seal", action="store_true", help="file and seal what is waiting before looking")

    def handle(self, **options):
        if options["seal"]:
            looks.file()
            sealing.seal_all()
        report = verify()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.tell(report)
        if not report.whole:
            sys.exit(1)

    def tell(self, report):
        told = _("%(events)d entries, %(batches)d sealed batches, %(unsealed)d entries wait to be sealed.")
        self.stdout.write(told % vars(report))
        for found in report.redactions:
            self.stdout.write(_("Redacted: %(register)s %(row)d, %(fields)s, case %(case)s.") % found)
        self.stdout.write(report.broken.text if report.broken else _("The audit log is whole."))
