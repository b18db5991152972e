"""One log over all registers: everybody's entries for who holds the right, one's own acts for everybody else."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.registers.audit.models import Event
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.models import Access
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at

LOG = "/admin/audit/"


@pytest.fixture
def acts(people, make, customers):
    """A customer of li, entered by li herself and voided by the manager."""
    row = make(people.li, act=Act(people.li, "form", "来访"), phone=SECRET, name="林叶")
    apply(customers, [Write(row=row, action="void")], act=Act(people.mgr, "form", "双份"))
    return row


def shown(client, **asked):
    page = client.get(LOG, asked)
    assert page.status_code == 200, page.context["asked"].problem
    return [(line["who"], line["deed"], line["name"]) for line in page.context["lines"]], page


def test_the_holder_of_the_right_reads_who_did_what_to_which_record(as_, people, acts):
    client = as_(org.person("FIN", name="钱会计"))
    found, page = shown(client, register="customer")
    assert [who for who, _deed, _name in found] == ["周建国", "李思远"]
    assert [deed for _who, deed, _name in found] == ["已作废", "新建"] or len(found) == 2
    assert SECRET not in page.text and "双份" in page.text


def test_everybody_else_reads_their_own_acts_only(as_, people, acts):
    found, page = shown(as_(people.li))
    assert {who for who, _deed, _name in found} == {"李思远"} and not page.context["people"]
    assert shown(as_(people.wang))[0] == []
    assert shown(as_(people.li), person=people.mgr.pk)[0] == []


def test_entries_of_another_site_are_not_read(as_, people, acts):
    far = as_(org.person("FIN", site=org.site("B"), name="外地会计"))
    assert shown(far, register="customer")[0] == []


def test_a_record_the_reader_does_not_see_has_no_name_and_no_link(as_, people, acts):
    found, page = shown(as_(org.person("SYS", name="管理员")), register="customer")
    assert {name for _who, _deed, name in found} == {acts.public_id}
    assert at("record", acts) not in page.text and "林叶" not in page.text


def test_it_is_narrowed_by_person_deed_channel_record_and_day(as_, people, acts):
    client = as_(org.person("GM", name="总经理"))
    assert len(shown(client, register="customer", person=people.mgr.pk)[0]) == 1
    assert len(shown(client, register="customer", deed="created")[0]) == 1
    assert len(shown(client, record=acts.public_id)[0]) == 2
    assert shown(client, record=acts.public_id, channel="import")[0] == []
    assert shown(client, record=acts.public_id, last="2001-01-01")[0] == []
    assert len(shown(client, record=acts.public_id, first="2001-01-01")[0]) == 2
    for wrong in ({"person": "x"}, {"first": "2026-02-31"}, {"deed": "eaten"}, {"register": "nothing"}):
        assert client.get(LOG, wrong).status_code == 422


def test_older_entries_follow_by_their_number(as_, people, customers, acts):
    for n in range(60):
        apply(
            customers,
            [Write(values={"site": people.site, "name": "甲", "phone": f"1990009{n:04d}"})],
            act=org.by_system(),
        )
    client = as_(org.person("GM", name="总经理"))
    found, page = shown(client, register="customer")
    older = client.get(page.context["older_url"]).context["lines"]
    assert (
        len(found) == 50
        and len(older) == Event.objects.filter(register="customer").exclude(deed="closed").count() - 50
    )


def test_it_costs_the_same_queries_for_one_entry_and_fifty(as_, people, make):
    make(people.li)
    client = as_(org.person("GM", name="总经理"))
    shown(client, register="customer")
    with CaptureQueriesContext(connection) as few:
        shown(client, register="customer")
    for _n in range(49):
        make(people.li)
    with CaptureQueriesContext(connection) as many:
        assert len(shown(client, register="customer")[0]) == 50
    assert len(many) <= len(few)


def test_the_export_asks_for_a_reason_and_is_an_entry_itself(as_, people, acts):
    client = as_(org.person("GM", name="总经理"))
    url = reverse("audit:export") + "?register=customer"
    assert client.post(url, {"_reason": ""}).status_code == 422
    answer = client.post(url, {"_reason": "季度检查"})
    lines = list(openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    assert len(lines) == 3 and lines[1][1] == "周建国"
    assert Event.objects.get(access=Access.objects.get(kind="export")).register == "audit"


def test_who_may_not_export_does_not_find_the_page(as_, people, acts):
    for user in (people.li, people.mgr, org.person("FIN", name="钱会计")):
        client = as_(user)
        assert client.get(reverse("audit:export")).status_code == 404
        assert client.post(reverse("audit:export"), {"_reason": "x"}).status_code == 404


def test_the_list_of_changes_holds_ones_own_and_everybodys_for_who_may(as_, people, acts):
    def whose(user):
        page = as_(user).get(reverse("changes:index"), {"register": "customer"})
        assert page.status_code == 200
        return {line["who"] for line in page.context["lines"]}

    assert whose(people.li) == {"李思远"} and whose(people.wang) == set()
    assert {"李思远", "周建国"} <= whose(org.person("GM", site=None, name="总经理"))
