"""From a list through its records, one after the other, without the list's query in any address."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .conftest import at


@pytest.fixture
def three(make, people):
    """Three customers of one consultant, the newest first in the list."""
    return [make(people.li, name=name, intent_grade=grade) for name, grade in (("甲", "A"), ("乙", "B"), ("丙", "A"))]


def opened(client, row, **parameters):
    """The page of `row` as it is opened from the list with `parameters`."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return client.get(at("record", row), headers={"referer": f"http://testserver{at('index')}?{query}"})


def test_a_record_opened_from_a_list_leads_to_its_neighbours(as_, people, three):
    first, middle, last = reversed(three)
    client = as_(people.mgr)
    page = opened(client, middle)
    trail = page.context["trail"]
    assert first.public_id in trail.previous_url and last.public_id in trail.next_url
    at_end = client.get(trail.next_url).context["trail"]
    assert not at_end.next_url and middle.public_id in at_end.previous_url
    timeline = [url for _label, url, _current, _count in page.context["tabs"] if "timeline" in url][0]
    assert last.public_id in client.get(timeline).context["trail"].next_url


def test_neighbours_obey_filter_order_and_search(as_, people, three):
    newest, _other, oldest = reversed(three)
    client = as_(people.mgr)
    trail = opened(client, newest, intent_grade="A").context["trail"]
    assert oldest.public_id in trail.next_url and "intent_grade=A" in trail.list_url
    assert "intent_grade" not in trail.next_url
    upwards = opened(client, oldest, intent_grade="A", ordering="intent_grade").context["trail"]
    assert newest.public_id in upwards.next_url
    token = client.post(at("search"), {"q": "丙"}).json()["token"]
    alone = opened(client, newest, s=token).context["trail"]
    assert not alone.next_url and not alone.previous_url


def test_a_neighbour_out_of_reach_is_passed_over(as_, people, make):
    oldest, _hers, newest = make(people.li), make(people.wang), make(people.li)
    trail = opened(as_(people.li), newest).context["trail"]
    assert oldest.public_id in trail.next_url


def test_the_way_through_a_list_costs_two_queries(as_, people, three):
    client = as_(people.mgr)
    opened(client, three[1])
    with CaptureQueriesContext(connection) as alone:
        assert client.get(at("record", three[1])).context["trail"] is None
    with CaptureQueriesContext(connection) as with_trail:
        opened(client, three[1])
    assert len(with_trail) <= len(alone) + 2, [query["sql"] for query in with_trail]


def test_a_foreign_token_or_referrer_leads_nowhere(as_, people, three, make):
    client = as_(people.mgr)
    assert client.get(at("record", three[0]), {"from": "made-up"}).context["trail"] is None
    elsewhere = client.get(at("record", three[0]), headers={"referer": "http://elsewhere/admin/r/customer/"})
    assert elsewhere.context["trail"] is None
    token = opened(client, three[1]).context["trail"].next_url.partition("from=")[2]
    assert client.get(at("record", people.li.staff, code="staff"), {"from": token}).context["trail"] is None
