"""The reporting line: nearest superior, team leaders, cover, never somebody below."""

import pytest

from backoffice.jobs import clock
from backoffice.organisation.line import next_superior, superior_of, superiors_of
from backoffice.organisation.models import Staff
from tests.organisation import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """A general manager, a director, a manager, two supervisors with a team each, a consultant in the first."""
    gm, director = make.person("GM", site=None), make.person("DIR", site=None)
    manager = make.person("SM")
    first, second = make.person("SS"), make.person("SS")
    one, _two = make.team(supervisor=first), make.team(supervisor=second)
    consultant = make.person("PC", team=one)
    make.person("SM", site=make.site("B"))
    return {
        "gm": gm.staff,
        "director": director.staff,
        "manager": manager.staff,
        "first": Staff.rows.get(pk=first.staff_id),
        "second": Staff.rows.get(pk=second.staff_id),
        "consultant": consultant.staff,
    }


def test_the_line_goes_up_through_the_leader_of_the_team_at_the_same_site(house):
    expected = [house[name] for name in ("first", "manager", "director", "gm")]
    assert superiors_of(house["consultant"]) == expected
    assert superior_of(house["gm"]) is None
    assert next_superior(house["consultant"], house["first"]) == house["manager"]
    assert next_superior(house["consultant"], house["gm"]) is None


def test_a_cover_decides_in_place_of_whom_it_stands_in_for(house):
    make.cover(house["second"], house["manager"], "SM")
    assert superior_of(house["first"]) == house["second"]
    assert superior_of(house["consultant"]) == house["first"]


def test_a_cover_below_the_asker_is_passed_over_for_the_next_superior(house):
    make.cover(house["consultant"], house["manager"], "SM")
    assert superior_of(house["first"]) == house["director"]


def test_an_empty_position_is_passed_over(house):
    make.write("staff", {"status": "left"}, row=house["first"])
    make.write("staff", {"status": "left"}, row=house["second"])
    assert superior_of(house["consultant"]) == house["manager"]


def test_the_past_is_judged_by_the_positions_of_its_day(house):
    before = clock.today()
    make.end(house["manager"].user, before)
    assert superior_of(house["first"], at=before) == house["manager"]
    assert superior_of(house["first"], at=before.replace(year=before.year + 1)) == house["director"]


def test_a_cover_sees_what_the_covered_person_sees_while_it_lasts(house):
    from backoffice.organisation.authority import viewer_for

    make.cover(house["second"], house["first"], "SS")
    seats = viewer_for(make.again(house["second"].user)).seats
    assert any(house["consultant"].pk in seat.reports for seat in seats)
