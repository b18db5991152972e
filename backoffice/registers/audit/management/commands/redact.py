"""redact REGISTER ID FIELD … --case C --reason R --by USER asks; redact --confirm ID --by OTHER carries it out."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from .... import catalogue
from ....changes import Refused
from ... import redaction
from ...models import Redaction


class Command(BaseCommand):
    help = "Take values out of a record and its history for good. One person asks, another carries it out."

    def add_arguments(self, parser):
        parser.add_argument("register", nargs="?", help="code of the register")
        parser.add_argument("record", nargs="?", help="id of the record, as in its address")
        parser.add_argument("fields", nargs="*", help="names of the fields")
        parser.add_argument("--case", default="", help="the file number of the request")
        parser.add_argument("--reason", default="")
        parser.add_argument("--by", required=True, help="username of the person")
        parser.add_argument("--confirm", help="id of a redaction somebody else asked for")

    def handle(self, **options):
        user = get_user_model().objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": options["by"]})
        try:
            if options["confirm"]:
                self.confirm(options["confirm"], user)
            else:
                self.ask(user, **options)
        except Refused as refused:
            raise CommandError("; ".join(str(item.message) for item in refused.refusals)) from refused

    def ask(self, user, register, record, fields, case, reason, **_options):
        try:
            found = catalogue.get(register)
        except KeyError as error:
            raise CommandError(_("There is no register “%(name)s”.") % {"name": register}) from error
        row = found.model.rows.filter(public_id=record or "").first()
        if row is None:
            raise CommandError(_("There is no record “%(name)s”.") % {"name": record})
        asked = redaction.ask(found, row, fields, case=case, reason=reason, by=user)
        told = _("Asked for. Another person carries it out: redact --confirm %(id)s --by USER")
        self.stdout.write(told % {"id": asked.public_id})

    def confirm(self, key, user):
        asked = Redaction.objects.filter(public_id=key).first()
        if asked is None:
            raise CommandError(_("There is no redaction “%(name)s”.") % {"name": key})
        change_set = redaction.carry_out(asked, by=user)
        self.stdout.write(_("Carried out as change set %(id)s.") % {"id": change_set.public_id})
