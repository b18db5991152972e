"""What every test stands on: a migrated database and an empty cache."""

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase

from tests import database
from tests.registers import proof


@pytest.fixture(scope="session")
def migrated_database(django_test_environment, django_db_blocker, django_db_modify_db_settings, request):
    """The suite's database; `spare(folder)` of it gives other processes a copy of their own."""
    copy = database.for_engine()
    with django_db_blocker.unblock():
        copy.create(rebuild=request.config.getvalue("create_db"))
        yield copy
        copy.destroy()


@pytest.fixture(scope="session")
def django_db_setup(migrated_database):
    """Takes the place of pytest-django's own, which would run every migration in every process."""
    with pytest.MonkeyPatch.context() as patch:
        proof.install()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: migrated_database.restore())
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
