"""The suite's own footing: transactional tests leave the database as the migrations made it."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from wagtail.models import Locale, Page


def rows():
    return Page.objects.count(), Locale.objects.count(), Permission.objects.count() > 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_transactional_test_finds_what_the_migrations_made(turn):
    users = get_user_model().objects
    assert users.count() == 0
    assert rows() == (2, 1, True)
    users.create_user(turn)
    Page.objects.all().delete()


@pytest.mark.django_db
def test_an_ordinary_test_finds_the_same():
    assert rows() == (2, 1, True)
