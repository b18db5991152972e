"""A record, and a whole list, as it was at a past moment: under today's rights and masks, with the values of then."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.jobs import clock
from backoffice.registers.audit import moments
from backoffice.registers.changes import Write, apply
from backoffice.registers.lists.operands import NotUnderstood
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at

T0 = datetime(2026, 3, 1, 2, tzinfo=UTC)
T1, T2, T3 = (T0 + timedelta(days=days) for days in (1, 2, 3))


def text(moment):
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def past(people, make, customers):
    """林叶 of li, renamed and regraded at T1, given to wang at T2, void at T3; 陈雨 entered at T2."""
    with clock.at(T0):
        row = make(people.li, name="林叶", intent_grade="B", phone=SECRET)
    with clock.at(T1):
        apply(customers, [Write(row=row, values={"name": "林小叶", "intent_grade": "A"})], act=org.by_system("改"))
    with clock.at(T2):
        apply(customers, [Write(row=row, values={"owner_consultant": people.wang.staff})], act=org.by_system("转"))
        late = make(people.li, name="陈雨", intent_grade="C")
    with clock.at(T3):
        apply(customers, [Write(row=row, action="void")], act=org.by_system("双份"))
    return row, late


def names(client, moment, **more):
    page = client.get(at("index"), {"as_of": text(moment)} | more)
    assert page.status_code == 200, page.context["listing"].problem
    return [line["cells"][0][2] for line in page.context["lines"]], page


def test_a_list_shows_what_stood_there_then(as_, people, past):
    client = as_(people.mgr)
    assert names(client, T0 - timedelta(days=1))[0] == []
    assert names(client, T0)[0] == ["林叶"]
    assert names(client, T1)[0] == ["林小叶"]
    found, page = names(client, T2)
    assert found == ["陈雨", "林小叶"] and moments.said(T2) in page.text
    assert names(client, T3)[0] == ["陈雨"]
    assert SECRET not in page.text


def test_it_is_narrowed_and_sorted_by_the_values_of_then(as_, people, past):
    client = as_(people.mgr)
    assert names(client, T0, intent_grade="B")[0] == ["林叶"]
    assert names(client, T0, intent_grade="A")[0] == []
    built = '{"all":[{"field":"name","is":"contains","value":"林叶"}]}'
    assert names(client, T0, f=built)[0] == ["林叶"] and names(client, T1, f=built)[0] == []
    assert names(client, T2, ordering="intent_grade")[0] == ["林小叶", "陈雨"]
    assert names(client, T2, ordering="-intent_grade")[0] == ["陈雨", "林小叶"]


def test_todays_rights_and_masks_count(as_, people, past):
    """The record is wang's today, so li does not find it even as of when it was hers."""
    assert names(as_(people.li), T0)[0] == []
    found, page = names(as_(people.wang), T0)
    assert found == ["林叶"] and SECRET in page.text
    found, page = names(as_(people.mgr), T0)
    assert found == ["林叶"] and SECRET not in page.text


def test_a_record_as_of_a_moment_says_so_and_leads_back(as_, people, past):
    row, late = past
    client = as_(people.mgr)
    page = client.get(at("record", row), {"as_of": text(T0)})
    assert "林叶" in page.text and moments.said(T0) in page.text and SECRET not in page.text
    assert f'href="{at("record", row)}"' in page.text and not page.context["may_reveal"]
    early = client.get(at("record", late), {"as_of": text(T0)})
    assert early.status_code == 200 and early.context["moment_problem"]
    assert as_(people.li).get(at("record", row), {"as_of": text(T0)}).status_code == 404


def test_a_moment_that_is_none_is_said(as_, people, past):
    client = as_(people.mgr)
    for wrong in ("yesterday", "2026-02-31", "2999-01-01"):
        page = client.get(at("index"), {"as_of": wrong})
        assert page.status_code == 422 and not page.context["lines"]
        assert client.get(at("record", past[0]), {"as_of": wrong}).context["moment_problem"]


def test_a_day_alone_is_its_end():
    assert moments.read("2026-03-01").isoformat() == "2026-03-01T23:59:59.999999+08:00"
    assert moments.read("") is None
    with pytest.raises(NotUnderstood):
        moments.read("2026-13-01")


def test_an_export_carries_the_moment(as_, people, past):
    client = as_(people.mgr)
    answer = client.post(at("export") + f"?as_of={text(T0)}", {"kind": "xlsx", "columns": "all"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    lines = list(book.worksheets[0].values)
    assert [line[lines[0].index("姓名")] for line in lines[1:]] == ["林叶"]
    about = dict(book.worksheets[-1].values)
    assert moments.said(T0) in about.values()
    assert moments.stamp(T0) in answer["Content-Disposition"]


def test_programs_ask_for_a_moment_too(as_, people, past):
    client = as_(people.mgr)
    listed = client.get("/api/v1/customer/", {"as_of": text(T0)}).json()
    assert [item["name"] for item in listed["items"]] == ["林叶"]
    read = client.get(f"/api/v1/customer/{past[0].public_id}/", {"as_of": text(T1)}).json()
    assert (read["name"], read["version"]) == ("林小叶", 2) and "*" in read["phone"]
    assert client.get(f"/api/v1/customer/{past[1].public_id}/", {"as_of": text(T1)}).status_code == 404
    assert client.get("/api/v1/customer/", {"as_of": "soon"}).status_code == 422


def test_it_costs_the_same_queries_for_one_row_and_fifty(as_, people, make):
    make(people.li)
    client = as_(people.mgr)
    moment = text(clock.now() + timedelta(hours=1))
    client.get(at("index"), {"as_of": moment})
    with CaptureQueriesContext(connection) as few:
        client.get(at("index"), {"as_of": moment})
    for _n in range(49):
        make(people.li)
    with CaptureQueriesContext(connection) as many:
        page = client.get(at("index"), {"as_of": moment})
    assert len(page.context["lines"]) == 50 and len(many) <= len(few)


def test_pages_of_a_past_list_follow_one_another(as_, people, make):
    rows = [make(people.li, name=f"客户{n:02d}") for n in range(55)]
    client = as_(people.mgr)
    first, page = names(client, clock.now())
    rest = client.get(page.context["next_url"])
    assert len(first) == 50 and [line["cells"][0][2] for line in rest.context["lines"]] == [
        row.name for row in rows[4::-1]
    ]
