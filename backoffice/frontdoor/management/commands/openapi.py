import difflib
import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

RECORDED = settings.BASE_DIR / "docs" / "openapi.json"


class Command(BaseCommand):
    help = "Records the interface for programs in docs/openapi.json, or with --check compares it with the record."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail when the interface differs from its record")

    def handle(self, check, **options):
        # Imported here: every register is declared by then, and the interface is made from the declarations.
        from backoffice.registers.api import api

        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
        if not check:
            RECORDED.write_text(text, encoding="utf-8")
            return
        recorded = RECORDED.read_text(encoding="utf-8") if RECORDED.exists() else ""
        if text != recorded:
            lines = difflib.unified_diff(
                recorded.splitlines(), text.splitlines(), "recorded", "now", n=1, lineterm=""
            )
            for line in list(lines)[:60]:
                self.stderr.write(line)
            raise CommandError("The interface for programs has changed. If that is meant: make openapi")
