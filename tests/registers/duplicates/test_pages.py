"""The screens of likely duplicates: groups, the comparison side by side, merging, and where a merged record leads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.registers.changes import Write, apply
from backoffice.registers.duplicates.models import Merge, NotSame
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at

pytestmark = pytest.mark.django_db


def url(screen="", *rows):
    return reverse(f"duplicates{screen}", args=["customer"]) + "".join(
        f"{'&' if place else '?'}r={row.public_id}" for place, row in enumerate(rows)
    )


def form(*rows, **values):
    """What the comparison posts: every record with the version shown, the first one kept."""
    return {
        "r": [row.public_id for row in rows],
        "v": [row.version for row in rows],
        "kept": rows[0].public_id,
        "_reason": "同一人",
    } | values


@pytest.fixture
def browser(client, manager):
    org.sign_in(client, manager)
    return client


def test_a_group_is_compared_and_merged_and_the_merged_record_leads_to_the_kept_one(browser, enter, find):
    kept = enter("陈予安", phone=SECRET, remark="一")
    other = enter("陈先生", further_phones=[SECRET], remark="二", home_address="湖滨路1号")
    find()
    listed = browser.get(url()).text
    assert kept.public_id in listed and other.public_id in listed and SECRET not in listed
    page = browser.get(url("_compare", kept, other))
    assert SECRET not in page.text and "湖滨路1号" not in page.text
    proposed = {line["name"]: line for line in page.context["differing"]}
    assert proposed["home_address"]["cells"][1]["chosen"] and proposed["further_phones"]["together"]
    answer = browser.post(
        url("_compare"), form(kept, other, f_remark=other.public_id, f_home_address=other.public_id)
    )
    assert answer.status_code == 302 and answer.url == at("record", kept)
    kept.refresh_from_db()
    assert (kept.remark, kept.home_address) == ("二", "湖滨路1号")
    led = browser.get(at("record", other), follow=True)
    assert led.redirect_chain == [(at("record", kept), 302)] and "陈先生" in led.text
    assert browser.get(at("record", other) + "?stay=1").status_code == 200
    assert "陈先生" in browser.get(at("timeline", kept)).text


def test_a_stale_comparison_is_shown_again_and_merges_nothing(browser, register, enter):
    kept, other = enter(), enter()
    stale = form(kept, other)
    apply(register, [Write(row=other, values={"remark": "改"})], act=org.by_system())
    assert browser.post(url("_compare"), stale).status_code == 409
    other.refresh_from_db()
    assert browser.post(url("_compare"), form(kept, other, _reason="")).status_code == 422
    assert not Merge.objects.exists()


def test_not_the_same_needs_a_reason_and_is_remembered(browser, enter, find):
    rows = [enter(home_address="湖滨路1号") for _ in range(2)]
    find()
    browser.post(url("_differ"), form(*rows, _reason=""))
    assert not NotSame.objects.exists()
    browser.post(url("_differ"), form(*rows, _reason="父子同名"))
    assert NotSame.objects.get().reason == "父子同名"
    assert rows[0].public_id not in browser.get(url()).text


def test_who_may_change_and_not_void_compares_and_cannot_merge(client, enter, find):
    user = org.person("BO")
    rows = [enter(home_address="湖滨路1号") for _ in range(2)]
    org.sign_in(client, user)
    page = client.get(url("_compare", *rows))
    assert page.status_code == 200 and 'name="kept"' not in page.text
    assert client.post(url("_compare"), form(*rows)).status_code == 404
    assert not Merge.objects.exists()


@pytest.mark.parametrize("role", ["MKT", "FIN", "GM", None])
def test_who_may_not_change_customers_finds_no_duplicates(client, enter, role):
    rows = [enter(home_address="湖滨路1号") for _ in range(2)]
    if role:
        org.sign_in(client, org.person(role))
    asked = [client.get(url()), client.get(url("_compare", *rows)), client.post(url("_search"))]
    asked += [client.post(url(screen), form(*rows)) for screen in ("_compare", "_differ")]
    assert {answer.status_code for answer in asked} == ({404} if role else {302})
    assert not Merge.objects.exists() and not NotSame.objects.exists()


def test_records_beyond_ones_reach_are_not_compared(client, enter):
    user = org.person("PC")
    mine, other = enter(owner_consultant=user.staff), enter()
    org.sign_in(client, user)
    assert client.get(url("_compare", mine, other)).status_code == 404
    assert client.post(url("_differ"), form(mine, other)).status_code == 404
    assert client.get(url("_compare", mine)).status_code == 404


def test_the_list_of_groups_costs_the_same_queries_for_one_group_and_twenty(browser, enter, find):
    def pair(n):
        return [enter(home_address=f"湖滨路{n}号") for _ in range(2)]

    pair(0)
    find()
    browser.get(url())
    with CaptureQueriesContext(connection) as one:
        browser.get(url())
    for n in range(1, 20):
        pair(n)
    find()
    with CaptureQueriesContext(connection) as twenty:
        page = browser.get(url())
    assert len(page.context["groups"]) == 20
    assert len(twenty) <= len(one), "\n".join(query["sql"][:300] for query in twenty)


def test_a_register_that_judges_no_likeness_has_no_such_page(browser):
    assert browser.get(reverse("duplicates", args=["staff"])).status_code == 404
    assert browser.get(reverse("duplicates", args=["nothing"])).status_code == 404
