"""The list: who sees which rows, finding without a trace, narrowing, sorting, turning pages."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.jobs import clock
from backoffice.registers.changes import Write, apply
from tests.organisation import factories as org

from .conftest import SECRET, at


def names(response):
    return [
        re.sub(r"<[^>]+>", "", cell)
        for cell in re.findall(r"<tr[^>]*><td[^>]*>(?:<input[^>]*>)?(<a.*?</a>)", response.text)
    ]


def search(client, query):
    return client.post(at("search"), {"q": query}).json()["token"]


def test_a_consultant_sees_their_own_rows_and_the_supervisor_the_teams(as_, people, make):
    make(people.li, name="林叶")
    make(people.wang, name="何秋")
    assert names(as_(people.li).get(at("index"))) == ["林叶"]
    assert sorted(names(as_(people.boss).get(at("index")))) == ["何秋", "林叶"]


def test_who_has_no_register_gets_404_and_no_menu_entry(as_, people):
    trainer = org.person("TRN")
    client = as_(trainer)
    assert client.get(at("index")).status_code == 404
    assert at("index") not in client.get("/admin/").text
    assert at("index") in as_(people.li).get("/admin/").text


@pytest.mark.parametrize("query", ["晓岚", SECRET, SECRET[-4:]])
def test_rows_are_found_by_part_of_a_name_or_by_a_number(as_, people, make, query):
    make(people.li, name="陈晓岚", phone=SECRET)
    make(people.li, name="何秋")
    client = as_(people.li)
    token = search(client, query)
    found = client.get(at("index"), {"s": token})
    assert names(found) == ["陈晓岚"]
    assert query not in token and f"s={query}" not in found.text


def test_a_search_belongs_to_the_session_that_made_it(as_, people, make):
    make(people.li, name="何秋")
    token = search(as_(people.li), "何秋")
    answer = as_(people.boss).get(at("index"), {"s": token})
    assert answer.status_code == 422 and names(answer) == [] and 'role="alert"' in answer.text


def test_filters_narrow_and_show_as_pills(as_, people, make):
    make(people.li, name="林叶", intent_grade="A", awareness_source=["online", "friend"])
    make(people.wang, name="何秋", intent_grade="B", awareness_source=["friend"])
    make(people.wang, name="秦川", do_not_contact=True)
    client = as_(people.mgr)
    assert names(client.get(at("index"), {"intent_grade": "A"})) == ["林叶"]
    assert names(client.get(at("index"), {"intent_grade": ["A", "B"]})) == ["何秋", "林叶"]
    assert names(client.get(at("index"), {"awareness_source": "friend"})) == ["何秋", "林叶"]
    owner = client.get(at("index"), {"owner_consultant": people.wang.staff.public_id})
    assert names(owner) == ["秦川", "何秋"]
    assert "w-pill" in owner.text and "王晓芳" in owner.text
    part = client.get(at("index_results"), {"intent_grade": "A", "_w_filter_fragment": "1"})
    assert "<html" not in part.text and names(part) == ["林叶"]


def test_days_are_narrowed_by_name_and_by_their_ends(as_, people, make):
    make(people.li, name="今天", first_contact_at=clock.now())
    make(people.li, name="很久", first_contact_at="2024-03-05 09:00+08:00")
    client = as_(people.li)
    assert names(client.get(at("index"), {"first_contact_at_when": "today"})) == ["今天"]
    day = {"first_contact_at_from": "2024-03-05", "first_contact_at_to": "2024-03-05"}
    assert names(client.get(at("index"), day)) == ["很久"]
    garbage = client.get(at("index"), {"first_contact_at_from": "garbage"})
    assert garbage.status_code == 422 and names(garbage) == []


def test_void_rows_are_hidden_until_asked_for(as_, people, make, customers):
    row = make(people.li, name="林叶")
    apply(customers, [Write(row=row, action="void")], act=org.by_system("重复"))
    client = as_(people.li)
    assert names(client.get(at("index"))) == []
    assert names(client.get(at("index"), {"void": "with"})) == ["林叶"]


def test_a_masked_column_is_neither_sorted_nor_filtered_by(as_, people, make):
    make(people.li, name="甲", phone="19900000002")
    make(people.wang, name="乙", phone="19900000001")
    client = as_(people.mgr)
    for wish in ("phone", "-phone", "identity_number", "owner_consultant__phone"):
        page = client.get(at("index"), {"ordering": wish})
        assert (page.status_code, names(page)) == (422, [])
    assert "ordering=phone" not in client.get(at("index")).text
    for parameter in ("phone", "phone__startswith", "nothing"):
        refused = client.get(at("index"), {parameter: "19900000001"})
        assert refused.status_code == 422 and names(refused) == [] and "19900000001" not in refused.text


@pytest.mark.parametrize("ordering", ["name", "-name", "intent_grade", "first_contact_at", "-first_contact_at", ""])
def test_pages_by_key_show_every_row_once_in_both_directions(as_, people, make, customers, ordering):
    grades = ["A", "B", "", "C"]
    writes = [
        Write(
            values={
                "site": people.site,
                "name": f"客{n % 7}",
                "phone": f"1990002{n:04d}",
                "owner_consultant": people.li.staff,
                "intent_grade": grades[n % 4],
                "first_contact_at": None if n % 3 else f"2024-01-{n % 28 + 1:02d} 10:00+08:00",
            }
        )
        for n in range(120)
    ]
    apply(customers, writes, act=org.by_system())
    client = as_(people.li)
    rows = re.compile(r'href="(/admin/r/customer/[0-9a-z]{12}/)"')
    forward, url = [], at("index") + f"?ordering={ordering}"
    while url:
        page = client.get(url)
        forward.append(rows.findall(page.text))
        last, url = url, page.context["next_url"]
        if len(forward) == 1:
            at_the_end = rows.findall(client.get(page.context["last_url"]).text)
    assert [len(part) for part in forward] == [50, 50, 20]
    assert len({key for part in forward for key in part}) == 120
    assert at_the_end == [key for part in forward for key in part][-50:]
    backward, url = [], last
    while url:
        page = client.get(url)
        backward.append(rows.findall(page.text))
        url = page.context["previous_url"]
    assert backward == forward[::-1]


def test_the_list_takes_as_many_queries_for_fifty_rows_as_for_one(as_, people, make, customers):
    make(people.li)
    client = as_(people.li)
    client.get(at("index"))
    with CaptureQueriesContext(connection) as one:
        client.get(at("index"))
    for _n in range(49):
        make(people.li)
    with CaptureQueriesContext(connection) as fifty:
        page = client.get(at("index"))
    assert len(names(page)) == 50
    assert len(fifty) == len(one)


def test_an_empty_list_says_what_to_do(as_, people):
    page = as_(people.bo).get(at("index")).text
    assert at("add") in page
    token = search(as_(people.bo), "无此人")
    assert at("add") not in as_(people.bo).get(at("index_results"), {"s": token}).text.split("register-empty")[1]


def test_a_secret_is_in_no_answer_to_anybody_but_its_owner(as_, people, make, customers):
    row = make(people.li, name="陈晓岚", phone=SECRET, further_phones=["19900006655"])
    apply(customers, [Write(row=row, values={"phone": "19900005544"})], act=org.by_system("换号"))
    secrets = [SECRET, "19900006655", "19900005544"]
    change = customers.history.objects.filter(id=row.pk).first().change_set.public_id
    screens = [at("index"), at("record", row), at("timeline", row), at("related", row), at("edit", row)]
    screens += [at("restore", row, 1), at("export"), f"/admin/changes/{change}/", f"/admin/changes/{change}/undo/"]
    screens += [
        f"/api/v1/customer/{row.public_id}/",
        f"/api/v1/customer/{row.public_id}/history/",
        "/api/v1/customer/",
    ]
    client = as_(people.mgr)
    for url in screens:
        answer = client.get(url)
        assert answer.status_code in (200, 302, 404), url
        assert not [secret for secret in secrets if secret in answer.text], url
    for kind in ("xlsx", "csv"):
        file = b"".join(client.post(at("export"), {"kind": kind, "columns": "all"}).streaming_content)
        assert not [secret for secret in secrets if secret.encode() in file]
    refused = client.post(at("edit", row), {"_version": "1", "name": "", "phone": "1990"})
    assert refused.status_code == 422 and SECRET not in refused.text
    assert "19900005544" in as_(people.li).get(at("record", row)).text
    assert json.loads(as_(people.li).get(f"/api/v1/customer/{row.public_id}/").text)["phone"] == "19900005544"
