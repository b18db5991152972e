"""Takes a change set back from the shell: an import, a bulk edit, whatever wrote it."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backoffice.registers.changes import Act, Refused, undo
from backoffice.registers.models import ChangeSet
from backoffice.registers.scope import system_user, system_viewer


class Command(BaseCommand):
    help = "Undoes a change set: created records are voided, changed values restored, later work kept and listed."

    def add_arguments(self, parser):
        parser.add_argument("change_set", help="the number shown with the change")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        change_set = ChangeSet.objects.filter(public_id=options["change_set"]).first()
        if change_set is None:
            raise CommandError(_("There is no change %(number)s.") % {"number": options["change_set"]})
        user = system_user("shell")
        act = Act(user, ChangeSet.Channel.UNDO, _("Undone from the command line"), viewer=system_viewer(user))
        try:
            undoing = undo(change_set, act=act)
        except Refused as refused:
            self._end(str(refused), options)
        report = {
            "change_set": undoing.public_id,
            "undoes": change_set.public_id,
            "register": change_set.register,
            "voided": undoing.voided,
            "restored": undoing.updated,
            "kept": undoing.kept,
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            numbers = report | {"kept": len(undoing.kept)}
            self.stdout.write(_("%(voided)s voided, %(restored)s restored, %(kept)s kept.") % numbers)

    def _end(self, sentence, options):
        if not options["json"]:
            raise CommandError(sentence)
        self.stdout.write(json.dumps({"outcome": "refused", "message": sentence}, ensure_ascii=False))
        sys.exit(1)
