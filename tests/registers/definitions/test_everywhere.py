"""An added field stands wherever a declared one stands, from the moment it is released."""

import json
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.jobs.worker import drain
from backoffice.registers.changes import Write, apply
from backoffice.registers.definitions import operations
from backoffice.registers.definitions.models import Kind
from backoffice.registers.lists import conditions
from backoffice.registers.lists.listing import Listing
from backoffice.registers.lists.operands import NotUnderstood
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

from .conftest import added, written

pytestmark = pytest.mark.django_db
OPTIONS = [("", "地铁口", "metro", False), ("", "老客户介绍", "referral", False)]
# Kind, what a filter asks, and the value given to the row that it finds.
QUESTIONS = [
    (Kind.TEXT, "contains", "南门", "走南门来"),
    (Kind.TEXT, "empty", None, ""),
    (Kind.LONG_TEXT, "lacks", "北门", "南门"),
    (Kind.INTEGER, "between", ["10", "20"], 12),
    (Kind.QUANTITY, "at_least", "89.25", "89.5"),
    (Kind.AMOUNT, "at_most", "90000", "9000"),
    (Kind.DAY, "after", "2025-06-01", "2025-06-02"),
    (Kind.MOMENT, "on", "2025-06-02", "2025-06-02T15:30:00+08:00"),
    (Kind.YES_NO, "is", True, True),
    (Kind.CHOICE, "any_of", ["o2"], "o2"),
    (Kind.CHOICE, "none_of", ["o1"], ""),
    (Kind.CHOICES, "all_of", ["o1", "o2"], ["o2", "o1"]),
    (Kind.CHOICES, "empty", None, []),
    (Kind.STAFF, "any_of", ["me"], "me"),
]  # fmt: skip
OTHERS = {
    Kind.TEXT: "走北门来", Kind.LONG_TEXT: "北门", Kind.INTEGER: 9, Kind.QUANTITY: "9", Kind.AMOUNT: "100000",
    Kind.DAY: "2025-06-01", Kind.MOMENT: "2025-06-03T00:00:00+08:00", Kind.YES_NO: False, Kind.CHOICE: "o1",
    Kind.CHOICES: ["o1"], Kind.STAFF: None,
}  # fmt: skip


def found(register, viewer, tree, **parameters):
    built = conditions.read(register, viewer, tree)
    listing = Listing(register, viewer, parameters, built=built)
    assert not listing.problem
    return list(listing.sorting.order(listing.sorting.mark(listing.rows)))


@pytest.mark.parametrize(("kind", "operator", "operand", "value"), QUESTIONS)
def test_lists_are_narrowed_by_every_kind(register, manager, kind, operator, operand, value):
    options = OPTIONS if kind in (Kind.CHOICE, Kind.CHOICES) else None
    key = added(manager, kind, options=options).key
    value = next(iter(manager.staff)) if value == "me" else value
    row = written(register, **{key: value})[1]
    written(register, n=2, **{key: OTHERS[kind]})
    tree = {"field": key, "is": operator} | ({} if operand is None else {"value": operand})
    assert found(register, manager, tree) == [row]


def test_a_list_shows_sorts_adds_up_and_finds_by_it(register, manager, as_):
    amount = added(manager, Kind.AMOUNT, label="定金").key
    source = added(manager, label="暗号", searched=True).key
    small = written(register, n=1, **{amount: "9000", source: "山高水长"})[1]
    large = written(register, n=2, **{amount: "80000"})[1]
    none = written(register, n=3)[1]
    assert found(register, manager, {}, ordering=amount) == [small, large, none]
    assert found(register, manager, {}, ordering=f"-{amount}") == [large, small, none]
    assert list(register.finding(register.model.rows.all(), "高水")) == [small]
    browser = as_(manager.user)
    columns = {"columns": ["name", amount, source]}
    assert browser.post(at("arrange"), columns).status_code == 302
    page = browser.get(at("index")).content.decode()
    assert "定金" in page and "89,000.00" in page and "山高水长" in page and "暗号" in page
    operations.archive(register.fields[amount].definition, manager, "不再用")
    assert "定金" not in browser.get(at("index")).content.decode()
    refused = browser.get(at("index"), {"ordering": amount})
    assert refused.status_code == 422 and amount in refused.content.decode()
    with pytest.raises(NotUnderstood):
        conditions.read(register, manager, {"field": amount, "is": "at_least", "value": "1"})


@pytest.mark.django_db(transaction=True)
def test_what_the_search_finds_follows_the_field(register, manager):
    definition = added(manager, label="暗号")
    row = written(register, **{definition.key: "山高水长"})[1]
    rows = register.model.rows.all()
    assert not register.finding(rows, "高水")
    operations.prepare(definition, {"searched": True}, manager)
    operations.release(definition, manager)
    drain()
    assert list(register.finding(rows, "高水")) == [row]
    operations.archive(definition, manager, "不再用")
    drain()
    assert not register.finding(rows, "高水")


def test_form_page_history_and_restore(register, manager, as_):
    note = added(manager, label="暗号", section="到访", help_text="客户说的第一句话").key
    total = added(manager, Kind.COMPUTED, label="双倍年龄", gives=Kind.INTEGER, expression="{age} * 2").key
    row = written(register, age=30)[1]
    browser = as_(manager.user)
    form = browser.get(at("edit", row)).content.decode()
    assert f'name="{note}"' in form and "客户说的第一句话" in form and f'name="{total}"' not in form and "60" in form
    for version, text in ((1, "芝麻"), (2, "开门")):
        posted = {"name": row.name, "phone": "", "age": 30, note: text, "_version": version}
        posted |= {"owner_consultant": row.owner_consultant.public_id}
        answer = browser.post(at("edit", row), posted)
        assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(at("record", row)).content.decode()
    assert "暗号" in page and "开门" in page and "双倍年龄" in page
    timeline = browser.get(at("timeline", row)).content.decode()
    assert "芝麻" in timeline and "开门" in timeline
    assert browser.post(at("restore", row, 2), {"field": note, "_reason": "改回"}).status_code == 302
    row.refresh_from_db()
    assert register.fields[note].raw(row) == "芝麻" and register.fields[total].raw(row) == 60


def test_the_api_serves_and_takes_it_under_added(register, manager, as_):
    day = added(manager, Kind.DAY, label="生效日").key
    choice = added(manager, Kind.CHOICE, label="来路", options=OPTIONS).key
    friend = added(manager, Kind.RECORD, label="介绍人", target="customer").key
    total = added(manager, Kind.COMPUTED, label="双倍", gives=Kind.INTEGER, expression="{age} * 2").key
    other, row = written(register, n=1)[1], written(register, n=2, age=7)[1]
    browser, url = as_(manager.user), f"/api/v1/customer/{row.public_id}/"

    def send(version, values):
        body = json.dumps({"version": version, "values": {"added": values}})
        return browser.patch(url, body, content_type="application/json")

    told = {field["key"]: field for field in browser.get("/api/v1/customer/fields/").json()}
    assert told[choice]["choices"] == {"o1": "地铁口", "o2": "老客户介绍"} and told[total]["computed"]
    answer = send(1, {day: "2025-06-02", choice: "o2", friend: other.public_id})
    assert answer.status_code == 200, answer.text
    assert answer.json()["added"] == {
        day: "2025-06-02", choice: "o2", friend: {"id": other.public_id, "name": "陈予安"}, total: 14,
    }  # fmt: skip
    assert send(2, {day: None, friend: None}).json()["added"] == {day: None, choice: "o2", friend: None, total: 14}
    for wrong in ({"nothing": 1}, {total: 3}, {day: {"a": 1}}, {day: "gestern"}, {choice: "o9"}, {friend: "zzz"}):
        refused = send(3, wrong)
        assert refused.status_code == 422 and list(refused.json()["errors"]) == list(wrong), refused.text
    tree = {"field": day, "is": "on", "value": "2025-06-02"}
    found = browser.post("/api/v1/customer/search/", json.dumps({"conditions": tree}), "application/json").json()
    assert found["items"] == []


def test_files_carry_it_out_and_in(register, manager, as_, tmp_path):
    from backoffice.registers.imports.resources import resource_of
    from backoffice.registers.imports.shell import open_batch, write_batch

    choice = added(manager, Kind.CHOICE, label="来路", options=OPTIONS).key
    row = written(register, **{choice: "o1"})[1]
    browser = as_(manager.user)
    answer = browser.post(at("export"), {"columns": "all", "kind": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "来路" in text.splitlines()[0] and "地铁口" in text.splitlines()[1]
    template = browser.get("/admin/imports/to/customer/template/")
    book = openpyxl.load_workbook(BytesIO(b"".join(template.streaming_content)))
    assert "来路" in [cell.value for cell in book.worksheets[0][1]]
    assert choice in resource_of(register).fields
    sheet = tmp_path / "客户.csv"
    sheet.write_text(f"姓名,电话,来路\n陈予安,{row.phone},老客户介绍\n", encoding="utf-8")
    batch, _viewer = open_batch(register, sheet, site=org.site())
    assert batch.counts["importable"] == 1
    write_batch(batch)
    row.refresh_from_db()
    assert register.fields[choice].raw(row) == "o2"
    operations.archive(register.fields[choice].definition, manager, "不再用")
    assert choice not in resource_of(register).fields


def test_custom_links_cost_lists_the_same_queries_for_one_row_and_twenty(register, manager, as_):
    friend = added(manager, Kind.RECORD, label="介绍人", target="customer").key
    helper = added(manager, Kind.STAFF, label="协助").key
    target = written(register, n=900)[1]
    browser = as_(manager.user)
    browser.post(at("arrange"), {"columns": ["name", friend, helper]})
    counts = []
    for rows in (range(1), range(1, 20)):
        values = {"name": "陈", "site": org.site(), "owner_consultant": org.staff(), friend: target}
        writes = [Write(values=values | {"phone": f"1990000{n:04d}", helper: org.staff()}) for n in rows]
        apply(register, writes, act=org.by_system())
        for url in (at("index"), "/api/v1/customer/", at("related", target)):
            browser.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert "陈" in browser.get(url).content.decode("unicode_escape" if "api" in url else "utf-8")
            counts.append(len(asked))
    assert counts[:3] == counts[3:]


def test_viewers_of_one_register_share_nothing_with_another(register, manager):
    key = added(manager).key
    assert key not in viewer_register("site").fields


def viewer_register(code):
    from backoffice.registers import catalogue

    return catalogue.get(code)


class TestAudience:
    """A field for some roles does not exist for the others, on any way out or in."""

    @pytest.fixture
    def key(self, register, manager):
        return added(manager, label="底价心理", audience=["SM", "GM"], required=True).key

    @pytest.fixture
    def li(self, register):
        return org.person("PC", name="李思远")

    def test_neither_seen_nor_filtered_nor_sorted_nor_exported(self, register, manager, key, li, as_):
        row = written(register, owner_consultant=li.staff, **{key: "一百八十万"})[1]
        viewer, browser = viewer_of(li), as_(li)
        assert register.value(row, key, viewer) is None and register.value(row, key, manager) == "一百八十万"
        tree = {"f": json.dumps({"all": [{"field": key, "is": "filled"}]})}
        api = f"/api/v1/customer/{row.public_id}/"
        pages = [at("record", row), at("edit", row), at("timeline", row), at("index"), at("conditions"), at("add")]
        pages += [api, f"{api}history/", "/api/v1/customer/fields/", "/api/v1/customer/"]
        for url in pages:
            text = json.dumps(browser.get(url).content.decode()) + browser.get(url).content.decode()
            assert "底价心理" not in text and "一百八十万" not in text and key not in text, url
        assert "\u5e95" not in browser.get(f"{api}history/").content.decode()
        for asked in ({"ordering": key}, tree):
            answer = browser.get(at("index"), asked)
            assert answer.status_code == 422 and "底价心理" not in answer.content.decode()
        browser.post(at("arrange"), {"columns": ["name", key]})
        assert "底价心理" not in browser.get(at("index")).content.decode()
        browser = as_(manager.user)
        assert "一百八十万" in browser.get(at("record", row)).content.decode()

    def test_neither_set_nor_asked_for(self, register, key, li, as_):
        row = written(register, owner_consultant=li.staff, **{key: "甲"})[1]
        browser = as_(li)
        body = json.dumps({"version": 1, "values": {"added": {key: "乙"}}})
        answer = browser.patch(f"/api/v1/customer/{row.public_id}/", body, content_type="application/json")
        assert answer.status_code == 422 and list(answer.json()["errors"]) == [key]
        posted = {"name": "林叶", "phone": row.phone, key: "乙", "_version": 1}
        posted |= {"owner_consultant": li.staff.public_id}
        assert browser.post(at("edit", row), posted).status_code == 302
        row.refresh_from_db()
        assert (row.name, row.custom[key]) == ("林叶", "甲")
        posted |= {"phone": "19900005555"}
        assert browser.post(at("add"), posted).status_code == 302
        assert register.model.rows.get(name="林叶", phone="19900005555").custom == {}

    def test_the_door_itself_refuses(self, register, key, li):
        from backoffice.registers.changes import Act, Denied

        row = written(register, owner_consultant=li.staff, **{key: "甲"})[1]
        for wish in (Write(row=row, values={key: "乙"}), Write(values={"name": "林", key: "乙"})):
            with pytest.raises(Denied):
                apply(register, [wish], act=Act(li, "form", viewer=viewer_of(li)))

    def test_a_file_column_of_that_name_is_read_by_nobody_else(self, register, manager, key, li):
        from backoffice.registers.imports.layouts import layout_of

        names = [{field.name for field in layout_of(register, viewer).fields} for viewer in (manager, viewer_of(li))]
        assert [key in found for found in names] == [True, False]

    def test_a_formula_shows_nothing_to_those_who_may_not_see_what_it_reads(self, register, manager):
        from django.core.exceptions import ValidationError

        price = added(manager, Kind.AMOUNT, label="底价", audience=["SM"])
        formula = {"gives": Kind.AMOUNT, "expression": "{底价} * 2"}
        with pytest.raises(ValidationError) as refused:
            added(manager, Kind.COMPUTED, label="两倍底价", **formula)
        assert list(refused.value.message_dict) == ["audience"]
        added(manager, Kind.COMPUTED, label="两倍底价", audience=["SM"], **formula)
        with pytest.raises(ValidationError):
            operations.prepare(price, {"audience": ["GM"]}, manager)
        with pytest.raises(ValidationError):
            operations.archive(price, manager, "不再用")
