"""The site and the customers of the screens' tests, and a question to a list."""

import json

import pytest

from backoffice.registers import catalogue
from backoffice.registers.lists import conditions
from backoffice.registers.lists.listing import Listing
from backoffice.registers.scope import viewer_of
from tests.registers.screens.conftest import as_, at, customers, make, people

__all__ = ["ask", "as_", "asked", "at", "customers", "make", "people"]


def ask(user, tree, code="customer", **parameters):
    """The Listing of a tree of conditions for `user`; raises NotUnderstood."""
    register, viewer = catalogue.get(code), viewer_of(user)
    return Listing(register, viewer, parameters, built=conditions.read(register, viewer, tree))


@pytest.fixture
def asked():
    """`asked(user, tree)`: the names of the customers found."""

    def names(user, tree):
        return sorted(ask(user, tree).rows.values_list("name", flat=True))

    return names


def built(tree):
    """The parameter `f` of an address."""
    return {"f": json.dumps(tree)}
