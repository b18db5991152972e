"""The page says why somebody sees a record, and why they see, half see or do not see each field of it."""

import pytest

from backoffice.registers.access import giving, why
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

from .conftest import at


@pytest.fixture
def row(make, people, rule):
    rule("workplace", seen_by=["SM", "PC"])
    rule("occupation", changed_by=["SM"])
    rule("district", mask="address")
    return make(people.li, phone="19900007788", workplace="星河纺织厂", district="姑苏区某某小区")


def verdicts(customers, row, user):
    viewer = viewer_of(org.again(user))
    return {one.name: one for one in why.fields(customers, row, viewer)}


def test_each_field_agrees_with_what_the_engine_does(customers, people, row):
    """The page explains; the engine decides. Both are asked about every field for every person."""
    for user in (people.li, people.wang, people.boss, people.mgr, people.bo):
        viewer = viewer_of(org.again(user))
        told = verdicts(customers, row, user)
        for column in customers.fields.values():
            one = told.get(column.name)
            if one is None:
                continue
            expected = (
                "hidden"
                if not column.open_to(viewer)
                else "masked"
                if column.personal and not customers.values.opens(column, row, viewer)
                else "seen"
            )
            assert one.state == expected, (user, column.name)


def test_reasons_name_position_ownership_grant_and_rule(as_, customers, people, row):
    giving.give(customers, viewer_of(people.mgr), people.bo, ["phone"], hours=4, reason="核对备案", row=row)
    told = verdicts(customers, row, people.bo)
    assert told["phone"].state == "seen" and "周建国" in told["phone"].reason and "核对备案" in told["phone"].reason
    assert told["workplace"].state == "hidden" and "置业顾问" in told["workplace"].reason
    assert (
        told["occupation"].state == "seen"
        and not told["occupation"].sets
        and "销售经理" in told["occupation"].sets_not_because
    )
    assert told["district"].state == "masked"
    assert verdicts(customers, row, people.li)["phone"].reason == "记录归其本人"


def test_a_manager_asks_about_those_whose_access_they_decide(as_, customers, people, row):
    browser = as_(people.mgr)
    assert at("why", row) in browser.get(at("record", row)).text
    page = browser.get(at("why", row), {"person": people.wang.pk})
    assert page.status_code == 200 and not page.context["inside"] and not page.context["verdicts"]
    assert "19900007788" not in page.text and "王晓芳" in page.text
    assert [reason.holds for reason in page.context["reasons"]] == [False]
    page = browser.get(at("why", row), {"person": people.bo.pk})
    assert page.context["inside"] and page.context["verdicts"]
    assert browser.get(at("why", row), {"person": org.person("PC", site=org.site("B")).pk}).status_code == 404


def test_others_ask_about_themselves_and_learn_of_no_hidden_field(as_, people, row):
    browser = as_(people.bo)
    page = browser.get(at("why", row))
    assert page.status_code == 200 and not page.context["people"]
    assert "工作单位" not in page.text
    assert browser.get(at("why", row), {"person": people.li.pk}).status_code == 404
    assert as_(people.wang).get(at("why", row)).status_code == 404
