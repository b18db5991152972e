"""Customers that may be the same, somebody who may merge them, and records that point to them."""

import pytest

from backoffice.customers import dictionaries as customer_dictionaries
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.definitions import known
from backoffice.registers.duplicates import jobs, merging
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org


@pytest.fixture
def register(db):
    customer_dictionaries.load()
    org.site()
    yield catalogue.get("customer")
    known.forget()


@pytest.fixture
def manager(register):
    return org.person("SM", name="周建国")


@pytest.fixture
def enter(register):
    """`enter("陈予安", phone=…)`: a customer written by the system."""
    numbers = iter(range(10_000))

    def entered(name="陈予安", **values):
        wish = Write(values={"name": name, "phone": f"1990001{next(numbers):04d}", "site": org.site()} | values)
        apply(register, [wish], act=org.by_system())
        return register.model.rows.get(pk=wish.row.pk)

    return entered


@pytest.fixture
def merge(register, manager):
    """`merge(kept, other, …)`: merged by the manager; `chosen` as in `Wish`."""

    def merged(*rows, chosen=None, user=manager, reason="同一人"):
        act = Act(user, "form", reason, viewer=viewer_of(user))
        return merging.merge(register, merging.Wish(list(rows), rows[0], chosen or {}), act=act)

    return merged


@pytest.fixture
def find(register):
    """Searches for duplicates as the worker does."""
    from backoffice.jobs.worker import drain

    def found():
        job = jobs.start(register)
        drain()
        job.refresh_from_db()
        return job

    return found
