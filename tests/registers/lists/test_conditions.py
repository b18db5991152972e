"""Conditions: every operator, trees of AND and OR, and questions that are refused instead of ignored."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.jobs import clock
from backoffice.registers.changes import Write, apply
from backoffice.registers.lists.operands import NotUnderstood
from backoffice.registers.lists.periods import PERIODS, days_of
from tests.organisation import factories as org

from .conftest import ask, at, built

NAMES = ["林叶", "何秋", "秦川", "林晚", "陈晓岚", "Lin YE"]
ROWS = [
    {
        "name": f"{NAMES[n % 6]}{n}",
        "intent_grade": ["A", "B", ""][n % 3],
        "awareness_source": [["online"], ["online", "friend"], []][n % 3],
        "age": [None, 20, 35, 50][n % 4],
        "do_not_contact": n % 5 == 0,
        "remark": ["", "看过样板间", "100% sure", "价格敏感"][n % 4],
        "budget": [None, (Decimal(900000),), (Decimal(800000), Decimal(1500000))][n % 3],
        "first_contact_at": None if n % 4 == 3 else datetime(2025, 5, 28, 15, 30, tzinfo=UTC) + timedelta(days=n),
    }
    for n in range(24)
]


@pytest.fixture
def rows(people, customers):
    owners = [people.li.staff, people.wang.staff, None]
    writes = [
        Write(values=row | {"site": people.site, "phone": f"1990002{n:04d}", "owner_consultant": owners[n % 3]})
        for n, row in enumerate(ROWS)
    ]
    apply(customers, writes, act=org.by_system())
    return list(customers.model.rows.select_related("owner_consultant").order_by("pk"))


# What each operator means, said once more in plain Python.


def day_of(value):
    return timezone.localtime(value).date() if value else None


def ends_of(value):
    return (value[0], value[-1]) if value else None


def span(value, ends):
    return value is not None and all(
        end is None or (value >= end if place == 0 else value <= end) for place, end in enumerate(ends)
    )


def dates(ends):
    return [end and date.fromisoformat(end) for end in ends]


MEANING = {
    "contains": lambda value, words: words.lower() in value.lower(),
    "lacks": lambda value, words: words.lower() not in value.lower(),
    "equals": lambda value, other: value == other,
    "differs": lambda value, other: value != other,
    "starts": lambda value, words: value.lower().startswith(words.lower()),
    "empty": lambda value, _: value in (None, "", []),
    "filled": lambda value, _: value not in (None, "", []),
    "is": lambda value, other: value is other,
    "at_least": lambda value, other: value is not None and value >= other,
    "at_most": lambda value, other: value is not None and value <= other,
    "overlaps": lambda value, ends: (
        value is not None
        and (ends[0] is None or ends_of(value)[1] >= ends[0])
        and (ends[1] is None or ends_of(value)[0] <= ends[1])
    ),
    "within": lambda value, period: span(day_of(value), days_of(period, timezone.localdate(clock.now()))),
    "on": lambda value, day: day_of(value) == date.fromisoformat(day),
    "before": lambda value, day: value is not None and day_of(value) < date.fromisoformat(day),
    "after": lambda value, day: value is not None and day_of(value) > date.fromisoformat(day),
}


def holds(part, row):
    if "all" in part:
        return all(holds(one, row) for one in part["all"])
    if "any" in part:
        return any(holds(one, row) for one in part["any"])
    field, code, given = part["field"], part["is"], part.get("value")
    value = getattr(row, field)
    if field == "owner_consultant":
        value = value and value.public_id
    if isinstance(value, list) and code in ("any_of", "none_of", "all_of"):
        hit = set(value) >= set(given) if code == "all_of" else bool(set(value) & set(given))
        return hit != (code == "none_of")
    if code in ("any_of", "none_of"):
        return (value in given) != (code == "none_of")
    if code == "between":
        return span(day_of(value), dates(given)) if field == "first_contact_at" else span(value, given)
    return MEANING[code](value, given)


words = st.sampled_from(["林", "林叶", "晓岚", "lin", "YE", "样板", "%", "_", "0% s", "无此人", "1"])
numbers = st.one_of(st.none(), st.integers(0, 60))
days = st.dates(date(2025, 5, 25), date(2025, 6, 25)).map(str)
codes = st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3, unique=True)
sources = st.lists(st.sampled_from(["online", "friend"]), min_size=1, max_size=2, unique=True)


def pair(ends):
    return (
        st.tuples(ends, ends)
        .filter(lambda two: two != (None, None))
        .map(lambda two: sorted(two) if None not in two else list(two))
    )


def conditions_of(people):
    staff = st.lists(
        st.sampled_from([people.li.staff.public_id, people.wang.staff.public_id]), min_size=1, unique=True
    )
    table = [
        (["name", "remark"], ["contains", "lacks", "equals", "differs", "starts"], words),
        (["remark", "intent_grade", "awareness_source", "age", "budget"], ["empty", "filled"], st.none()),
        (["intent_grade"], ["any_of", "none_of"], codes),
        (["awareness_source"], ["any_of", "all_of", "none_of"], sources),
        (["age"], ["equals", "differs", "at_least", "at_most"], st.integers(0, 60)),
        (["age"], ["between"], pair(numbers)),
        (["budget"], ["overlaps"], pair(st.one_of(st.none(), st.integers(700_000, 1_600_000)))),
        (["do_not_contact"], ["is"], st.booleans()),
        (["first_contact_at"], ["on", "before", "after"], days),
        (["first_contact_at"], ["between"], pair(st.one_of(st.none(), days))),
        (["first_contact_at"], ["within"], st.sampled_from(sorted(PERIODS))),
        (["owner_consultant"], ["any_of", "none_of"], staff),
        (["owner_consultant"], ["empty", "filled"], st.none()),
    ]
    return st.one_of(
        st.fixed_dictionaries({"field": st.sampled_from(fields), "is": st.sampled_from(codes), "value": operand})
        for fields, codes, operand in table
    )


def trees_of(people):
    leaves = conditions_of(people)
    groups = st.lists(leaves, min_size=1, max_size=3)
    inner = st.one_of(leaves, groups.map(lambda parts: {"any": parts}), groups.map(lambda parts: {"all": parts}))
    outer = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(outer.map(lambda parts: {"all": parts}), outer.map(lambda parts: {"any": parts}))


def test_a_tree_finds_exactly_the_rows_for_which_it_holds(people, rows):
    """AND and OR of any conditions, compiled for the database, agree with the same conditions read in Python."""

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(tree=trees_of(people))
    def agree(tree):
        found = set(ask(people.mgr, tree).rows.values_list("pk", flat=True))
        assert found == {row.pk for row in rows if holds(tree, row)}

    agree()


def test_a_tree_survives_its_journey_through_json(people, rows):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(tree=trees_of(people))
    def same(tree):
        first = ask(people.mgr, tree).tree
        again = ask(people.mgr, json.loads(json.dumps(first.as_json()))).tree
        assert again.as_json() == first.as_json() and first.described()

    same()


def test_myself_means_whoever_looks(people, rows, asked):
    mine = {"field": "owner_consultant", "is": "any_of", "value": ["me"]}
    assert asked(people.li, mine) == sorted(row.name for row in rows if row.owner_consultant == people.li.staff)
    assert asked(people.wang, mine) == sorted(row.name for row in rows if row.owner_consultant == people.wang.staff)


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "phone", "is": "equals", "value": "19900020001"},
        {"field": "phone", "is": "starts", "value": "199"},
        {"field": "further_phones", "is": "has", "value": "19900020001"},
        {"field": "identity_number", "is": "filled"},
        {"field": "home_address", "is": "empty"},
        {"all": [{"any": [{"field": "identity_number", "is": "contains", "value": "99"}]}]},
        {"field": "colour", "is": "equals", "value": "red"},
        {"field": "owner_consultant__phone", "is": "contains", "value": "199"},
        {"field": "created_by__password", "is": "contains", "value": "x"},
        {"field": "void_reason", "is": "contains", "value": "x"},
        {"field": ["name"], "is": "contains", "value": "x"},
        {"field": "name", "is": "regex", "value": "."},
        {"field": "name", "is": "contains", "value": ""},
        {"field": "name", "is": "contains", "value": "x" * 101},
        {"field": "name", "is": "contains", "value": {"kept": "nobody"}},
        {"field": "intent_grade", "is": "any_of", "value": ["ZZ"]},
        {"field": "intent_grade", "is": "any_of", "value": []},
        {"field": "age", "is": "between", "value": [9, 1]},
        {"field": "age", "is": "at_least", "value": "NaN"},
        {"field": "age", "is": "at_least", "value": True},
        {"field": "age", "is": "at_least", "value": "1e400"},
        {"field": "first_contact_at", "is": "on", "value": "yesterday"},
        {"field": "first_contact_at", "is": "within", "value": "century"},
        {"field": "first_contact_at", "is": "within", "value": []},
        {"field": "do_not_contact", "is": "is", "value": "yes"},
        {"field": "owner_consultant", "is": "any_of", "value": ["222222222222"]},
        {"field": "site", "is": "any_of", "value": ["me"]},
        {"field": "name", "is": "contains", "value": "x", "also": 1},
        {"all": [], "any": []},
        {"not": []},
        {"all": {}},
        {"any": [{"any": [{"any": [{"any": [{"field": "name", "is": "contains", "value": "x"}]}]}]}]},
        {"any": [{"field": "name", "is": "contains", "value": "x"}] * 51},
        [],
        "name",
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(as_, people, tree):
    with pytest.raises(NotUnderstood) as refused:
        ask(people.mgr, tree)
    assert len(refused.value.sentence) > 5
    client = as_(people.mgr)
    page = client.get(at("index"), built(tree))
    assert page.status_code == 422 and page.context["lines"] == [] and "19900020001" not in page.text
    assert client.get(at("index_results"), built(tree)).status_code == 200
    export = client.post(at("export") + "?f=" + built(tree)["f"], {"kind": "csv"})
    assert export.status_code == 422
    if isinstance(tree, dict):
        body = json.dumps({"conditions": tree})
        answer = client.post("/api/v1/customer/search/", body, content_type="application/json")
        assert answer.status_code == 422


def test_words_typed_freely_stay_out_of_the_address(as_, people, make):
    make(people.li, name="林叶", remark="张三介绍", intent_grade="A")
    make(people.li, name="何秋")
    client = as_(people.li)
    tree = {"all": [{"field": "remark", "is": "contains", "value": "张三"}]}
    url = client.post(at("conditions") + "?intent_grade=A&p=3", {"tree": json.dumps(tree)}).json()["url"]
    assert "张三" not in url and "%E5%BC%A0" not in url and "intent_grade" not in url and "p=3" not in url
    page = client.get(url)
    assert [line["cells"][0][2] for line in page.context["lines"]] == ["林叶"]
    assert "张三" in page.text
    assert client.get(page.context["built_pills"][0][2]).context["count"] == 2
    again = client.get(at("conditions") + "?" + url.partition("?")[2]).json()["tree"]
    assert again == tree
    assert as_(people.boss).get(url).status_code == 422


def test_the_builder_offers_what_the_viewer_may_narrow_by(as_, people):
    offered = as_(people.mgr).get(at("conditions")).json()["fields"]
    names = {field["name"] for field in offered}
    assert {"name", "age", "budget", "created_at", "owner_consultant"} <= names
    assert not names & {"phone", "further_phones", "identity_number", "home_address", "created_by"}
    client = as_(org.person("TRN"))
    assert client.get(at("conditions")).status_code == 404
    assert client.post(at("conditions"), {"tree": "{}"}).status_code == 404
    assert as_(people.mgr).post(at("conditions"), {"tree": "{"}).status_code == 400


def test_the_api_takes_the_same_trees(as_, people, rows):
    tree = {"any": [{"field": "intent_grade", "is": "any_of", "value": ["A"]}, {"field": "age", "is": "empty"}]}
    body = json.dumps({"conditions": tree, "filters": {"awareness_source": ["online"]}, "limit": 100})
    answer = as_(people.mgr).post("/api/v1/customer/search/", body, content_type="application/json").json()
    wanted = [row for row in rows if holds(tree, row) and "online" in row.awareness_source]
    assert sorted(item["name"] for item in answer["items"]) == sorted(row.name for row in wanted)


def test_quick_filters_are_conditions(as_, people, rows):
    page = as_(people.mgr).get(at("index"), {"intent_grade": ["A", "B"], "first_contact_at_when": "today"})
    assert page.context["listing"].tree.as_json() == {
        "all": [
            {"field": "intent_grade", "is": "any_of", "value": ["A", "B"]},
            {"field": "first_contact_at", "is": "within", "value": "today"},
        ]
    }


@pytest.mark.parametrize(
    ("today", "period", "ends"),
    [
        ("2025-06-15", "week", ("2025-06-09", "2025-06-15")),
        ("2025-06-15", "last_week", ("2025-06-02", "2025-06-08")),
        ("2024-02-29", "month", ("2024-02-01", "2024-02-29")),
        ("2025-01-31", "last_month", ("2024-12-01", "2024-12-31")),
        ("2025-12-31", "next_month", ("2026-01-01", "2026-01-31")),
        ("2025-11-30", "quarter", ("2025-10-01", "2025-12-31")),
        ("2025-06-15", "30_days", ("2025-05-17", "2025-06-15")),
        ("2024-12-31", "last_year", ("2023-01-01", "2023-12-31")),
    ],
)
def test_periods_know_their_ends(today, period, ends):
    assert tuple(map(str, days_of(period, date.fromisoformat(today)))) == ends
    assert all(first <= last for first, last in (days_of(code, date.fromisoformat(today)) for code in PERIODS))
