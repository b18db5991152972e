"""The record page, its timeline, and a look behind the mask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.registers.changes import Write, apply
from backoffice.registers.models import Access
from tests.organisation import factories as org

from .conftest import SECRET, at

SCREENS = ["record", "related", "timeline", "compare", "edit", "void", "unvoid"]


@pytest.mark.parametrize("screen", [*SCREENS, "reveal", "restore"])
def test_another_consultants_customer_does_not_exist(as_, people, make, screen):
    row = make(people.wang)
    args = [1] if screen == "restore" else []
    client = as_(people.li)
    assert client.get(at(screen, row, *args)).status_code in (404, 405)
    assert client.post(at(screen, row, *args), {"_reason": "x", "field": "phone", "reason": "x"}).status_code in (
        404,
        405,
    )
    row.refresh_from_db()
    assert row.version == 1 and not Access.objects.exists()


def test_the_owner_reads_the_number_and_the_manager_a_mask_with_a_button(as_, people, make):
    row = make(people.li, phone=SECRET)
    owner = as_(people.li).get(at("record", row)).text
    assert SECRET in owner and "data-reveal=" not in owner
    manager = as_(people.mgr).get(at("record", row)).text
    assert SECRET not in manager and "199****7788" in manager and 'data-reveal="phone"' in manager


def test_a_reveal_shows_the_text_once_and_stays_in_the_timeline(as_, people, make):
    row = make(people.li, phone=SECRET)
    client = as_(people.mgr)
    assert client.post(at("reveal", row), {"field": "phone", "reason": " "}).status_code == 422
    assert client.post(at("reveal", row), {"field": "name", "reason": "回访"}).status_code == 422
    shown = client.post(at("reveal", row), {"field": "phone", "reason": "约定回访"})
    assert shown.json() == {"text": SECRET}
    look = Access.objects.get()
    assert (look.actor, look.row, look.fields, look.reason) == (people.mgr, row.pk, ["phone"], "约定回访")
    assert SECRET not in client.get(at("record", row)).text
    assert "约定回访" in as_(people.li).get(at("timeline", row)).text


def test_whoever_lacks_the_verb_cannot_reveal(as_, people, make):
    row = make(people.li, phone=SECRET)
    auditor = org.person("AUD")
    client = as_(auditor)
    if client.get(at("record", row)).status_code == 200:
        assert "data-reveal=" not in client.get(at("record", row)).text
    assert client.post(at("reveal", row), {"field": "phone", "reason": "看看"}).status_code == 404
    assert not Access.objects.exists()


def test_the_timeline_tells_who_what_why_and_old_and_new_by_label(as_, people, make, customers):
    row = make(people.li, intent_grade="A")
    client = as_(people.mgr)
    form = {"_version": "1", "_reason": "回访后下调", "name": "林叶", "intent_grade": "C"}
    assert client.post(at("edit", row), form | {"owner_consultant": people.wang.staff.public_id}).status_code == 302
    page = as_(people.mgr).get(at("timeline", row))
    newest, first = page.context["entries"]
    assert (newest.who, newest.reason, newest.kind) == ("周建国", "回访后下调", "changed")
    assert {(item.field, item.old, item.new) for item in newest.differences} == {
        ("intent_grade", "A", "C"),
        ("owner_consultant", "李思远", "王晓芳"),
    }
    assert first.kind == "created" and ("name", "", "林叶") in {(d.field, d.old, d.new) for d in first.differences}


def test_a_change_hidden_by_the_mask_is_said_to_be_one(as_, people, make, customers):
    row = make(people.li, phone="19911117788")
    apply(customers, [Write(row=row, values={"phone": "19922227788"})], act=org.by_system("换号"))
    entry = as_(people.mgr).get(at("timeline", row)).context["entries"][0]
    assert entry.differences[0].hidden and entry.differences[0].new == "199****7788"


def test_a_long_timeline_has_pages_and_a_constant_number_of_queries(as_, people, make, customers):
    row = make(people.li)
    client = as_(people.mgr)
    apply(customers, [Write(row=row, values={"remark": "第 0 次"})], act=org.by_system())
    client.get(at("timeline", row))
    with CaptureQueriesContext(connection) as few:
        client.get(at("timeline", row))
    for n in range(1, 41):
        owner = (people.li if n % 2 else people.wang).staff
        values = {"remark": f"第 {n} 次", "owner_consultant": owner}
        apply(customers, [Write(row=row, values=values)], act=org.by_system())
    with CaptureQueriesContext(connection) as many:
        page = client.get(at("timeline", row))
    assert len(page.context["entries"]) == 20 and page.context["more"]
    # The first page had one reference less to name.
    assert len(many) <= len(few) + 2
    remarks = []
    for number in (1, 2, 3):
        for entry in client.get(at("timeline", row), {"p": number}).context["entries"]:
            remarks += [item.new for item in entry.differences if item.field == "remark"]
    assert remarks == [f"第 {n} 次" for n in range(40, -1, -1)]


def test_records_that_point_here_are_listed_within_reach(as_, people, make):
    make(people.li, name="林叶")
    make(people.wang, name="何秋")
    staff = people.wang.staff
    page = as_(people.mgr).get(at("related", staff, code="staff")).text
    assert "何秋" in page and "林叶" not in page


def test_the_timeline_shows_one_kind_when_asked(as_, people, make, customers):
    row = make(people.li, phone=SECRET)
    client = as_(people.mgr)
    client.post(at("reveal", row), {"field": "phone", "reason": "约定回访"})
    assert [entry.kind for entry in client.get(at("timeline", row)).context["entries"]] == ["seen", "created"]
    assert [e.kind for e in client.get(at("timeline", row), {"kind": "looks"}).context["entries"]] == ["seen"]
    assert [e.kind for e in client.get(at("timeline", row), {"kind": "changes"}).context["entries"]] == ["created"]
    assert len(client.get(at("timeline", row), {"kind": "made-up"}).context["entries"]) == 2


def test_related_records_are_counted_paged_and_cost_the_same_for_one_and_fifty(as_, people, make):
    staff = people.wang.staff
    make(people.wang)
    client = as_(people.mgr)
    address = at("related", staff, code="staff")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _n in range(49):
        make(people.wang)
    with CaptureQueriesContext(connection) as fifty:
        page = client.get(address)
    assert len(fifty) <= len(one)
    block = next(block for block in page.context["blocks"] if block["name"] == "customer.owner_consultant")
    assert (block["count"], len(block["lines"]), block["more"]) == (50, 10, True)
    last = client.get(address, {"block": "customer.owner_consultant", "p": 5}).context["blocks"]
    assert [len(b["lines"]) for b in last if b["name"] == "customer.owner_consultant"] == [10]
    # Another consultant of the same team sees the colleague, and none of her customers.
    hers = as_(people.li).get(address)
    if hers.status_code == 200:
        assert "customer.owner_consultant" not in {block["name"] for block in hers.context["blocks"]}


def test_a_record_with_two_hundred_versions_is_read_in_twenty_queries(as_, people, make, customers):
    row = make(people.li)
    for n in range(200):
        apply(customers, [Write(row=row, values={"remark": f"第 {n} 次"})], act=org.by_system())
    client = as_(people.mgr)
    for screen in ("record", "timeline", "compare"):
        client.get(at(screen, row))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at(screen, row)).status_code == 200
        assert len(seen) <= 20, (screen, [query["sql"][:150] for query in seen])
