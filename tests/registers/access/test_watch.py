"""Looking behind masks has a limit, and looks in unusual number stand on a page of their own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice.jobs import clock
from backoffice.registers.models import Access
from tests.organisation import factories as org

from .conftest import at


@pytest.fixture
def row(make, people):
    return make(people.li, phone="19900007788")


def reveal(browser, row):
    return browser.post(at("reveal", row), {"field": "phone", "reason": "回访"})


@pytest.mark.parametrize(
    ("setting", "span"), [("ACCESS_REVEALS_AN_HOUR", "一小时"), ("ACCESS_REVEALS_A_DAY", "一天")]
)
def test_beyond_the_limit_nothing_is_shown_and_the_sentence_says_why(as_, people, row, settings, setting, span):
    setattr(settings, setting, 2)
    browser = as_(people.mgr)
    assert [reveal(browser, row).status_code for _n in range(3)] == [200, 200, 429]
    answer = reveal(browser, row)
    assert "19900007788" not in answer.text and span in answer.json()["error"] and "2" in answer.json()["error"]
    assert Access.objects.filter(kind="reveal").count() == 2
    assert reveal(as_(people.boss), row).status_code == 200


def test_an_hour_later_one_may_look_again_until_the_day_is_full(as_, people, row, settings):
    settings.ACCESS_REVEALS_AN_HOUR, settings.ACCESS_REVEALS_A_DAY = 1, 2

    def looked(hours):
        at = clock.now() - timedelta(hours=hours)
        Access.objects.bulk_create([Access(kind="reveal", actor=people.mgr, register="customer", row=row.pk, at=at)])

    looked(hours=30)
    looked(hours=2)
    assert reveal(as_(people.mgr), row).status_code == 200
    settings.ACCESS_REVEALS_AN_HOUR = 5
    assert reveal(as_(people.mgr), row).status_code == 429


def test_unusual_looks_stand_on_a_page_for_those_who_watch(as_, people, row, make, settings):
    settings.ACCESS_UNUSUAL = {"reveal": 2, "search": 3, "view": 2, "export": 200}
    for _n in range(2):
        reveal(as_(people.boss), row)
    make(people.li)
    as_(people.li).get(at("index"))
    reveal(as_(people.bo), row)
    auditor = org.person("AUD", name="审计员")
    lines = as_(auditor).get(reverse("access_unusual")).context["lines"]
    assert {line["who"]: [(count, over) for _label, count, over in line["counts"]] for line in lines} == {
        "陈立新": [(2, True)],
        "李思远": [(2, True)],
    }
    assert as_(auditor).get(lines[0]["url"]).status_code == 200
    assert {line["who"] for line in as_(people.mgr).get(reverse("access_unusual")).context["lines"]} == {
        "陈立新",
        "李思远",
    }
    assert reverse("access_unusual") in as_(people.mgr).get(reverse("access_grants")).text
    elsewhere = org.person("SM", site=org.site("B"))
    assert as_(elsewhere).get(reverse("access_unusual")).context["lines"] == []


def test_others_do_not_find_that_page(as_, people):
    for user in (people.li, people.bo, people.boss):
        assert as_(user).get(reverse("access_unusual")).status_code == 404
        assert reverse("access_unusual") not in as_(user).get(reverse("access_grants")).text
