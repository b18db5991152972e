"""`python -m tests.sheets --load-known FILE`: the people, choices and site of an expectations file."""

import argparse
import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.dev")
django.setup()

from django.db import transaction  # noqa: E402  after setup

from tests.sheets.known import load  # noqa: E402  after setup


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.sheets", description=__doc__)
    parser.add_argument("--load-known", metavar="FILE", required=True, type=Path)
    options = parser.parse_args(arguments)
    with transaction.atomic():
        site = load(json.loads(options.load_known.read_text(encoding="utf-8")))
    sys.stdout.write(f"{site.code}\n")


if __name__ == "__main__":
    main()
