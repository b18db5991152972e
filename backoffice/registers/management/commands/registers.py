"""Prints every register: what was declared and what follows from it."""

import json

from django.core.management.base import BaseCommand

from backoffice.registers.describe import as_markdown, describe_all, told


class Command(BaseCommand):
    help = "Prints every register with its labels, fields, keys, masks and scope."

    def add_arguments(self, parser):
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON list")
        form.add_argument("--markdown", action="store_true", help="the documentation page")

    def handle(self, *args, **options):
        described = describe_all()
        if options["json"]:
            self.stdout.write(json.dumps(described, ensure_ascii=False, indent=2))
        elif options["markdown"]:
            self.stdout.write(as_markdown(described), ending="")
        else:
            for entry in described:
                self.stdout.write(
                    f"{entry['name']:<20} {entry['labels']['zh']} / {entry['labels']['en']}  {entry['model']}  "
                    f"[{', '.join(entry['systems'])}]  {len(entry['fields'])} fields, {entry['lines']} lines\n"
                    f"    fields  {', '.join(field['name'] for field in entry['fields'])}\n"
                    f"    key     {', '.join(' + '.join(key) for key in entry['keys']) or '-'}   "
                    f"masked {', '.join(entry['masks']) or '-'}   "
                    f"own {entry['scope']['own'] or 'created_by'}   site {entry['scope']['site'] or '-'}\n"
                    f"    states  {told(entry)}"
                )
