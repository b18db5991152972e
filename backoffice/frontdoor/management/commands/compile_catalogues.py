from django.core.management.base import BaseCommand

from backoffice.i18n.catalogues import ROOT, compile_all


class Command(BaseCommand):
    help = "Compile the message catalogues that changed (in Python; gettext is not needed)."
    requires_system_checks = []

    def handle(self, *args, **options):
        for path in compile_all():
            self.stdout.write(str(path.relative_to(ROOT)))
