"""A program with a token, and the people of the screens' tests."""

import json

import pytest
from django.test import Client

from backoffice.registers.programs import tokens
from tests.registers.screens.conftest import as_, customers, make, people

__all__ = ["as_", "customers", "make", "people", "program"]

BASE = "/api/v1/customer/"


class Program:
    """Calls the API with the token of somebody."""

    def __init__(self, owner, scope="write", registers=(), days=30):
        self.token, self.secret = tokens.issue(owner, name="夜间同步", scope=scope, registers=registers, days=days)
        self.client = Client(raise_request_exception=False)

    def ask(self, method, address, body=None, **headers):
        headers = {"Authorization": f"Bearer {self.secret}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, address, headers=headers, **sent)


@pytest.fixture
def program(people):
    """`program(owner, scope, registers, days)`; without an owner it acts for the manager."""
    return lambda owner=None, *args, **kwargs: Program(owner or people.mgr, *args, **kwargs)
