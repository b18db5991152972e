"""Fills one database and measures the pages of the customer register. Prints one JSON object.

python -m tests.benchmarks.measure 10000        with DATABASE_URL naming an empty database
"""

import json
import os
import statistics
import sys
import time

import django
from django.conf import settings

ROUNDS = 9


def timed(client, address, method="get", data=None):
    """{"ms": median, "queries": count} of a page; the first two rounds warm up and are not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seconds = []
    for _round in range(ROUNDS + 2):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            answer = getattr(client, method)(address, data or {})
            seconds.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    slowest = max(queries.captured_queries, key=lambda query: float(query["time"]))
    return {
        "ms": round(statistics.median(seconds[2:]) * 1000, 1),
        "queries": len(queries),
        "slowest": [float(slowest["time"]), slowest["sql"][:2000]],
    }


def client_of(user):
    from django.test import Client

    from tests.organisation import factories as org

    client = Client()
    org.sign_in(client, user)
    return client


def search(client, words):
    """The address of the list that finds `words`."""
    token = client.post("/admin/r/customer/search/", {"q": words}).json()["token"]
    return f"/admin/r/customer/?s={token}"


def pages_of(user, phone):
    """{name: measurement} of the pages one person looks at."""
    client = client_of(user)
    start = "/admin/r/customer/"
    return {
        "list": timed(client, start),
        "last page": timed(client, f"{start}?last=1"),
        "filtered": timed(client, f"{start}?intent_grade=A"),
        "sorted": timed(client, f"{start}?ordering=-first_contact_at"),
        "last four": timed(client, search(client, phone[-4:])),
        "two characters": timed(client, search(client, "予安")),
    }


def main(count):
    from django.core.management import call_command

    from backoffice.customers.models import Customer
    from tests.organisation import factories as org

    from .load import fill

    begun = time.perf_counter()
    call_command("migrate", verbosity=0)
    people, record = fill(count)
    loaded = time.perf_counter() - begun
    phone = Customer.rows.filter(site=people.first, owner_consultant=people.consultant.staff).latest("pk").phone
    measured = {
        "rows": Customer.rows.count(),
        "load seconds": round(loaded, 1),
        "manager": pages_of(people.manager, phone),
        "consultant": pages_of(people.consultant, phone),
    }
    manager = client_of(people.manager)
    measured["record of 200 writes"] = timed(manager, f"/admin/r/customer/{record.public_id}/timeline/")
    stock = client_of(org.superuser())
    measured["stock"] = {
        name: {
            "list": timed(stock, f"/{name}/"),
            "filtered": timed(stock, f"/{name}/?intent_grade=A"),
        }
        for name in ("stock", "stock_related")
    }
    sys.stdout.write(json.dumps(measured, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings.test"
    settings.ROOT_URLCONF = "tests.benchmarks.stock"
    django.setup()
    main(int(sys.argv[1]))
