"""Every row written, act closed and look taken has one entry in the audit log, with where it came from."""

import pytest
from django.db import transaction

from backoffice.registers.audit.digests import digest
from backoffice.registers.audit.models import Event
from backoffice.registers.audit.origin import device_of
from backoffice.registers.changes import Write, apply
from backoffice.registers.models import Access, ChangeSet
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

NUMBER = "990101199003070015"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


def test_each_version_of_a_record_has_one_entry_that_vouches_for_its_values(make, people, customers):
    row = make(people.li, identity_number=NUMBER)
    apply(customers, [Write(row=row, values={"remark": "改"})], act=org.by_system("改"))
    apply(customers, [Write(row=row, action="void")], act=org.by_system("双份"))
    apply(customers, [Write(row=row, action="unvoid")], act=org.by_system("弄错"))
    entries = list(Event.objects.filter(register="customer", row=row.pk).order_by("pk"))
    assert [entry.deed for entry in entries] == ["created", "changed", "voided", "unvoided"]
    assert {entry.site for entry in entries} == {people.site.pk}
    for entry in entries:
        assert entry.digest == digest(customers.history.objects.get(pk=entry.entry))
    assert Event.objects.filter(deed="closed", change_set=entries[0].change_set).count() == 1


def test_a_digest_covers_every_value_and_the_salt(make, people, customers):
    row = make(people.li)
    entry = customers.history.objects.get(id=row.pk)
    before = digest(entry)
    for name, value in {
        "remark": "x",
        "phone": "19900010002",
        "version": 7,
        "salt": "other",
        "custom": {"a": 1},
    }.items():
        changed = customers.history.objects.get(pk=entry.pk)
        setattr(changed, name, value)
        assert digest(changed) != before


def test_what_is_not_committed_has_no_entry(make, people, customers):
    row = make(people.li)
    count = Event.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        apply(customers, [Write(row=row, values={"remark": "改"})], act=org.by_system("改"))
        raise ZeroDivisionError
    assert Event.objects.count() == count


def test_an_act_in_the_browser_says_where_it_came_from(as_, people, make):
    row = make(people.li)
    client = as_(people.mgr)
    client.post(at("void", row), {"_reason": "双份"}, headers={"user-agent": CHROME}, REMOTE_ADDR="10.1.2.3")
    act = ChangeSet.objects.latest("pk")
    assert (act.address, act.device, act.reason) == ("10.1.2.3", "Chrome 126 · Windows", "双份")
    assert act.session and not act.token


def test_a_look_is_one_entry_with_its_reason_and_never_changes(as_, people, make):
    row = make(people.wang, identity_number="")
    as_(people.boss).post(at("reveal", row), {"field": "phone", "reason": "核对"}, REMOTE_ADDR="10.9.9.9")
    look = Access.objects.get(kind="reveal")
    entry = Event.objects.get(access=look)
    assert (entry.deed, entry.row, entry.actor, entry.digest) == ("reveal", row.pk, people.boss, digest(look))
    assert look.address == "10.9.9.9"


def test_browsers_are_called_by_their_short_names():
    assert device_of(CHROME) == "Chrome 126 · Windows"
    assert (
        device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) MicroMessenger/8.0.49")
        == "WeChat 8 · iPhone"
    )
    assert device_of("python-requests/2.32") == "python-requests/2.32"
