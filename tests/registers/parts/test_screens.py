"""Lines on the screens of their record: read with it, filled in with it, told in its timeline, masked like it."""

import pytest
from django.urls import reverse

from backoffice.customers.models import Customer, HouseholdMember
from backoffice.registers import catalogue
from backoffice.registers.models import Access
from tests.organisation import factories as org
from tests.registers.posting import posted

from .test_door import PART, household, line, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    org.site()
    return catalogue.get("customer")


@pytest.fixture
def manager(client, register):
    org.sign_in(client, org.person("SM"))
    return client


def url(row, screen="edit", *args):
    return reverse(f"register_customer:{screen}", args=[row.public_id, *args])


def filled(client, row, **values):
    """The edit form of `row` with its lines as the browser would post it, then `values`."""
    context = client.get(url(row)).context
    data = posted(context["form"]) | {"_version": str(row.version)}
    for part in context["parts"]:
        data[f"{part.part.code}-count"] = str(part.count)
        for form in part.forms:
            data |= posted(form)
            data |= {f"{form.prefix}-id": form.row.public_id, f"{form.prefix}-version": str(form.row.version)}
    return data | values


def test_lines_are_entered_with_a_new_record(manager):
    form = manager.get(reverse("register_customer:add")).context["form"]
    given = {"name": "林书岚", "phone": "19900010001", f"{PART}-count": "3"}
    given |= {
        f"{PART}-0-name": "陈予安",
        f"{PART}-0-relation": "spouse",
        f"{PART}-2-name": "林小满",
        f"{PART}-2-age": "6",
    }
    answer = manager.post(reverse("register_customer:add"), posted(form) | given)
    assert answer.status_code == 302
    assert household(Customer.rows.get()) == [("陈予安", None), ("林小满", 6)]


def test_one_form_changes_takes_out_and_adds_lines_as_one_act(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", age=30), line(name="林小满", age=6)])
    data = filled(manager, row, **{f"{PART}-0-age": "31", f"{PART}-1-leaves": "1"})
    data |= {f"{PART}-count": "3", f"{PART}-2-name": "林书帆", "_reason": "补登家庭"}

    assert manager.post(url(row), data).status_code == 302

    assert household(row) == [("陈予安", 31), ("林书帆", None)]
    timeline = manager.get(url(row, "timeline")).text
    assert all(told in timeline for told in ("家庭成员 陈予安", "年龄", "31", "家庭成员 林小满", "家庭成员 林书帆"))
    change = row.history.first().change_set
    assert "家庭成员 林书帆" in manager.get(reverse("changes:page", args=[change.public_id])).text


def test_a_form_sent_as_it_was_shown_changes_nothing(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001", relation="spouse", decides=True)])
    assert manager.post(url(row), filled(manager, row)).status_code == 302
    row.refresh_from_db()
    assert row.version == 1


def test_what_is_wrong_with_a_line_is_said_at_the_line_and_nothing_typed_is_lost(manager, register):
    _done, row = write(register, lines=[line(name="陈予安")])
    data = filled(manager, row, **{f"{PART}-count": "2", f"{PART}-1-name": "陈予安", f"{PART}-1-remark": "同名"})
    answer = manager.post(url(row), data)
    assert answer.status_code == 422 and "家庭成员 2 · 姓名" in answer.text and "同名" in answer.text
    assert household(row) == [("陈予安", None)]


def test_two_people_at_once_see_each_others_lines_and_lose_none(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", age=30), line(name="林小满", age=6)])
    mine = filled(manager, row, **{f"{PART}-0-age": "31", f"{PART}-count": "3", f"{PART}-2-name": "林书帆"})
    child = HouseholdMember.rows.get(name="林小满")
    write(register, row, [line(child, age=7), line(name="林母")])

    answer = manager.post(url(row), mine)

    assert answer.status_code == 409 and "家庭成员 林母" in answer.text
    forms = {form["name"].value(): form["age"].value() for part in answer.context["parts"] for form in part.forms}
    assert forms == {"陈予安": 31, "林小满": 7, "林母": None, "林书帆": None}
    row.refresh_from_db()
    assert household(row) == [("陈予安", 30), ("林小满", 7), ("林母", None)]


def test_telephones_of_lines_are_masked_revealed_with_a_reason_and_open_to_the_owner(client, register):
    consultant = org.person("PC")
    spouse = line(name="陈予安", phone="19900020001")
    _done, row = write(register, lines=[spouse], owner_consultant=consultant.staff)
    found = HouseholdMember.rows.get()
    org.sign_in(client, org.person("SM"))
    for screen in ("record", "edit", "timeline"):
        page = client.get(url(row, screen)).text
        assert "19900020001" not in page and "陈予安" in page, screen
    place = f"{PART}.{found.public_id}.phone"
    assert client.post(url(row, "reveal"), {"field": place}).status_code == 422
    answer = client.post(url(row, "reveal"), {"field": place, "reason": "回访"})
    assert answer.json() == {"text": "19900020001"}
    look = Access.objects.get(kind="reveal")
    assert (look.register, look.row, look.fields) == (PART, found.pk, ["phone"])
    assert "回访" in client.get(url(row, "timeline")).text

    org.sign_in(client, consultant)
    assert "19900020001" in client.get(url(row, "record")).text
    assert Access.objects.filter(kind="view", register=PART, seen=[found.pk]).exists()


def test_nobody_reveals_a_line_through_another_record(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001")])
    other = write(register, phone="19900010002")[1]
    place = f"{PART}.{HouseholdMember.rows.get().public_id}.phone"
    assert manager.post(url(other, "reveal"), {"field": place, "reason": "回访"}).status_code == 422


def test_a_past_moment_shows_the_lines_of_then(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", age=30)])
    then = row.updated_at
    spouse = HouseholdMember.rows.get()
    write(register, row, [line(spouse, age=31, name="陈予宁"), line(name="林小满")])
    page = manager.get(url(row, "record"), {"as_of": then.isoformat()}).text
    assert "陈予安" in page and "陈予宁" not in page and "林小满" not in page


def test_two_versions_are_compared_with_their_lines(manager, register):
    _done, row = write(register, lines=[line(name="陈予安", age=30), line(name="林小满", age=6)])
    spouse, child = HouseholdMember.rows.order_by("pk")
    write(register, row, [line(spouse, age=31), line(child, action="void"), line(name="林书帆", age=3)])
    found = manager.get(url(row, "compare"), {"a": 1, "b": 2}).context["differences"]
    told = {item.label: (item.old, item.new) for item, _restore in found}
    assert told["家庭成员 陈予安 · 年龄"] == ("30", "31")
    assert told["家庭成员 林小满"][1] == "" and "6" in told["家庭成员 林小满"][0]
    assert told["家庭成员 林书帆"][0] == "" and "3" in told["家庭成员 林书帆"][1]


def test_the_page_costs_the_same_queries_for_one_line_and_twenty(manager, register, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _done, few = write(register, lines=[line(name="陈予安")])
    many = write(register, lines=[line(name=f"家人{n}") for n in range(20)], phone="19900010002")[1]
    costs = []
    for row in (few, few, many):
        with CaptureQueriesContext(connection) as queries:
            manager.get(url(row, "record"))
        costs.append(len(queries))
    assert costs[2] <= costs[1]


def test_parts_have_no_screens_of_their_own(manager):
    for address in (f"/admin/r/{PART}/", f"/admin/imports/to/{PART}/", f"/api/v1/{PART}/", f"/admin/fields/{PART}/"):
        assert manager.get(address).status_code == 404, address
