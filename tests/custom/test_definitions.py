"""A register appears with its release, changes with the next one, and becomes an archive when it is closed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from backoffice.custom import operations
from backoffice.custom.models import Entry, RegisterDefinition
from backoffice.custom.plans import Name, Plan
from backoffice.jobs import clock
from backoffice.registers import catalogue, changes
from backoffice.registers.audit import moments
from backoffice.registers.changes import Denied, Write
from backoffice.registers.definitions import known
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens.addresses import list_url, record_url
from tests.organisation import factories as org

from .factories import field, made, manager, plan, prepared

pytestmark = pytest.mark.django_db


def entry(register, **values):
    values = {"title": "雨伞", field(register, "数量"): 2} | values
    wish = Write(values=values)
    changes.apply(register, [wish], act=org.by_system())
    return register.model.rows.get(pk=wish.row.pk)


def test_a_draft_is_no_register_yet_and_a_release_makes_it_one(client):
    org.site()
    prepared()
    with pytest.raises(KeyError):
        catalogue.get("gifts")
    browser = org.sign_in(client, org.person("SM"))
    assert browser.get("/admin/r/gifts/").status_code == 404
    assert browser.get("/api/v1/gifts/").status_code == 404
    assert "礼品领用" not in browser.get(reverse("wagtailadmin_home")).text
    operations.release(RegisterDefinition.objects.get(), manager())
    assert browser.get("/admin/r/gifts/").status_code == 200
    assert browser.get("/api/v1/gifts/").status_code == 200
    assert "礼品领用" in browser.get(reverse("wagtailadmin_home")).text
    assert "/api/v1/gifts/" in browser.get("/api/v1/openapi.json").text
    outsider = org.sign_in(client, org.person("RC"))
    assert outsider.get("/admin/r/gifts/").status_code == 404
    assert "/api/v1/gifts/" not in outsider.get("/api/v1/openapi.json").text
    assert "礼品领用" not in outsider.get(reverse("wagtailadmin_home")).text


def test_what_another_process_released_counts_from_the_next_request_on(gifts):
    RegisterDefinition.objects.update(
        plan=RegisterDefinition.objects.get().plan | {"label": "礼品发放"}, version=gifts.plan.width + 5
    )
    assert str(catalogue.get("gifts").label) == "礼品领用"
    known.forget()
    assert str(catalogue.get("gifts").label) == "礼品发放"


def test_a_change_waits_for_its_release_and_keeps_records_and_fields(gifts):
    row, viewer = entry(gifts), manager()
    definition = RegisterDefinition.objects.get()
    new = replace(Plan.read(definition.plan), label="礼品台账", rights={"SM": "A:ceaxg", "STK": "A:e", "RC": "A"})
    operations.prepare(definition, new, viewer)
    assert str(catalogue.get("gifts").label) == "礼品领用"
    operations.release(definition, viewer, "改名")
    after = catalogue.get("gifts")
    assert str(after.label) == "礼品台账" and set(after.fields) == set(gifts.fields)
    assert after.value(after.model.rows.get(), "title", viewer_of(org.person("SM"))) == row.title
    assert after.seen_by(viewer_of(org.person("RC"))) and not after.seen_by(viewer_of(org.person("BO")))
    told = list(definition.history.values_list("history_change_reason", flat=True))
    assert "改名" in told


def test_a_state_that_records_are_in_cannot_go(gifts):
    entry(gifts)
    definition, old = RegisterDefinition.objects.get(), gifts.plan
    without = replace(old, states=old.states[1:], moves=old.moves[1:2])
    with pytest.raises(ValidationError, match="待领"):
        operations.prepare(definition, without, manager())


def test_a_closed_register_is_read_and_exported_and_written_no_more(gifts, as_):
    row, viewer = entry(gifts), manager()
    operations.close(RegisterDefinition.objects.get(), viewer, "不再使用")
    closed = catalogue.get("gifts")
    browser = as_(viewer.user)
    assert browser.get(record_url(row)).status_code == 200
    assert browser.get(list_url(closed, "export")).status_code == 200
    assert browser.get(list_url(closed, "add")).status_code == 404
    assert browser.post(record_url(row, "edit"), {"title": "x"}).status_code == 404
    assert "礼品领用" not in browser.get(reverse("wagtailadmin_home")).text
    with pytest.raises(Denied):
        changes.apply(
            closed, [Write(row=row, values={"title": "x"})], act=changes.Act(viewer.user, "form", viewer=viewer)
        )
    operations.reopen(RegisterDefinition.objects.get(), viewer, "又用")
    assert browser.get(list_url(catalogue.get("gifts"), "add")).status_code == 200


@pytest.mark.parametrize("role", ["PC", "GM", "BO", "AUD", "STK"])
def test_only_makers_of_registers_touch_definitions(role):
    viewer = viewer_of(org.person(role))
    with pytest.raises(Denied):
        prepared(viewer=viewer)
    definition = prepared()
    for act in (operations.release, operations.discard):
        with pytest.raises(Denied):
            act(definition, viewer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": " "},
        {"prefix": "礼"},
        {"prefix": "{n}"},
        {"title": Name("编号")},
        {"rights": {"PC": "O:ce"}},
        {"rights": {"XX": "A:cg"}},
        {"rights": {"SM": "-:cg"}},
        {"key": ("owner", "nothing")},
        {"states": ()},
        {"moves": ()},
        {"menu": "nowhere"},
        {"width": 99},
    ],
)
def test_a_plan_that_cannot_work_is_refused_with_a_sentence(wrong):
    with pytest.raises(ValidationError) as refused:
        prepared(**wrong)
    assert all(text for texts in refused.value.message_dict.values() for text in texts)
    assert not RegisterDefinition.objects.exists()


@pytest.mark.parametrize("code", ["Gifts", "1gifts", "gifts_", "a" * 31, "customer", "market-research", "-x", ""])
def test_a_code_is_good_for_addresses_and_belongs_to_one_register(code):
    with pytest.raises(ValidationError):
        prepared(code=code)


def test_a_plan_comes_back_from_its_json_as_it_was():
    assert Plan.read(plan().written()) == plan()


def test_a_past_moment_shows_the_values_of_then(gifts, as_):
    row = entry(gifts)
    then = timezone.localtime(clock.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    with clock.shift(timedelta(hours=1)):
        changes.apply(gifts, [Write(row=row, values={"title": "茶杯"})], act=org.by_system())
        browser = as_(org.person("SM"))
        for address in (record_url(row), list_url(gifts)):
            assert "雨伞" not in browser.get(address).text
            assert "雨伞" in browser.get(address, {moments.PARAMETER: then}).text


def test_lists_search_saved_views_and_log_know_the_register(gifts, as_):
    row = entry(gifts, title="定制雨伞")
    browser = as_(org.person("SM"))
    token = browser.post(list_url(gifts, "search"), {"q": "雨伞"}).json()["token"]
    assert row.public_id in browser.get(list_url(gifts), {"s": token}).text
    number = browser.post(list_url(gifts, "search"), {"q": row.number[-6:]}).json()["token"]
    assert row.public_id in browser.get(list_url(gifts), {"s": number}).text
    assert row.public_id in browser.get(list_url(gifts), {"state": "s1"}).text
    assert row.public_id not in browser.get(list_url(gifts), {"state": "s2"}).text
    saved = browser.post(list_url(gifts, "save_view"), {"name": "待领的", "state": "s1"})
    assert saved.status_code in (200, 302)
    assert browser.get(reverse("definitions_fields", args=["gifts"])).status_code == 200
    assert browser.get(reverse("imports_upload", args=["gifts"])).status_code == 200


def test_the_door_guards_the_shared_table(gifts):
    from backoffice.registers.changes.opening import WrittenOutsideDoor

    row = entry(gifts)
    with pytest.raises(WrittenOutsideDoor):
        Entry.rows.filter(pk=row.pk).update(title="x")
    with pytest.raises(WrittenOutsideDoor):
        gifts.history.objects.update(title="x")


def test_a_register_that_is_made_anew_after_another_shows_its_own_rows(gifts):
    entry(gifts)
    keys = made("keys", label="钥匙借用", rights={"SM": "A:ceaxg"}, states=(), moves=())
    assert keys.model is not gifts.model and not keys.model.rows.exists()
