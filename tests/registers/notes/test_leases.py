"""Two people at one form know of each other."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.jobs import clock
from backoffice.registers.changes import Write, apply
from backoffice.registers.notes.models import Lease
from tests.organisation import factories as org
from tests.registers.screens.conftest import at


def ping(row):
    return reverse("notes_editing", args=["customer", row.public_id])


@pytest.fixture
def row(make, people):
    return make(people.li)


def test_an_open_form_is_told_to_whoever_comes_next(as_, people, row):
    assert as_(people.mgr).get(at("edit", row)).context["editing"] == []
    since = timezone.localtime(Lease.objects.get().since)
    for screen in ("edit", "record"):
        page = as_(people.bo).get(at(screen, row))
        assert "周建国" in page.context["editing"][0] and f"{since:%H:%M}" in page.context["editing"][0]
    assert "赵敏" in as_(people.mgr).post(ping(row), {"version": 1}).json()["sentences"][0]


def test_the_lease_is_renewed_given_up_and_runs_out(as_, people, row):
    as_(people.mgr).get(at("edit", row))
    first = Lease.objects.get()
    as_(people.mgr).post(ping(row), {"version": 1})
    again = Lease.objects.get()
    assert again.since == first.since and again.renewed_at > first.renewed_at
    Lease.objects.update(renewed_at=clock.wall() - timedelta(seconds=91))
    assert as_(people.bo).get(at("record", row)).context["editing"] == []
    as_(people.mgr).post(ping(row), {"version": 1})
    assert Lease.objects.get().since > first.since
    as_(people.mgr).post(ping(row), {"version": 1, "leave": 1})
    assert not Lease.objects.exists()


def test_saving_closes_the_form_and_an_open_one_hears_of_it(as_, people, row, customers):
    as_(people.mgr).get(at("edit", row))
    form = {"_version": "1", "name": "林叶", "owner_consultant": people.li.staff.public_id, "remark": "新"}
    assert as_(people.mgr).post(at("edit", row), form).status_code == 302
    assert not Lease.objects.exists()
    assert len(as_(people.bo).post(ping(row), {"version": 1}).json()["sentences"]) == 1
    assert as_(people.bo).post(ping(row), {"version": 2}).json()["sentences"] == []
    apply(customers, [Write(row=row, action="void")], act=org.by_system("重复"))


def test_whoever_may_not_change_the_record_holds_no_lease(as_, people, row):
    for stranger in (people.wang, org.person("SM", site=org.site("B"))):
        assert as_(stranger).post(ping(row), {"version": 1}).status_code == 404
    assert as_(people.mgr).get(ping(row)).status_code == 405
    assert as_(people.mgr).post(reverse("notes_editing", args=["nothing", row.public_id])).status_code == 404
    assert not Lease.objects.exists()
