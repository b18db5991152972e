"""Fields of the customer register, added by its sales manager."""

import pytest

from backoffice.customers import dictionaries as customer_dictionaries
from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from backoffice.registers.definitions import known, operations
from backoffice.registers.definitions.models import FieldDefinition, Kind
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

__all__ = ["added", "written"]


@pytest.fixture
def register(db):
    customer_dictionaries.load()
    yield catalogue.get("customer")
    known.forget()


@pytest.fixture
def manager(register):
    """Somebody who configures the customer register."""
    return viewer_of(org.person("SM", name="周建国"))


@pytest.fixture
def as_(client):
    """`as_(user)` is the browser of that person."""

    def signed_in(user):
        org.sign_in(client, user)
        return client

    return signed_in


def added(manager, kind=Kind.TEXT, label="来源备注", options=None, released=True, code="customer", **values):
    definition = FieldDefinition(register=code, kind=kind)
    values = {"label": label, "kind": kind} | values
    definition = operations.prepare(definition, values, manager, options)
    if released:
        operations.release(definition, manager)
        definition.refresh_from_db()
    return definition


def written(register, row=None, n=1, act=None, **values):
    """(ChangeSet, row): a customer written by the system, or `row` changed."""
    if row is None:
        values = {
            "name": "陈予安",
            "phone": f"1990000{n:04d}",
            "owner_consultant": org.staff(),
            "site": org.site(),
        } | values
    wish = Write(values=values, row=row)
    change_set = apply(register, [wish], act=act or org.by_system())
    return change_set, register.model.rows.get(pk=wish.row.pk)
