"""The demo company: the people of the organisation chart, with a cover, a leaver and a second site."""

from collections import Counter

import pytest

from backoffice.jobs import clock
from backoffice.organisation import demo
from backoffice.organisation.authority import viewer_for
from backoffice.organisation.demo_logins import DEMO_LOGINS
from backoffice.organisation.line import superiors_of
from backoffice.organisation.models import Assignment, Staff
from backoffice.organisation.roles import Role
from tests.organisation import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return demo.load(seed=1)


def test_every_role_has_its_people(people):
    assert Staff.rows.count() == 53
    in_force = Assignment.rows.filter(is_primary=True, valid_from__lte=clock.today()).exclude(
        valid_to__lt=clock.today()
    )
    roles = Counter(in_force.values_list("position__role", flat=True))
    assert roles["PC"] == 12 and roles["CSA"] == 12 and roles["SS"] == 2 and roles["SM"] == 1
    assert len(people["consultants"]) == 12
    assert {role for _name, _password, role, _person in DEMO_LOGINS} == set(Role.values)


def test_every_demo_login_works_and_has_its_role(people):
    for username, password, role, name in DEMO_LOGINS:
        user = make.again(people[username])
        assert user.check_password(password) and user.get_full_name() == name
        assert role in {seat.role for seat in viewer_for(user).seats}, username


def test_the_year_left_its_traces(people):
    staff = people["staff"]
    cover = Assignment.rows.get(is_acting=True)
    assert cover.valid_from <= clock.today() <= cover.valid_to
    assert superiors_of(staff["林知远"])[0] == staff["何小满"]
    assert Staff.rows.get(status="left").name == "贺归帆"
    assert Assignment.rows.filter(staff=staff["裴书野"]).count() == 2
    assert {seat.site for seat in viewer_for(make.again(people["dsm"])).seats} == {
        people["site"].pk,
        Assignment.rows.get(staff=staff["祝晚晴"], is_primary=False).site_id,
    }
