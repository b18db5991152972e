"""Writes the records of a register to a spreadsheet from the shell, with the masks of whoever it is for."""

import json

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backoffice.registers import catalogue
from backoffice.registers.exports import export
from backoffice.registers.scope import system_user, system_viewer, viewer_of


class Command(BaseCommand):
    help = "Writes a register to an .xlsx or .csv file."

    def add_arguments(self, parser):
        parser.add_argument("register", help="code of the register, such as customer")
        parser.add_argument("file", help="path of the file to write; its suffix says which kind")
        parser.add_argument("--user", help="user name of the person to act as; otherwise the shell's own account")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        try:
            register = catalogue.get(options["register"])
        except KeyError as error:
            raise CommandError(_("There is no register called %(code)s.") % {"code": options["register"]}) from error
        viewer = self.viewer(options["user"])
        if not register.may(viewer, "export"):
            raise CommandError(_("%(user)s may not export this register.") % {"user": options["user"]})
        rows = register.changeable(viewer, "export").filter(voided_at=None).order_by("pk")
        try:
            count, access = export(register, viewer, rows, options["file"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            told = {"register": register.code, "file": options["file"], "rows": count, "export": access.pk}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(_("%(count)d records written to %(file)s") % {"count": count, "file": options["file"]})

    def viewer(self, username):
        users = get_user_model()
        if not username:
            return system_viewer(system_user("shell"))
        try:
            return viewer_of(users.objects.get(username=username, is_active=True))
        except users.DoesNotExist as error:
            raise CommandError(_("There is no account called %(name)s.") % {"name": username}) from error
