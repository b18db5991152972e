"""The customers of a small sales site, and rules and grants about their fields."""

import pytest

from backoffice.customers import dictionaries
from backoffice.registers.access import ruling
from backoffice.registers.definitions import known
from backoffice.registers.scope import viewer_of
from tests.registers.screens.conftest import as_, at, customers, make, people

__all__ = ["as_", "at", "customers", "make", "people"]


@pytest.fixture(autouse=True)
def _fresh(db):
    dictionaries.load()
    yield
    known.forget()


@pytest.fixture
def rule(customers, people):
    """`rule("workplace", seen_by=[…])` as the sales manager says it."""

    def said(name, register=customers, **values):
        return ruling.put(register, name, values, viewer_of(people.mgr), "部门要求")

    return said
