"""The units of the fictional project: its facts, a year of sales, the same again for the same seed."""

from collections import Counter

import pytest
from django.db import transaction

from backoffice.organisation import demo as organisation
from backoffice.registers.models import ChangeSet
from backoffice.units import demo
from backoffice.units.models import Building, Project, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return organisation.load(seed=1)


def a_year(people, seed):
    """What the units look like after a year made with `seed`, which is then taken back."""
    with transaction.atomic():
        demo.load(people, seed=seed)
        rows = Unit.rows.order_by("pk")
        found = list(rows.values_list("unit_code", "layout", "gross_area", "measured_area", "state"))
        transaction.set_rollback(True)
    return found


def test_the_project_has_the_buildings_and_units_of_its_fact_sheet(people):
    assert demo.load(people, seed=1) == demo.SIZES["small"] == Unit.rows.count()
    assert Project.rows.get().name == "岚桥里"
    homes = Unit.rows.filter(usage="home").values_list("building__code", flat=True)
    assert Counter(homes) == {"1": 72, "2": 72, "3": 44}
    assert Counter(Unit.rows.values_list("usage", flat=True)) == {"home": 188, "shop": 12, "parking": 100}
    assert Building.rows.count() == 3


def test_a_year_of_sales_shows_in_states_and_history(people):
    demo.load(people, seed=1)
    states = Counter(Unit.rows.values_list("state", flat=True))
    sold = states["subscribed"] + states["signed"] + states["filed"]
    assert set(states) == {
        *("registered", "available", "reserved", "withdrawn", "held", "pending"),
        *("subscribed", "signed", "filed"),
    }
    assert 75 <= sold <= 115 and states["filed"] > states["signed"]
    filed = Unit.rows.filter(state="filed").first()
    steps = Unit.history.filter(id=filed.pk, state__in=["available", "subscribed", "signed", "filed"])
    dates = [step.history_date for step in steps.order_by("history_id")]
    assert dates == sorted(dates) and (dates[-1] - dates[0]).days > 28
    months = {act.at.strftime("%Y-%m") for act in ChangeSet.objects.filter(register="unit")}
    assert len(months) >= 12


def test_the_same_seed_gives_the_same_units_and_another_one_others(people):
    first = a_year(people, 1)
    assert first == a_year(people, 1)
    other = a_year(people, 2)
    assert [row[:3] for row in first] == [row[:3] for row in other] and first != other
