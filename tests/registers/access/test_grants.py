"""A grant shows masked fields in full to one person, for some hours, and nothing else to anybody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.jobs import clock
from backoffice.registers.access import giving
from backoffice.registers.access.models import Grant, GrantUse
from backoffice.registers.audit.models import Event
from backoffice.registers.changes import Denied
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

from .conftest import at

PHONE, HOME = "19900007788", "姑苏区干将路一百号"


@pytest.fixture
def row(make, people):
    return make(people.li, phone=PHONE, home_address=HOME)


@pytest.fixture
def grant(customers, people):
    """`grant(row, to=user, …)` as the sales manager gives it."""

    def given(row=None, to=people.bo, by=people.mgr, fields=("phone",), **told):
        told = {"hours": 24, "reason": "补录资料"} | told
        return giving.give(customers, viewer_of(org.again(by)), to, list(fields), row=row, **told)

    return given


def seen(customers, row, user, name="phone"):
    return customers.text(row, name, viewer_of(org.again(user)))


def test_it_opens_one_field_of_one_record_to_one_person(customers, people, row, make, grant):
    other = make(people.li, phone="19900009999")
    grant(row)
    assert seen(customers, row, people.bo) == PHONE
    assert seen(customers, row, people.bo, "home_address").startswith("姑苏区*")
    assert seen(customers, other, people.bo) == "199****9999"
    assert seen(customers, row, people.wang) == seen(customers, row, people.mgr) == "199****7788"


def test_it_ends_by_itself_and_at_once_when_withdrawn(customers, people, row, grant):
    given = grant(row, hours=4)
    Grant.objects.update(since=clock.now() - timedelta(hours=5), until=clock.now() - timedelta(seconds=1))
    assert seen(customers, row, people.bo) == "199****7788"
    given = grant(row, hours=4)
    assert seen(customers, row, people.bo) == PHONE
    with pytest.raises(Denied):
        giving.revoke(given, viewer_of(people.bo), "不要了")
    giving.revoke(given, viewer_of(people.mgr), "已补录")
    assert seen(customers, row, people.bo) == "199****7788"
    with pytest.raises(Denied):
        giving.revoke(given, viewer_of(people.mgr), "再收一次")
    assert list(Event.objects.filter(deed__in=("grant", "revoke")).order_by("pk").values_list("deed", "row")) == [
        ("grant", row.pk), ("grant", row.pk), ("revoke", row.pk),
    ]  # fmt: skip
    assert "赵敏" in Event.objects.filter(deed="grant").first().access.reason


def test_all_records_of_a_site_and_no_other(customers, people, row, grant):
    grant(site=people.site.pk)
    assert seen(customers, row, people.bo) == PHONE
    row.site = org.site("B")
    assert seen(customers, row, people.bo) == "199****7788"
    with pytest.raises(Denied):
        grant(site=row.site.pk)


def test_files_and_programs_keep_the_mask_unless_it_says_otherwise(as_, people, row, grant):
    def out():
        browser = as_(people.bo)
        file = browser.post(at("export"), {"columns": "all", "kind": "csv"})
        return PHONE in b"".join(file.streaming_content).decode(), PHONE in browser.get("/api/v1/customer/").text

    first = grant(row)
    assert PHONE in as_(people.bo).get(at("index")).text and out() == (False, False)
    giving.revoke(first, viewer_of(people.mgr), "改")
    given = grant(row, may_export=True)
    assert out() == (True, True)
    assert [use.access.kind for use in GrantUse.objects.filter(grant=given).order_by("pk")] == ["export", "view"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"reason": ""}, "reason"),
        ({"hours": 31 * 24}, "hours"),
        ({"hours": 0}, "hours"),
        ({"fields": []}, "fields"),
        ({"fields": ["name"]}, "fields"),
        ({"to": "mgr"}, "receiver"),
        ({"to": "elsewhere"}, "receiver"),
        ({"to": "aud"}, "receiver"),
        ({"to": "wang"}, "receiver"),
    ],
)
def test_what_cannot_be_given(people, row, grant, changed, name):
    """Not without a reason, not for ever, not what is not masked, not to oneself, to people of other managers, to
    reviewers, or to somebody who does not reach the record."""
    if "to" in changed:
        others = {
            "elsewhere": lambda: org.person("BO", site=org.site("B")),
            "aud": lambda: org.person("AUD"),
        }
        who = changed["to"]
        changed = {"to": others[who]() if who in others else getattr(people, who)}
    with pytest.raises(ValidationError) as refused:
        grant(row, **changed)
    assert list(refused.value.message_dict) == [name] and not Grant.objects.exists()


def test_who_may_not_reveal_or_decide_gives_nothing(customers, people, row, grant):
    for user in (people.li, people.bo, people.boss, org.person("SYS"), org.person("AUD"), org.superuser()):
        with pytest.raises(Denied):
            grant(row, by=user)
    with pytest.raises(Denied):
        giving.give(
            customers,
            viewer_of(org.person("SM", site=org.site("B"))),
            people.bo,
            ["phone"],
            row=row,
            hours=1,
            reason="x",
        )


def test_the_database_itself_refuses_nonsense(people, row, grant):
    given = grant(row)
    for values in ({"until": given.since}, {"receiver": people.mgr}, {"reason": ""}, {"revoked_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(pk=given.pk).update(**values)


def test_every_use_is_written_down_with_its_grant(as_, people, row, grant):
    given = grant(row)
    browser = as_(people.bo)
    browser.get(at("record", row))
    browser.get(at("index"))
    looks = [use.access for use in GrantUse.objects.filter(grant=given).order_by("pk")]
    assert [(look.kind, look.fields, look.row) for look in looks] == [
        ("view", ["phone"], row.pk),
        ("view", ["phone"], None),
    ]
    line = as_(people.mgr).get(reverse("access_grants")).context["lines"][0]
    assert line["grant"].used == 2 and line["receiver"] == "赵敏" and line["name"]


def test_grants_cost_a_list_one_query_whatever_its_rows(as_, people, make, row, grant):
    browser = as_(people.bo)
    browser.get(at("index"))
    counts = []
    for more in (0, 30):
        for _n in range(more):
            grant(make(people.li))
        with CaptureQueriesContext(connection) as asked:
            browser.get(at("index"))
        counts.append(sum('FROM "access_grant"' in query["sql"] for query in asked))
    assert counts == [1, 1]


class TestPages:
    def test_a_manager_gives_from_the_record_and_takes_back_from_the_list(self, as_, customers, people, row):
        browser = as_(people.mgr)
        url = reverse("access_give", args=["customer", row.public_id])
        assert url in browser.get(at("record", row)).text
        page = browser.get(url)
        assert PHONE not in page.text and "赵敏" in page.text
        data = {"receiver": people.bo.pk, "fields_": ["phone"], "hours": "24", "reason": "核对备案资料"}
        assert browser.post(url, data | {"reason": ""}).status_code == 422
        assert browser.post(url, data).status_code == 302
        assert seen(customers, row, people.bo) == PHONE
        given = Grant.objects.get()
        assert given.until - given.since == timedelta(hours=24)
        revoke = reverse("access_revoke", args=[given.public_id])
        assert revoke in browser.get(reverse("access_grants")).text
        assert browser.post(revoke, {}).status_code == 422
        assert browser.post(revoke, {"_reason": "核对完了"}).status_code == 302
        assert seen(customers, row, people.bo) == "199****7788"

    def test_all_of_a_site_is_given_on_its_own_page(self, as_, people, row):
        browser = as_(people.mgr)
        url = reverse("access_give_all", args=["customer"])
        assert url in browser.get(reverse("access_grants")).text
        data = {"receiver": people.bo.pk, "fields_": ["phone"], "hours": "4", "reason": "整批核对"}
        assert browser.post(url, data).status_code == 302
        assert (Grant.objects.get().row, Grant.objects.get().site) == (None, people.site.pk)

    def test_others_find_neither_the_pages_nor_each_others_grants(self, as_, people, row, grant):
        given = grant(row)
        give = reverse("access_give", args=["customer", row.public_id])
        everything, revoke = (
            reverse("access_give_all", args=["customer"]),
            reverse("access_revoke", args=[given.public_id]),
        )
        for user in (people.li, people.bo, people.wang, org.person("SYS", name="管理员")):
            browser = as_(user)
            for url in (give, everything, revoke):
                assert browser.get(url).status_code == 404, (user, url)
                assert browser.post(url, {"_reason": "x", "reason": "x"}).status_code == 404
        assert [
            len(as_(user).get(reverse("access_grants")).context["lines"]) for user in (people.bo, people.wang)
        ] == [1, 0]
        assert as_(org.person("SM", site=org.site("B"))).get(give).status_code == 404
