"""One clock: the database's, shifted for all or for none, and never in production."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction

from backoffice.jobs import clock
from backoffice.jobs.models import ClockShift

NOON = datetime(2026, 3, 3, 4, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.django_db
def test_the_time_is_the_databases_and_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        first = clock.now()
    assert first.tzinfo is UTC or first.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
    assert clock.now() >= first


@pytest.mark.django_db
def test_a_shift_moves_business_time_and_leaves_wall_time_alone(django_assert_num_queries):
    with clock.shift(timedelta(days=30)):
        with django_assert_num_queries(1):
            moved = clock.now()
        assert abs(moved - clock.wall() - timedelta(days=30)) < timedelta(seconds=5)
        with clock.at(NOON):
            assert clock.now() == clock.now() == NOON
        assert clock.now() >= moved
    assert not ClockShift.objects.exists()


@pytest.mark.django_db
def test_the_business_day_begins_at_midnight_in_shanghai():
    with clock.at(datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-03-03"
    with clock.at(datetime(2026, 3, 3, 16, 0, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-03-04"


@pytest.mark.django_db
def test_a_deadline_is_kept_to_the_end_of_its_second():
    with clock.at(NOON):
        assert not clock.passed(NOON.replace(microsecond=0))
        assert not clock.passed(NOON + timedelta(seconds=1))
        assert clock.passed(NOON - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_shift_ends_with_the_transaction_that_broke():
    with pytest.raises(IntegrityError), transaction.atomic(), clock.at(NOON):
        ClockShift.objects.create(pk=2)
    assert not ClockShift.objects.exists()


def test_a_shift_is_seen_by_every_process(outside):
    outside.do("shift_clock", NOON.isoformat())
    assert outside.do("clock_now") == NOON.isoformat()
    shown = datetime.fromisoformat(outside.do("clock_now", DEMO="False"))
    assert shown - NOON > timedelta(days=1) or NOON - shown > timedelta(days=1), "production ignores the row"


@pytest.mark.django_db
def test_production_refuses_a_shift_and_reports_one_it_inherits(settings):
    assert not run_checks(tags=["database"], databases=["default"])
    clock.set_shift(stopped_at=NOON)
    settings.DEMO = False
    with pytest.raises(clock.ClockShiftRefused):
        clock.set_shift(stopped_at=NOON)
    with pytest.raises(clock.ClockShiftRefused), clock.at(NOON):
        pytest.fail("the clock was shifted")
    assert clock.now() != NOON
    assert [error.id for error in run_checks(tags=["database"], databases=["default"])] == ["jobs.E001"]
