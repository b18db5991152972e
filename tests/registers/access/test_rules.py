"""What a manager says about a field counts everywhere at once: who knows of it, who sets it, how it is masked."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.access import ruling
from backoffice.registers.access.models import FieldRule
from backoffice.registers.audit.models import Event
from backoffice.registers.changes import Act, Denied, Refused, Write, apply
from backoffice.registers.definitions import converting
from backoffice.registers.definitions.models import Kind
from backoffice.registers.imports import shell
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.definitions.conftest import added
from tests.registers.posting import posted

from .conftest import at

WORK = "星河纺织厂"


def api(row=None):
    return "/api/v1/customer/" + (f"{row.public_id}/" if row else "")


class TestHidden:
    """For other roles the field does not exist."""

    @pytest.fixture
    def row(self, make, people, rule):
        rule("workplace", seen_by=["SM", "PC"])
        return make(people.li, workplace=WORK)

    def test_it_is_absent_for_others_and_there_for_those_meant(self, as_, people, row):
        for user, known in ((people.bo, False), (people.mgr, True)):
            browser = as_(user)
            for url in (at("record", row), at("edit", row), at("timeline", row), api(row), f"{api(row)}history/"):
                text = browser.get(url).content.decode()
                text = text if "api" not in url else text.encode().decode("unicode_escape", "ignore") + text
                assert (WORK in text) == known, (url, user)
                assert ("workplace" in text or "工作单位" in text) == known, (url, user)

    def test_the_document_of_the_api_leaves_it_out(self, as_, people, row):
        told = {}
        for user in (people.bo, people.mgr):
            document = as_(user).get("/api/v1/openapi.json").json()
            told[user] = json.dumps(document["components"]["schemas"])
        assert "workplace" in told[people.mgr] and "workplace" not in told[people.bo]

    def test_sending_it_is_as_unknown_as_any_other_word(self, as_, people, row):
        body = json.dumps({"version": 1, "values": {"workplace": "别处"}})
        answer = as_(people.bo).patch(api(row), body, content_type="application/json")
        assert answer.status_code == 422 and list(answer.json()["errors"]) == ["workplace"]
        with pytest.raises(Denied):
            apply(
                catalogue.get("customer"), [Write(row=row, values={"workplace": "别处"})],
                act=Act(people.bo, "form", viewer=viewer_of(org.again(people.bo))),
            )  # fmt: skip
        row.refresh_from_db()
        assert row.workplace == WORK

    def test_neither_order_nor_filter_nor_file_know_it(self, as_, people, row):
        browser = as_(people.bo)
        tree = {"f": json.dumps({"all": [{"field": "workplace", "is": "filled"}]})}
        for asked in ({"ordering": "workplace"}, tree):
            assert browser.get(at("index"), asked).status_code == 422
        answer = browser.post(at("export"), {"columns": "all", "kind": "csv"})
        assert WORK not in b"".join(answer.streaming_content).decode()
        assert browser.post(at("reveal", row), {"field": "workplace", "reason": "看"}).status_code in (404, 422)


@pytest.mark.django_db(transaction=True)
def test_the_search_finds_by_a_hidden_field_only_for_those_who_know_it(customers, people, make, rule):
    row = make(people.li, phone="19900007788", name="林叶")
    rows = customers.model.rows.all()
    bo, li = (viewer_of(org.again(user)) for user in (people.bo, people.li))
    rule("further_phones", seen_by=["SM", "PC"])
    apply(customers, [Write(row=row, values={"further_phones": ["19900001234"]})], act=org.by_system())
    drain()
    for words in ("19900001234", "1234"):
        assert list(customers.finding(rows, words, li)) == [row]
        assert not customers.finding(rows, words, bo) and not customers.finding(rows, words)
    assert list(customers.finding(rows, "7788", bo)) == [row]
    rule("further_phones", seen_by=[])
    drain()
    assert list(customers.finding(rows, "1234", bo)) == [row]


class TestReadOnly:
    """Shown to everybody, set by some."""

    @pytest.fixture
    def row(self, make, people, rule):
        rule("occupation", changed_by=["SM"])
        return make(people.li, occupation="教师")

    def test_the_form_shows_it_and_takes_nothing_for_it(self, as_, people, row):
        browser = as_(people.li)
        page = browser.get(at("edit", row))
        assert "教师" in page.text and "occupation" not in page.context["form"].fields
        data = posted(page.context["form"]) | {"occupation": "医生", "name": "林叶儿", "_version": "1"}
        assert browser.post(at("edit", row), data).status_code == 302
        row.refresh_from_db()
        assert (row.name, row.occupation) == ("林叶儿", "教师")
        assert browser.get(at("cell", row, "occupation")).status_code == 404
        assert as_(people.mgr).get(at("cell", row, "occupation")).status_code == 200

    def test_every_other_way_in_says_why_not(self, as_, customers, people, row, tmp_path):
        body = json.dumps({"version": 1, "values": {"occupation": "医生"}})
        answer = as_(people.li).patch(api(row), body, content_type="application/json")
        assert answer.status_code == 422 and list(answer.json()["errors"]) == ["occupation"]
        with pytest.raises(Refused) as refused:
            act = Act(people.li, "bulk", viewer=viewer_of(org.again(people.li)))
            apply(customers, [Write(row=row, values={"occupation": "医生"})], act=act)
        assert refused.value.refusals[0].code == "read_only"
        sheet = tmp_path / "客户.csv"
        sheet.write_text(f"姓名,电话,职业\n林叶,{row.phone},医生\n新人,19911112222,医生\n", encoding="utf-8")
        batch, _viewer = shell.open_batch(customers, sheet, site=people.site, user=people.bo)
        problems = [row.problems[0]["code"] for row in batch.rows.order_by("n")]
        assert problems == ["read_only", "read_only"]

    def test_a_new_record_starts_without_it(self, as_, customers, people, row):
        form = as_(people.li).get(at("add")).context["form"]
        assert "occupation" not in form.fields and "name" in form.fields
        act = Act(people.li, "form", viewer=viewer_of(org.again(people.li)))
        values = {"name": "新人", "phone": "19911112222", "site": people.site, "owner_consultant": people.li.staff}
        with pytest.raises(Refused):
            apply(customers, [Write(values=values | {"occupation": "医生"})], act=act)
        apply(customers, [Write(values=values)], act=act)


class TestMasked:
    """What a manager masks is masked like what the product masks."""

    @pytest.fixture
    def row(self, make, people, rule):
        rule("budget", mask="amount")
        rule("workplace", mask="address")
        return make(people.li, budget=("90.00", "117.00"), workplace=WORK)

    def test_it_is_seen_in_full_by_the_owner_alone(self, as_, customers, people, row):
        for user, shown in ((people.li, True), (people.mgr, False), (people.bo, False)):
            viewer = viewer_of(org.again(user))
            assert (customers.text(row, "workplace", viewer) == WORK) == shown
            assert ("117" in customers.text(row, "budget", viewer)) == shown
            told = as_(user).get(api(row)).json()
            assert (told["budget"] is not None) == shown and ("budget" in told["masked"]) != shown
        assert (
            customers.text(row, "budget", viewer) == "***" and customers.text(row, "workplace", viewer) == "星河纺**"
        )

    def test_lists_are_neither_sorted_nor_narrowed_by_it(self, as_, people, row):
        browser = as_(people.mgr)
        for name in ("workplace", "budget"):
            tree = {"f": json.dumps({"all": [{"field": name, "is": "filled"}]})}
            assert browser.get(at("index"), {"ordering": name}).status_code == 422
            assert browser.get(at("index"), tree).status_code == 422

    def test_a_mask_that_comes_back_changes_nothing(self, as_, people, row):
        browser = as_(people.mgr)
        told = browser.get(api(row)).json()
        values = {name: told[name] for name in ("workplace", "budget", "phone")}
        body = json.dumps({"version": 1, "values": values})
        assert browser.patch(api(row), body, content_type="application/json").status_code == 200
        row.refresh_from_db()
        assert row.version == 1 and row.workplace == WORK

    def test_it_is_revealed_with_a_reason(self, as_, people, row):
        browser = as_(people.mgr)
        assert "117" not in browser.get(at("record", row)).text
        answer = browser.post(at("reveal", row), {"field": "budget", "reason": "回访"})
        assert answer.status_code == 200 and "117" in answer.json()["text"]


def test_what_the_product_masks_is_never_loosened(customers, people, rule):
    assert "mask" not in ruling.offered(customers.column("phone"))
    rule("phone", mask="name")
    assert customers.column("phone").mask_kind == "phone"
    for name in ("name", "owner_consultant"):
        assert ruling.offered(customers.column(name)) <= {"changed_by"}


def test_rules_that_would_mislead_are_refused_with_a_sentence(customers, people, rule):
    manager = viewer_of(people.mgr)
    wrong = [
        ("age", {"seen_by": ["PC"]}, "seen_by"),
        ("age", {"seen_by": ["SM", "XX"]}, "seen_by"),
        ("age", {"seen_by": ["SM"], "changed_by": ["PC"]}, "changed_by"),
        ("age", {"mask": "address"}, "mask"),
    ]
    for name, values, part in wrong:
        with pytest.raises(ValidationError) as refused:
            rule(name, **values)
        assert part in refused.value.message_dict
    added(manager, Kind.COMPUTED, label="双倍年龄", gives=Kind.INTEGER, expression="{age} * 2")
    for part, value in (("mask", "amount"), ("seen_by", ["SM"])):
        with pytest.raises(ValidationError) as refused:
            rule("age", **{part: value})
        assert part in refused.value.message_dict and "双倍年龄" in str(refused.value)


def test_a_masked_field_is_not_copied_into_one_that_is_not(customers, people, rule):
    key = added(viewer_of(people.mgr), Kind.TEXT, label="暗号").key
    assert converting.targets(customers.fields[key].definition)
    rule(key, mask="name")
    assert converting.targets(customers.fields[key].definition) == []


class TestPages:
    def test_a_manager_says_it_on_a_page_and_the_log_tells(self, as_, customers, people):
        browser = as_(people.mgr)
        page = browser.get(reverse("access_rules", args=["customer"])).text
        assert reverse("access_rule", args=["customer", "workplace"]) in page
        assert (
            reverse("access_rules", args=["customer"])
            in browser.get(reverse("definitions_fields", args=["customer"])).text
        )
        url = reverse("access_rule", args=["customer", "workplace"])
        assert browser.post(url, {"mask": "address"}).status_code == 422
        data = {"mask": "address", "seen_by": ["SM", "PC"], "changed_by": ["SM"], "reason": "客户要求"}
        assert browser.post(url, data).status_code == 302
        rule = FieldRule.objects.get()
        assert (rule.field, rule.mask, rule.seen_by, rule.changed_by) == (
            "workplace",
            "address",
            ["PC", "SM"],
            ["SM"],
        )
        event = Event.objects.get(deed="rule")
        assert event.actor == people.mgr and "客户要求" in event.access.reason and "地址" in event.access.reason

    def test_others_do_not_find_it(self, as_, people):
        for user in (people.li, people.bo, people.boss, org.person("AUD", name="审计")):
            for url in (reverse("access_rules", args=["customer"]), reverse("access_rule", args=["customer", "age"])):
                assert as_(user).get(url).status_code in (302, 404), (user, url)
                assert as_(user).post(url, {"mask": "amount", "reason": "x"}).status_code in (302, 404, 405)
        assert not FieldRule.objects.exists()
        assert as_(people.mgr).get(reverse("access_rule", args=["customer", "nothing"])).status_code == 404
        with pytest.raises(Denied):
            ruling.put(catalogue.get("customer"), "age", {"mask": "amount"}, viewer_of(people.bo))
