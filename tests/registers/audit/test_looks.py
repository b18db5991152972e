"""Who saw personal data is written down: what was shown in full, numbers searched for; and shown person by person."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.registers.audit import looks
from backoffice.registers.audit.models import Event, Seen
from backoffice.registers.models import Access
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at


def test_an_owner_who_opens_the_page_is_noted_and_a_reader_of_masks_is_not(as_, people, make):
    row = make(people.li, phone=SECRET)
    as_(people.mgr).get(at("record", row))
    assert not Access.objects.exists()
    as_(people.li).get(at("record", row))
    look = Access.objects.get()
    assert (look.kind, look.actor, look.row, look.filed) == ("view", people.li, row.pk, False)
    assert "phone" in look.fields and SECRET not in str(look.fields)
    assert looks.file() == 1 and Event.objects.get(access=look).row == row.pk
    assert looks.file() == 0


def test_a_list_is_one_insert_whatever_its_rows(as_, people, make):
    rows = [make(people.li) for _n in range(3)]
    make(people.wang)
    client = as_(people.li)
    with CaptureQueriesContext(connection) as queries:
        client.get(at("index"))
    assert sum("INSERT" in query["sql"] for query in queries) == 1
    look = Access.objects.get()
    assert sorted(look.seen) == sorted(row.pk for row in rows) and look.rows == 3
    looks.file()
    assert Seen.objects.filter(access=look).count() == 3


def test_a_number_searched_for_is_noted_as_its_hash(as_, people, make):
    row = make(people.li, phone=SECRET)
    client = as_(people.mgr)
    for words, count in ((SECRET, 1), ("7788", 2), ("林叶", 2), ("19911112222", 2)):
        token = client.post(at("search"), {"q": words}).json()["token"]
        client.get(at("index"), {"s": token})
        assert Access.objects.filter(kind="search").count() == count
    look = Access.objects.filter(kind="search").first()
    assert look.seen == [row.pk] and look.fields[0].startswith("#") and SECRET not in str(look.__dict__)


def test_programs_are_noted_too(as_, people, make):
    row = make(people.li, phone=SECRET)
    client = as_(people.li)
    client.get(f"/api/v1/customer/{row.public_id}/")
    client.post("/api/v1/customer/search/", {"query": SECRET}, content_type="application/json")
    assert list(Access.objects.order_by("pk").values_list("kind", flat=True)) == ["view", "search", "view"]


def test_who_has_seen_this_person_is_shown_to_who_leads_the_register(as_, people, make):
    row, other = make(people.li, phone=SECRET), make(people.li)
    client = as_(people.li)
    client.get(at("record", row))
    client.get(at("index"))
    as_(people.boss).post(at("reveal", row), {"field": "phone", "reason": "回访"})
    page = as_(people.mgr).get(at("seen", row))
    assert [(line["who"], line["listed"]) for line in page.context["lines"]] == [
        ("陈立新", None),
        ("李思远", 2),
        ("李思远", None),
    ]
    assert "回访" in page.text and SECRET not in page.text
    assert len(as_(people.mgr).get(at("seen", other)).context["lines"]) == 1
    assert at("seen", row) in as_(people.mgr).get(at("record", row)).text


def test_others_do_not_find_that_page(as_, people, make):
    row = make(people.li)
    for user in (people.li, people.wang, people.bo, org.person("SYS", name="管理员")):
        assert as_(user).get(at("seen", row)).status_code == 404
    assert at("seen", row) not in as_(people.li).get(at("record", row)).text
