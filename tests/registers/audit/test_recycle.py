"""Voided records of a register: who voided them, when and why, found again and brought back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.registers.changes import Act, Write, apply
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at


@pytest.fixture
def voided(people, make, customers):
    row = make(people.li, name="林叶", phone=SECRET)
    make(people.li, name="陈雨")
    apply(customers, [Write(row=row, action="void")], act=Act(people.mgr, "form", "双份"))
    return row


def shown(client, **asked):
    return client.get(at("recycle"), asked).context["lines"]


def test_a_voided_record_says_who_when_and_why_and_has_a_way_back(as_, people, voided):
    (line,) = shown(as_(people.mgr))
    assert (line["name"], line["who"], line["reason"]) == ("林叶", "周建国", "双份")
    assert line["back_url"] == at("unvoid", voided)


def test_who_may_not_void_sees_no_way_back(as_, people, voided):
    (line,) = shown(as_(people.li))
    assert line["back_url"] == ""
    assert as_(people.li).get(at("unvoid", voided)).status_code == 404


def test_what_one_does_not_see_is_not_here_either(as_, people, voided):
    assert shown(as_(people.wang)) == []
    assert as_(org.person("STK", name="库管")).get(at("recycle")).status_code == 404


def test_a_record_brought_back_leaves_and_one_voided_again_stands_once(as_, people, voided, customers):
    apply(customers, [Write(row=voided, action="unvoid")], act=org.by_system("弄错"))
    assert shown(as_(people.mgr)) == []
    apply(
        customers,
        [Write(row=voided, action="void")],
        act=Act(people.boss, "form", "还是双份", viewer=org.by_system().viewer),
    )
    (line,) = shown(as_(people.mgr))
    assert (line["who"], line["reason"]) == ("陈立新", "还是双份")


def test_it_is_searched_without_the_words_in_the_address(as_, people, voided):
    client = as_(people.mgr)
    answer = client.post(at("recycle"), {"q": SECRET, "person": "", "first": "", "last": ""})
    assert answer.status_code == 302 and SECRET not in answer.url
    assert [line["name"] for line in client.get(answer.url).context["lines"]] == ["林叶"]
    missed = client.post(at("recycle"), {"q": "没有这人"})
    assert client.get(missed.url).context["lines"] == []
    assert shown(client, person=people.li.pk) == [] and len(shown(client, person=people.mgr.pk)) == 1


def test_it_costs_the_same_queries_for_one_row_and_fifty(as_, people, make, customers, voided):
    client = as_(people.mgr)
    shown(client)
    with CaptureQueriesContext(connection) as few:
        shown(client)
    rows = [make(people.li) for _n in range(49)]
    apply(customers, [Write(row=row, action="void") for row in rows], act=org.by_system("清理"))
    with CaptureQueriesContext(connection) as many:
        assert len(shown(client)) == 50
    assert len(many) <= len(few)
