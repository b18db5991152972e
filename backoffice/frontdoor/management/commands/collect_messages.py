from django.core.management.base import BaseCommand

from backoffice.i18n.catalogues import collect, own_gaps, renamed_words


class Command(BaseCommand):
    help = "Bring locale/zh_Hans in line with the source: new messages in, unused ones marked obsolete."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--drop-obsolete", action="store_true", help="remove unused messages for good")

    def handle(self, *args, **options):
        for domain, report in collect(drop_obsolete=options["drop_obsolete"]).items():
            self.stdout.write(f"{domain}: {len(report.added)} new, {len(report.obsolete)} no longer used")
            for text in report.added:
                self.stdout.write(f"  + {text}")
        for text, ours, theirs in renamed_words():
            self.stdout.write(f"renamed on every screen: {text!r} from {theirs} to {ours}")
        self.stdout.write(f"{len(own_gaps())} messages wait for their translation")
