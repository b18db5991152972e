"""Rights follow from the positions held today: seats, reach, groups, the day a move takes effect."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backoffice.jobs import clock
from backoffice.organisation.authority import allows, keep_groups, may_enter, people, viewer_for
from backoffice.organisation.models import Staff
from backoffice.registers import catalogue
from tests.organisation import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def roles(user):
    return sorted(seat.role for seat in viewer_for(make.again(user)).seats)


def groups(user):
    return sorted(user.groups.values_list("name", flat=True))


def at(day, hour=12, minute=0):
    return clock.at(datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI))


def visible(code, user):
    return catalogue.get(code).visible(viewer_for(make.again(user)))


def test_a_seat_carries_role_site_person_and_the_permissions_of_its_group():
    user = make.person("SM")
    (seat,) = viewer_for(user).seats
    assert (seat.role, seat.site, seat.staff) == ("SM", make.site().pk, user.staff_id)
    held = set(user.groups.get().permissions.values_list("content_type__app_label", "codename"))
    assert {f"{app}.{name}" for app, name in held} == seat.permissions
    assert "organisation.view_site_staff" in seat.permissions


def test_a_resignation_ends_all_rights_at_the_midnight_after_the_last_day():
    user = make.person("PC")
    last = clock.today() + timedelta(days=3)
    make.end(user, last)
    with at(last, 23, 59):
        assert roles(user) == ["PC"]
    with at(last + timedelta(days=1), 0, 0):
        assert roles(user) == []
        assert not may_enter(make.again(user))


def test_a_move_changes_rights_on_its_day():
    user = make.person("PC")
    today = clock.today()
    make.end(user, today)
    make.seat(user.staff, "SS", since=today + timedelta(days=1))
    assert roles(user) == ["PC"]
    with at(today + timedelta(days=1)):
        assert roles(user) == ["SS"]


def test_somebody_who_has_left_loses_their_seat_at_once():
    user = make.person("PC")
    make.write("staff", {"status": "left"}, row=user.staff)
    assert roles(user) == []
    assert groups(user) == []


def test_groups_follow_an_assignment_in_the_transaction_that_writes_it():
    user = make.person("PC")
    assert groups(user) == ["PC"]
    make.end(user, clock.today() - timedelta(days=1))
    assert groups(user) == []
    make.seat(user.staff, "SM", since=clock.today())
    assert groups(user) == ["SM"]


def test_groups_follow_a_position_whose_role_changes():
    user = make.person("RC")
    make.write("position", {"role": "BO"}, row=make.position("RC"))
    assert groups(user) == ["BO"]


def test_groups_of_a_future_assignment_come_with_its_day():
    user = make.person("PC", since=clock.today() + timedelta(days=1))
    assert groups(user) == []
    with at(clock.today() + timedelta(days=1)):
        keep_groups([user])
    assert groups(user) == ["PC"]


def test_the_name_of_an_account_follows_the_staff_record():
    user = make.person("PC")
    make.rename(user, "林晚舟")
    assert make.again(user).get_full_name() == "林晚舟"


def test_own_sees_themselves_team_the_people_below_site_everybody():
    supervisor = make.person("SS")
    one = make.team(supervisor=supervisor)
    mine = make.person("PC", team=one)
    other_supervisor = make.person("SS")
    other = make.person("PC", team=make.team(supervisor=other_supervisor))
    manager = make.person("SM")
    elsewhere = make.person("PC", site=make.site("B"))
    supervisor = make.again(supervisor)

    assert set(visible("staff", mine)) == {mine.staff}
    assert set(visible("staff", supervisor)) == {supervisor.staff, mine.staff}
    assert set(visible("staff", manager)) == set(Staff.rows.exclude(pk=elsewhere.staff_id))
    assert other.staff not in visible("staff", supervisor)


def test_a_seat_at_every_site_sees_every_site():
    elsewhere = make.person("PC", site=make.site("B"))
    assert elsewhere.staff in visible("staff", make.person("HR", site=None))
    assert elsewhere.staff not in visible("staff", make.person("HR"))


def test_the_structure_is_read_by_everybody_but_a_site_only_by_those_who_work_there():
    make.site("B")
    user = make.person("PC")
    assert [site.code for site in visible("site", user)] == ["A"]
    assert set(visible("position", user).values_list("role", flat=True)) == {"GM", "DIR", "SM", "SS", "PC"}


def test_a_superuser_holds_everything_but_reveal():
    (seat,) = viewer_for(make.superuser()).seats
    assert "organisation.configure_staff" in seat.permissions
    assert not any("reveal_" in codename for codename in seat.permissions)


def test_the_matrix_answers_who_may():
    manager, consultant = make.person("SM"), make.person("PC")
    assert allows(manager, "customer-profile", "g")
    assert not allows(consultant, "customer-profile", "x")
    assert list(people("unit-control", "a", site=make.site())) == [manager]
    assert list(people("unit-control", "a", site=make.site("B"))) == []


@pytest.mark.parametrize(("role", "most"), [("PC", 4), ("SS", 4), ("SM", 4), ("GM", 4)])
def test_the_seats_cost_at_most_four_queries(role, most, django_assert_max_num_queries):
    boss = make.person(role)
    crew = make.team(supervisor=boss)
    for _ in range(5):
        make.person("PC", team=crew)
    viewer_for(boss)
    with django_assert_max_num_queries(most):
        viewer_for(make.User.objects.none().model(pk=boss.pk, staff_id=boss.staff_id, kind="person"))
