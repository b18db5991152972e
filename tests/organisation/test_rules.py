"""What the organisation's records may not say, and what nobody may give."""

from datetime import date, timedelta

import pytest

from backoffice.jobs import clock
from backoffice.organisation.models import Assignment, Position
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Denied, Refused, Write, apply, undo
from tests.organisation import factories as make

pytestmark = pytest.mark.django_db


def refused(function, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    return {refusal.code for refusal in caught.value.refusals}


def appoint(actor, staff, role, **values):
    values = {"staff": staff, "position": make.position(role), "valid_from": clock.today()} | values
    values.setdefault("site", make.site())
    act = Act(make.again(actor), "form", "test")
    return apply(catalogue.get("assignment"), [Write(values=values)], act=act)


def test_one_main_position_on_any_day():
    person = make.person("PC", since=date(2025, 1, 1), until=date(2025, 6, 30)).staff
    assert refused(make.seat, person, "SS", since=date(2025, 6, 30)) == {"overlap"}
    make.seat(person, "SS", since=date(2025, 7, 1))
    assert refused(make.seat, person, "RC", since=date(2026, 1, 1)) == {"overlap"}
    make.seat(person, "RC", since=date(2026, 1, 1), is_primary=False)


def test_ending_one_main_position_and_opening_the_next_in_one_act():
    person = make.person("PC", since=date(2025, 1, 1)).staff
    old = Assignment.rows.get(staff=person)
    new = {"staff": person, "position": make.position("SS"), "site": make.site(), "valid_from": date(2026, 1, 1)}
    writes = [Write(values=new), Write(row=old, values={"valid_to": date(2025, 12, 31)})]
    assert refused(apply, catalogue.get("assignment"), [Write(values=dict(new))], act=make.by_system()) == {"overlap"}
    apply(catalogue.get("assignment"), writes, act=make.by_system())
    assert Assignment.rows.filter(staff=person).count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"valid_to": date(2019, 1, 1)}, "order"),
        ({"is_acting": True}, "cover"),
        ({"is_acting": True, "is_primary": False, "acting_for": "self", "valid_to": date(2030, 1, 1)}, "cover"),
    ],
)
def test_an_assignment_is_whole(values, code):
    person = make.staff()
    values = {name: person if value == "self" else value for name, value in values.items()}
    assert code in refused(make.seat, person, "PC", **values)


def test_every_position_but_the_general_managers_has_a_superior_and_none_stands_above_itself():
    assert refused(make.position, "SM", superior=None) == {"missing_required"}
    consultant = make.position("PC")
    top = Position.rows.get(code="GM")
    assert refused(make.write, "position", {"superior_position": consultant}, row=top) == {"circle"}


def test_a_held_position_cannot_be_closed():
    user = make.person("PC")
    position = make.position("PC")
    assert refused(make.write, "position", {"state": "closed"}, row=position) == {"in_use"}
    make.end(user, clock.today())
    make.write("position", {"state": "closed"}, row=position)
    assert refused(make.seat, make.staff(), "PC") == {"not_open"}


def test_a_staff_number_is_given_once_at_a_site_and_is_free_again_when_void():
    first = make.staff(number="001")
    assert refused(make.staff, number="001") == {"taken"}
    make.staff(number="001", site=make.site("B"))
    make.write("staff", {}, row=first, action="void")
    make.staff(number="001")


def test_a_person_with_a_position_cannot_become_void():
    user = make.person("PC")
    assert refused(make.write, "staff", {}, row=user.staff, action="void") == {"in_use"}


def test_the_people_supervisor_appoints_whoever_holds_no_more():
    hr = make.person("HR", site=None)
    appoint(hr, make.staff(), "SM")
    assert Assignment.rows.filter(position__role="SM").count() == 1


@pytest.mark.parametrize("role", ["GM", "SYS"])
def test_nobody_appoints_to_rights_they_do_not_hold(role):
    hr = make.person("HR", site=None)
    assert refused(appoint, hr, make.staff(), role) == {"beyond"}
    assert not Assignment.rows.filter(position__role=role).exists()


def test_nobody_gives_themselves_a_position():
    hr = make.person("HR", site=None)
    assert refused(appoint, hr, hr.staff, "SM", is_primary=False) == {"own"}


@pytest.mark.parametrize("role", ["SM", "SYS", "GM", "PC"])
def test_whoever_does_not_look_after_people_appoints_nobody(role):
    with pytest.raises(Denied):
        appoint(make.person(role), make.staff(), "PC")


def test_rights_are_not_given_by_changing_the_role_of_a_position_either():
    hr = make.again(make.person("HR", site=None))
    position = make.position("BO")
    act = Act(hr, "form", "test")
    codes = refused(apply, catalogue.get("position"), [Write(row=position, values={"role": "SYS"})], act=act)
    assert codes == {"beyond"}
    own = make.position("HR")
    assert refused(apply, catalogue.get("position"), [Write(row=own, values={"role": "BO"})], act=act) == {"own"}


def test_the_people_supervisor_may_end_what_they_could_not_give():
    boss = make.seat(make.staff(), "GM", site=None)
    act = Act(make.again(make.person("HR", site=None)), "form", "test")
    register, today = catalogue.get("assignment"), clock.today()
    apply(register, [Write(row=boss, values={"valid_to": today, "staff": boss.staff})], act=act)
    longer = [Write(row=boss, values={"valid_to": today + timedelta(days=1)})]
    assert refused(apply, register, longer, act=act) == {"beyond"}


def test_taking_somebody_back_gives_no_more_than_one_holds_either():
    boss = make.person("GM", site=None).staff
    make.write("staff", {"status": "left"}, row=boss)
    hr = make.again(make.person("HR", site=None))
    back = [Write(row=boss, values={"status": "regular"})]
    assert refused(apply, catalogue.get("staff"), back, act=Act(hr, "form", "test")) == {"beyond"}


def test_an_undo_gives_no_more_than_its_actor_holds():
    staff = make.staff()
    boss = make.seat(staff, "GM", site=None)
    change = apply(
        catalogue.get("assignment"),
        [Write(row=boss, values={"valid_to": clock.today() - timedelta(days=1)})],
        act=make.by_system(),
    )
    hr = make.again(make.person("HR", site=None))
    undo(change, act=Act(hr, "undo", "test"))
    boss = Assignment.rows.get(pk=boss.pk)
    assert boss.valid_to == clock.today() - timedelta(days=1)


def test_somebody_of_one_site_appoints_at_that_site_only():
    hr = make.person("HR")
    assert refused(appoint, hr, make.staff(), "PC", site=make.site("B")) == {"unknown_reference"}
    assert refused(appoint, hr, make.staff(), "PC", site=None) == {"site"}


def test_the_database_itself_refuses_two_open_main_positions():
    from django.db import IntegrityError, transaction

    from backoffice.registers.changes.opening import door_open

    person = make.person("PC").staff
    row = Assignment.rows.get(staff=person)
    row.pk, row.public_id = None, "x" * 12
    with pytest.raises(IntegrityError), transaction.atomic(), door_open():
        Assignment.rows.bulk_create([row])
