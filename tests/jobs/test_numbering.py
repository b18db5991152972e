"""Numbers are unique and without gaps, whatever is rolled back and whoever draws at the same time."""

import pytest
from django.db import transaction

from backoffice.jobs.numbering import OutsideTransaction, next_number, next_numbers


@pytest.mark.django_db
def test_each_series_site_and_year_counts_by_itself():
    assert next_number("HT") == "HT-00001"
    assert next_number("HT", site=3, year=2026) == "HT32026-00001"
    assert next_number("HT", site=3, year=2026) == "HT32026-00002"
    assert next_number("HT", site=3, year=2027, width=3) == "HT32027-001"
    coded = "{series}-{code}-{year}-{n:04d}"
    assert next_number("HT", site=3, year=2026, pattern=coded, code="YH") == "HT-YH-2026-0003"
    assert next_numbers("HT", 2) == ["HT-00002", "HT-00003"]


@pytest.mark.django_db
def test_a_number_rolled_back_is_given_again():
    assert next_number("SK") == "SK-00001"
    with transaction.atomic():
        assert next_number("SK") == "SK-00002"
        transaction.set_rollback(True)
    assert next_number("SK") == "SK-00002"


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_the_transaction_that_uses_it():
    with pytest.raises(OutsideTransaction):
        next_number("SK")


def test_processes_drawing_at_once_leave_no_gap(outside):
    answers = outside.race(*(["draw_numbers", 50, seed] for seed in range(4)))
    assert sorted(sum(answers, [])) == [f"T-{n:05d}" for n in range(1, 201)]


def test_without_the_lock_two_processes_draw_the_same_number(outside):
    """The negative control of the test above."""
    first, second = outside.race(["draw_numbers_carelessly", 30], ["draw_numbers_carelessly", 30])
    assert set(first) & set(second)
