"""A site as the corpus of test lists expects it, and short ways to run the commands."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from backoffice.customers.models import Customer
from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.imports.models import ImportBatch
from tests.organisation import factories
from tests.sheets.known import load

CORPUS = Path(__file__).resolve().parents[2] / "data" / "sheets"
EXPECTATIONS = json.loads((CORPUS / "expectations.json").read_text(encoding="utf-8"))
CUSTOMER_FILES = [entry for entry in EXPECTATIONS["files"] if entry["register"] == "customer"]
MESSY = "客户台账(汇总)副本2.xlsx"
UPLOAD = "/admin/imports/to/customer/"


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


@pytest.fixture
def clerk(known_site):
    return factories.person("BO", site=known_site)


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk)
    return client


def sheet(*rows, name="list.csv"):
    return SimpleUploadedFile(name, "\n".join(",".join(row) for row in rows).encode())


def upload(client, file):
    """Uploads and has the worker read; the batch as it then stands."""
    answer = client.post(UPLOAD, {"file": file})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    drain()
    return ImportBatch.objects.get(public_id=answer.url.split("/")[-2])


def upload_corpus(client, name=MESSY):
    return upload(client, SimpleUploadedFile(name, (CORPUS / name).read_bytes()))


def page(client, batch, screen="imports_batch", **query):
    return client.get(reverse(screen, args=[batch.public_id]), query)


def press(client, batch, screen, **data):
    answer = client.post(reverse(screen, args=[batch.public_id]), data)
    drain()
    batch.refresh_from_db()
    return answer
