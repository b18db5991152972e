"""A site as the corpus of test lists expects it, and short ways to run the commands."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from backoffice.customers.models import Customer
from backoffice.registers import catalogue
from tests.sheets.known import load

CORPUS = Path(__file__).resolve().parents[2] / "data" / "sheets"
EXPECTATIONS = json.loads((CORPUS / "expectations.json").read_text(encoding="utf-8"))
CUSTOMER_FILES = [entry for entry in EXPECTATIONS["files"] if entry["register"] == "customer"]
MESSY = "客户台账(汇总)副本2.xlsx"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def known_site(db):
    """The site of the corpus with its people and choices."""
    return load(EXPECTATIONS)


@pytest.fixture
def register():
    return catalogue.get("customer")


def command(name, *arguments, **options):
    """What a command prints with --json, as an object."""
    out = StringIO()
    call_command(name, *map(str, arguments), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def living():
    """Every customer that is not void, without what every write changes: comparable before and after."""
    columns = [field.attname for field in Customer._meta.concrete_fields]
    columns = [name for name in columns if name not in ("version", "updated_at")]
    return list(Customer.rows.filter(voided_at=None).order_by("pk").values(*columns))
