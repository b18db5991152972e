"""A sales site with a supervisor, two consultants, a manager and a clerk, and customers of theirs."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from tests.organisation import factories as org

SECRET = "19900007788"


@pytest.fixture
def people(db):
    """li and wang are consultants of one team, led by boss; mgr manages, bo is the clerk."""
    site = org.site()
    boss = org.person("SS", name="陈立新")
    team = org.team(supervisor=boss)
    return SimpleNamespace(
        site=site,
        boss=boss,
        team=team,
        li=org.person("PC", name="李思远", team=team),
        wang=org.person("PC", name="王晓芳", team=team),
        mgr=org.person("SM", name="周建国"),
        bo=org.person("BO", name="赵敏"),
    )


@pytest.fixture
def customers(db):
    return catalogue.get("customer")


@pytest.fixture
def make(customers, people):
    """`make(name="林叶", owner=user, phone=…, **values)`: one customer, written by the system."""
    numbers = iter(range(10_000))

    def made(owner=None, act=None, **values):
        defaults = {"site": people.site, "name": "林叶", "phone": f"1990001{next(numbers):04d}"}
        if owner is not None:
            defaults["owner_consultant"] = owner.staff
        write = Write(values=defaults | values)
        apply(customers, [write], act=act or org.by_system("登记"))
        return customers.model.rows.get(pk=write.row.pk)

    return made


@pytest.fixture
def as_(client):
    """`as_(user)` is the browser of that person."""

    def signed_in(user):
        org.sign_in(client, user)
        return client

    return signed_in


def at(screen, row=None, *args, code="customer"):
    """The address of a screen of the customer register."""
    return reverse(f"register_{code}:{screen}", args=[*([row.public_id] if row is not None else []), *args])
