"""The suite's own footing: every test finds the database as the migrations made it."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from wagtail.models import Locale, Page

STRANGER = "left by another test"


def assert_untouched():
    assert Page.objects.filter(depth=1).exists()
    assert Locale.objects.exists()
    assert Permission.objects.count() > 100
    assert not get_user_model().objects.filter(username=STRANGER).exists()


@pytest.mark.django_db
def test_an_ordinary_test_finds_what_the_migrations_made():
    assert_untouched()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_transactional_test_finds_it_too(turn):
    assert_untouched()
    get_user_model().objects.create_user(STRANGER)
    Page.objects.all().delete()
