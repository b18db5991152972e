"""The look of a list: columns, order, page size, totals, exact counts, saved views and who finds them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from backoffice.registers.lists.models import SavedView, ViewShare
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens import pages
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET

from .conftest import at, built

GRADE_A = {"all": [{"field": "intent_grade", "is": "any_of", "value": ["A"]}]}


def heads(page):
    return [str(head["label"]) for head in page.context["heads"]]


def names(page):
    return sorted(line["cells"][0][2] for line in page.context["lines"])


def save(client, query="", **fields):
    answer = client.post(at("save_view") + query, fields)
    assert answer.status_code == 302
    return answer.url


@pytest.fixture
def three(people, make):
    make(people.li, name="林叶", intent_grade="A", remark="张三介绍")
    make(people.wang, name="何秋", intent_grade="A")
    make(people.wang, name="秦川", intent_grade="B")
    return people


def test_columns_and_page_size_are_each_persons_own(as_, three):
    client = as_(three.mgr)
    plain = heads(client.get(at("index")))
    client.post(at("arrange"), {"columns": ["phone", "name", "remark", "password", "created_at"], "size": "20"})
    page = client.get(at("index"))
    assert len(heads(page)) == 4 and page.context["listing"].size == 20
    assert "199****" in page.text and SECRET[:7] not in page.text
    assert heads(as_(three.boss).get(at("index"))) == plain
    as_(three.mgr).post(at("arrange"), {"reset": "1"})
    assert heads(as_(three.mgr).get(at("index"))) == plain
    client.post(at("arrange"), {"size": "7000"})
    assert client.get(at("index")).context["listing"].size == 50


def test_an_export_holds_the_columns_of_the_list(as_, three):
    client = as_(three.mgr)
    client.post(at("arrange"), {"columns": ["remark", "name"]})
    text = b"".join(client.post(at("export"), {"kind": "csv"}).streaming_content).decode("utf-8-sig")
    assert [line.split(",")[1] for line in text.split()[1:]] == ["秦川", "何秋", "林叶"]


def test_a_view_keeps_conditions_order_columns_and_size(as_, three):
    client = as_(three.mgr)
    client.post(at("arrange"), {"columns": ["name", "intent_grade"], "size": "100"})
    query = "?intent_grade=A&ordering=-name&f=" + built({"field": "remark", "is": "empty"})["f"]
    url = save(client, query, name="A 级无备注")
    client.post(at("arrange"), {"reset": "1"})
    page = client.get(url)
    assert names(page) == ["何秋"] and len(heads(page)) == 2 and page.context["listing"].size == 100
    assert str(page.context["listing"].sorting) == "-name"
    assert "A 级无备注" in page.text and as_(three.boss).get(url).status_code == 422
    assert "A 级无备注" not in as_(three.boss).get(at("index")).text


def test_what_the_address_says_goes_before_the_view(as_, three):
    client = as_(three.mgr)
    url = save(client, "?intent_grade=A", name="A 级")
    assert names(client.get(url)) == ["何秋", "林叶"]
    assert names(client.get(url + "&f={}")) == ["何秋", "林叶", "秦川"]
    pill = client.get(url).context["built_pills"][0][2]
    assert names(client.get(pill)) == ["何秋", "林叶", "秦川"]
    save(client, url.partition("/customer/")[2] + "&f={}", name="全部", update="1")
    assert names(client.get(url)) == ["何秋", "林叶", "秦川"]


def test_a_shared_view_never_widens_what_its_reader_sees(as_, three, make):
    chief = org.person("SM")
    client = as_(chief)
    tree = {"any": [*GRADE_A["all"], {"field": "remark", "is": "contains", "value": "张三"}]}
    url = save(client, "?f=" + built(tree)["f"], name="重点", roles=["PC", "SS"], opens_first="on")
    assert names(as_(three.li).get(url)) == ["林叶"]
    assert names(as_(three.boss).get(url)) == ["何秋", "林叶"]
    first = as_(three.boss).get(at("index"))
    assert names(first) == ["何秋", "林叶"] and first.context["view"].view.name == "重点"
    assert names(as_(three.boss).get(first.context["clear_url"])) == ["何秋", "林叶", "秦川"]
    assert names(as_(three.boss).get(at("index"), {"intent_grade": "B"})) == ["秦川"]
    assert as_(three.mgr).get(url).status_code == 422


def test_a_view_that_asks_for_a_masked_field_shows_nothing(as_, three):
    asked = {"all": [{"field": "phone", "is": "starts", "value": "199"}]}
    view = SavedView.objects.create(register="customer", owner=three.mgr, name="旧", conditions=asked)
    page = as_(three.mgr).get(at("index"), {"view": view.public_id})
    assert page.status_code == 422 and page.context["lines"] == []


def test_only_who_configures_shares_and_only_the_owner_changes_their_own(as_, three):
    client = as_(three.li)
    for field in ({"roles": ["PC"]}, {"opens_first": "on"}):
        assert client.post(at("save_view"), {"name": "给大家"} | field).status_code == 404
    mine = save(client, name="我的")
    other = as_(three.boss)
    query = mine.partition("/customer/")[2]
    assert other.post(at("save_view") + query, {"name": "x", "update": "1"}).status_code == 404
    assert other.post(at("delete_view") + query).status_code == 404
    chief = org.person("SM")
    shared = save(as_(chief), name="共享", roles=["SS"])
    query = shared.partition("/customer/")[2]
    for action in ("save_view", "delete_view"):
        assert as_(three.boss).post(at(action) + query, {"name": "x", "update": "1"}).status_code == 404
    assert as_(chief).post(at("save_view") + query, {"name": "共享", "roles": ["NOBODY"]}).status_code == 302
    assert set(ViewShare.objects.values_list("role", flat=True)) == {"SS"}
    as_(chief).post(at("delete_view") + query)
    as_(three.li).post(at("delete_view") + mine.partition("/customer/")[2])
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("action", ["arrange", "save_view", "delete_view"])
def test_who_does_not_see_the_register_arranges_nothing(as_, three, action):
    client = as_(org.person("TRN"))
    assert client.post(at(action), {"name": "x", "columns": ["name"]}).status_code == 404
    assert client.get(at(action)).status_code in (404, 405)
    assert not SavedView.objects.exists()


def test_one_view_opens_first_for_a_role(as_, three):
    chief = org.person("SM")
    save(as_(chief), name="一", roles=["SS"], opens_first="on")
    save(as_(chief), name="二", roles=["SS", "PC"], opens_first="on")
    first = ViewShare.objects.filter(opens_first=True, role="SS").values_list("view__name", flat=True)
    assert list(first) == ["二"]


def test_counts_stop_at_the_cap_until_asked(as_, three, monkeypatch):
    monkeypatch.setattr(pages, "CAP", 2)
    client = as_(three.mgr)
    page = client.get(at("index"))
    assert page.context["count"] == 3 and page.context["cap"] == 2 and "exact=1" in page.text
    exact = client.get(page.context["exact_url"])
    assert exact.context["cap"] is None and "exact=1" not in exact.text


def test_amounts_are_added_up_where_they_may_be(as_, people, monkeypatch):
    register = catalogue.get("market_research")
    values = {"site": people.site, "rival": "甲", "topic": "rival", "source": "现场"}
    writes = [Write(values=values | {"seen_on": f"2025-06-0{n}", "average_price": f"{n}000.50"}) for n in (1, 2, 3)]
    apply(register, writes, act=org.by_system())
    reader = next(user for user in (people.mgr, org.person("MKT")) if register.seen_by(viewer_of(user)))
    url = reverse("register_market_research:index")
    assert "<tfoot" not in as_(reader).get(url).text
    monkeypatch.setattr(type(register), "totals", None)
    page = as_(reader).get(url)
    assert re.search(r"<tfoot.*6,001\.50", page.text, re.DOTALL)


def test_views_and_arrangements_cost_no_query_for_each_row(as_, three, make):
    chief = org.person("SM")
    save(as_(chief), name="共享", roles=["PC", "SS"])
    client = as_(three.mgr)
    client.post(at("arrange"), {"columns": ["name", "owner_consultant", "site", "created_at"]})
    client.get(at("index"))
    with CaptureQueriesContext(connection) as few:
        client.get(at("index"))
    for _n in range(30):
        make(three.li)
    with CaptureQueriesContext(connection) as many:
        client.get(at("index"))
    assert len(few) == len(many) <= 16, len(many)
