"""Imports a spreadsheet from the shell: the same reading, the same rules, the same door as the pages."""

import json
import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backoffice.registers import catalogue
from backoffice.registers.imports import shell
from backoffice.registers.imports.layouts import sites_for
from backoffice.registers.imports.models import ImportBatch
from backoffice.registers.imports.report import report_of
from backoffice.registers.scope import viewer_of
from backoffice.registers.sheets.containers import FileRefused
from backoffice.registers.sheets.messages import file_message


class Command(BaseCommand):
    help = "Imports a spreadsheet into a register, or only checks it."

    def add_arguments(self, parser):
        parser.add_argument("register", help="code of the register, such as customer")
        parser.add_argument("file")
        parser.add_argument("--sheet", action="append", help="name of a sheet to read; several may be given")
        parser.add_argument("--site", help="code of the sales site; needed when there are several")
        parser.add_argument("--user", help="user name of the person to act as; otherwise the shell's own account")
        parser.add_argument("--dry-run", action="store_true", help="read and check, write nothing")
        parser.add_argument("--values", action="store_true", help="with --json: the values of every row")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        register, user = _register(options["register"]), _user(options["user"])
        site = find_site(register, options["site"])
        _check_right(register, user, site)
        try:
            batch, viewer = shell.open_batch(register, options["file"], user=user, site=site, sheets=options["sheet"])
        except OSError:
            told = {"file": options["file"]}
            self._refuse(
                register, options, "not_found", _("The file %(file)s is not there or cannot be read.") % told
            )
        except FileRefused as refused:
            self._refuse(register, options, refused.reason, str(file_message(refused.reason, refused.params)))
        report = report_of(batch, viewer, options["values"])
        if batch.state != ImportBatch.State.PREVIEWED:
            sentence = batch.sentence
            shell.discard(batch)
            self._end(report, options, sentence)
        if options["dry_run"]:
            shell.discard(batch)
        else:
            report |= _written(shell.write_batch(batch))
        self._print(report, options)

    def _refuse(self, register, options, reason, sentence):
        report = {"outcome": "reject", "register": register.code, "reason": reason, "counts": {"importable": 0}}
        self._end(report | {"message": sentence}, options, sentence)

    def _end(self, report, options, sentence):
        """A file that cannot be imported: the reason, and an exit code other than 0."""
        if not options["json"]:
            raise CommandError(sentence)
        self._print(report, options)
        sys.exit(1)

    def _print(self, report, options):
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        counts = report["counts"]
        self.stdout.write(
            _("%(importable)s rows can be imported, %(refused)s are refused, %(skipped)s are no records.") % counts
        )
        if "created" in report:
            written = _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged. Change %(change_set)s.")
            self.stdout.write(written % report)


def _written(batch):
    return {
        "created": batch.counts["created"],
        "updated": batch.counts["updated"],
        "unchanged": batch.counts["unchanged"],
        "conflicts": batch.counts["conflicts"],
        "refused_when_written": batch.counts["refused_when_written"],
        "change_set": batch.change_set.public_id,
        "import": batch.public_id,
    }


def _register(code):
    try:
        return catalogue.get(code)
    except KeyError as error:
        known = ", ".join(register.code for register in catalogue.registers())
        raise CommandError(_("No register is called %(code)s. There are: %(known)s") % locals()) from error


def _user(name):
    if not name:
        return None
    try:
        return get_user_model().objects.get(username=name, is_active=True)
    except get_user_model().DoesNotExist as error:
        raise CommandError(_("No active user is called %(name)s.") % {"name": name}) from error


def _check_right(register, user, site):
    """Raises CommandError unless `user`, where one is named, may import for the site."""
    viewer = viewer_of(user) if user else None
    if viewer and not (viewer.may(register, "import") and (site is None or site in sites_for(register, viewer))):
        raise CommandError(_("%(user)s may not import into this register.") % {"user": user.get_username()})


def find_site(register, code):
    """The site called `code`, or the only one there is; None for registers without sites. Raises CommandError."""
    name = register.scope.site
    if name not in register.fields:
        return None
    rows = register.column(name).field.related_model.rows.filter(voided_at=None)
    found = list(rows.filter(code=code) if code else rows[:2])
    if len(found) != 1:
        unknown = _("No sales site is called %(code)s.") % {"code": code}
        raise CommandError(unknown if code else _("Say which sales site: --site"))
    return found[0]
