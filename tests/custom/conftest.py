import pytest

from tests.organisation import factories as org

from . import factories


@pytest.fixture
def gifts(db):
    org.site()
    return factories.made()


@pytest.fixture
def as_(client):
    """`as_(user)` is the browser of that person."""

    def signed_in(user):
        org.sign_in(client, user)
        return client

    return signed_in
