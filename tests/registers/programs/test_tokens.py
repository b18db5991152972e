"""Access tokens: they stand for their owner of today, within their scope, until they end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from backoffice.jobs import clock
from backoffice.organisation.accounts import operations
from backoffice.organisation.accounts.models import AccountEvent
from backoffice.registers.models import ChangeSet
from backoffice.registers.programs import tokens
from backoffice.registers.programs.models import AccessToken
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

from .conftest import BASE

NEW = reverse("access_token_new")
MINE = reverse("access_tokens")
FORM = {"name": "月报", "scope": "read", "days": "90", "password": org.PASSWORD}


def test_a_token_is_made_with_the_password_and_its_secret_is_shown_once(as_, people):
    client = as_(people.li)
    assert client.post(NEW, FORM | {"password": "wrong"}).status_code == 422
    assert not AccessToken.objects.exists()
    page = client.post(NEW, FORM | {"registers": ["customer"]})
    secret, token = page.context["secret"], AccessToken.objects.get()
    assert secret in page.text and "no-store" in page["Cache-Control"]
    assert (token.owner, token.registers, token.scope) == (people.li, ["customer"], "read")
    assert token.expires_at - token.created_at == timedelta(days=90)
    assert secret not in str(vars(token)) and secret.startswith(token.hint)
    listed = client.get(MINE).text
    assert "月报" in listed and secret not in listed
    assert client.get(BASE, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    event = AccountEvent.objects.get(user=people.li)
    assert (event.kind, event.actor) == ("token_made", people.li) and secret not in event.note


def test_whoever_uses_a_second_factor_is_asked_for_it(as_, people):
    client = as_(people.li)
    device = TOTPDevice.objects.create(user=people.li, confirmed=True)
    assert client.post(NEW, FORM).status_code == 422
    assert client.post(NEW, FORM | {"code": "000000"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(NEW, FORM | {"code": f"{totp(device.bin_key):06d}"}).context["secret"]
    assert as_(people.li).get(MINE).url.startswith(reverse("second_factor"))


def test_a_token_offers_the_registers_its_owner_sees_and_no_others(as_, people):
    page = as_(people.li).get(NEW)
    offered = [code for code, _label in page.context["form"].fields["registers"].choices]
    assert "customer" in offered
    from backoffice.registers import catalogue

    viewer = viewer_of(people.li)
    assert offered == [register.code for register in catalogue.registers() if register.seen_by(viewer)]


def test_nobody_sees_or_revokes_the_token_of_another(as_, people, program):
    token = program(people.li).token
    client = as_(people.wang)
    assert "夜间同步" not in client.get(MINE).text
    assert client.post(reverse("access_token_revoke", args=[token.public_id])).status_code == 404
    staff = people.li.staff
    address = reverse("account_token_revoke", args=[staff.public_id, token.public_id])
    assert client.post(address).status_code == 404
    assert AccessToken.objects.get().revoked_at is None


def test_a_revoked_token_opens_nothing_and_the_log_says_who_did_it(as_, people, program):
    asking = program(people.li)
    assert asking.ask("GET", BASE).status_code == 200
    as_(people.li).post(reverse("access_token_revoke", args=[asking.token.public_id]))
    assert asking.ask("GET", BASE).status_code == 401
    assert list(AccountEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["token_made", "token_off"]


def test_who_looks_after_accounts_sees_and_revokes_tokens_of_a_person(as_, people, program):
    asking, hr = program(people.li), org.person("HR", site=None)
    client, staff = as_(hr), people.li.staff
    assert "夜间同步" in client.get(reverse("account", args=[staff.public_id])).text
    client.post(reverse("account_token_revoke", args=[staff.public_id, asking.token.public_id]))
    assert asking.ask("GET", BASE).status_code == 401
    assert AccountEvent.objects.get(kind="token_off").actor == hr


def test_a_token_ends_by_itself_within_a_year(people, program):
    asking = program(people.li, days=30)
    with clock.shift(timedelta(days=29)):
        assert asking.ask("GET", BASE).status_code == 200
    with clock.shift(timedelta(days=30, seconds=1)):
        assert asking.ask("GET", BASE).status_code == 401
    with pytest.raises(IntegrityError), transaction.atomic():
        tokens.issue(people.li, name="x", scope="read", registers=[], days=400)


def test_a_token_ends_with_the_position_and_with_the_account(people, program):
    left, closed = program(people.li), program(people.wang)
    org.end(people.li, clock.today() - timedelta(days=1))
    assert left.ask("GET", BASE).status_code == 401
    hr = viewer_of(org.person("HR", site=None))
    operations.deactivate(people.wang, viewer=hr)
    assert closed.ask("GET", BASE).status_code == 401
    operations.activate(people.wang, viewer=hr)
    assert closed.ask("GET", BASE).status_code == 401


def test_a_token_reads_or_writes_what_it_was_made_for(people, make, program):
    row = make(people.li)
    reading = program(people.li, "read")
    address, change = f"{BASE}{row.public_id}/", {"version": 1, "values": {"remark": "x"}}
    assert reading.ask("GET", address).status_code == 200
    assert reading.ask("POST", f"{BASE}search/", {}).status_code == 200
    refused = reading.ask("PATCH", address, change)
    assert refused.status_code == 403 and "insufficient_scope" in refused["WWW-Authenticate"]
    assert program(people.li, "write", ["unit"]).ask("GET", address).status_code == 403
    assert program(people.li, "write", ["customer"]).ask("PATCH", address, change).status_code == 200


def test_a_token_reaches_no_further_than_its_owner(people, make, program):
    row = make(people.li, phone="19900007788")
    assert program(people.wang).ask("GET", f"{BASE}{row.public_id}/").status_code == 404
    assert program(org.person("TRN")).ask("GET", BASE).status_code == 404
    assert "19900007788" not in program(people.mgr).ask("GET", f"{BASE}{row.public_id}/").text


def test_what_a_token_writes_names_it(people, make, program):
    row, asking = make(people.li), program(people.li)
    asking.ask("PATCH", f"{BASE}{row.public_id}/", {"version": 1, "values": {"remark": "x"}})
    act = ChangeSet.objects.filter(channel="api").get()
    assert (act.actor, act.token, act.session) == (people.li, "夜间同步", None)
    asking.token.refresh_from_db()
    assert asking.token.last_used_at and asking.token.last_used_from == "127.0.0.1"


def test_the_last_use_is_written_once_a_minute(people, program):
    asking = program(people.li)
    asking.ask("GET", BASE)
    with CaptureQueriesContext(connection) as queries:
        asking.ask("GET", BASE)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_so_many_requests_a_minute_and_no_more(settings, people, program):
    settings.API_REQUESTS_PER_MINUTE = 3
    one, other = program(people.li), program(people.li)
    assert [one.ask("GET", BASE).status_code for _number in range(4)] == [200, 200, 200, 429]
    refused = one.ask("GET", BASE)
    assert 0 < int(refused["Retry-After"]) <= 60 and refused.json()["status"] == 429
    assert other.ask("GET", BASE).status_code == 200


def test_nobody_collects_tokens_without_end(monkeypatch, as_, people):
    monkeypatch.setattr(tokens, "MOST", 1)
    client = as_(people.li)
    assert client.post(NEW, FORM).status_code == 200
    assert client.post(NEW, FORM).status_code == 422


def test_the_list_costs_the_same_for_one_token_and_twenty(as_, people, program):
    client = as_(people.li)
    program(people.li)
    client.get(MINE)
    with CaptureQueriesContext(connection) as one:
        client.get(MINE)
    for _number in range(19):
        program(people.li)
    with CaptureQueriesContext(connection) as twenty:
        client.get(MINE)
    assert len(one) == len(twenty)
