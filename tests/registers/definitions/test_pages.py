"""The screens of “Fields and options”: what managers do there, and that nobody else finds them."""

import pytest
from django.urls import reverse

from backoffice.registers.definitions import operations
from backoffice.registers.definitions.models import FieldDefinition, Kind
from backoffice.registers.models import DictionaryEntry
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

from .conftest import added, written

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"definitions_{name}", args=["customer", *args])


def filled(**values):
    return {"kind": "choice", "label": "来路", "label_en": "Way", "section": ""} | values


@pytest.fixture
def browser(as_, manager):
    return as_(manager.user)


@pytest.mark.parametrize("role", ["PC", "SS", "GM", "AUD", None])
def test_who_does_not_configure_the_register_finds_no_page(register, manager, client, role):
    definition = added(manager)
    if role:
        org.sign_in(client, org.person(role))
    names = ["fields", "new"], ["field", "release", "archive", "back", "history", "convert"]
    urls = [page(name) for name in names[0]] + [page(name, definition.key) for name in names[1]]
    posts = [page(name) for name in ("new", "arrange", "trial")]
    posts += [
        page(name, definition.key) for name in ("field", "release", "discard", "archive", "back", "convert", "index")
    ]
    answers = [client.get(url) for url in urls] + [client.post(url, filled()) for url in posts]
    assert {answer.status_code for answer in answers} == ({404} if role else {302})
    assert role or all("/login/" in answer["Location"] for answer in answers)
    assert FieldDefinition.objects.count() == 1 and not DictionaryEntry.objects.filter(label="甲").exists()


def test_another_registers_field_is_not_found_here(register, manager, browser):
    definition = added(manager)
    FieldDefinition.objects.filter(pk=definition.pk).update(register="site")
    assert browser.get(page("field", definition.key)).status_code == 404
    assert browser.get(reverse("definitions_fields", args=["nothing"])).status_code == 404


def test_a_field_is_drafted_released_changed_archived_and_brought_back(register, manager, browser):
    options = {"option_code": ["", ""], "option_label": ["地铁口", "老客户"], "option_en": ["metro", ""]}
    answer = browser.post(page("new"), filled(**options))
    definition = FieldDefinition.objects.get()
    assert answer["Location"] == page("release", definition.key)
    assert definition.key not in register.fields
    seen = browser.get(answer["Location"]).content.decode()
    assert "地铁口 · metro" in seen and "来路" in seen
    assert browser.post(answer["Location"], {"_reason": ""}).status_code == 422
    assert browser.post(answer["Location"], {"_reason": "渠道要统计"}).status_code == 302
    assert f'name="{definition.key}"' in browser.get(at("add")).content.decode()
    options = {"option_code": ["o2", "o1"], "option_label": ["老客户介绍", "地铁口"], "option_en": ["", "metro"]}
    browser.post(page("field", definition.key), filled(required="on", option_retired="o1", **options))
    assert "老客户介绍" not in browser.get(at("add")).content.decode()
    seen = browser.get(page("release", definition.key)).content.decode()
    assert "老客户介绍" in seen
    browser.post(page("release", definition.key), {"_reason": "改名"})
    form = browser.get(at("add")).content.decode()
    assert "老客户介绍" in form and "地铁口" not in form
    history = browser.get(page("history", definition.key)).content.decode()
    assert "渠道要统计" in history and "改名" in history and "周建国" in history
    assert browser.post(page("archive", definition.key), {"_reason": "不用了"}).status_code == 302
    assert definition.key not in browser.get(at("add")).content.decode()
    assert browser.post(page("field", definition.key), filled(**options)).status_code == 404
    assert browser.post(page("back", definition.key), {"_reason": "又用"}).status_code == 302
    assert definition.key in browser.get(at("add")).content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": "姓名"}, "label"),
        ({"kind": "computed", "gives": "amount", "expression": "{没有} * 2"}, "expression"),
        ({"kind": "record", "target": ""}, "target"),
        ({"kind": "day", "default": "明天"}, "default"),
        ({"kind": "yes_no", "default": "也许"}, "default"),
        ({"kind": "file"}, "kind"),
    ],
)  # fmt: skip
def test_a_mistake_stands_beside_its_field_and_nothing_is_kept(register, browser, values, field):
    answer = browser.post(page("new"), filled(**values))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert not FieldDefinition.objects.exists()


def test_fields_are_arranged_by_button_and_by_drag(register, manager, browser):
    first, second = added(manager, label="甲"), added(manager, label="乙")
    order = [f"{first.key}|到访", f"{second.key}|到访"]
    browser.post(page("arrange"), {"order": order, "move": f"{second.key} up"})
    section = {str(heading): columns for heading, columns in register.layout}["到访"]
    assert [column.name for column in section][-2:] == [second.key, first.key]
    answer = browser.post(
        page("arrange"),
        {"order": [f"{first.key}|新区", f"{second.key}|到访"]},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.json()["said"]
    first.refresh_from_db()
    assert first.section == "新区" and first.history.first().history_user == manager.user


def test_a_formula_is_tried_on_a_record_in_reach(register, manager, browser):
    written(register, n=1, age=30)
    newest = written(register, n=2, age=20)[1]
    answer = browser.post(page("trial"), {"expression": "{年龄} ÷ 3", "gives": "quantity"}).json()
    assert (answer["result"], answer["after"]) == ("6.6667", newest.public_id)
    answer = browser.post(page("trial"), {"expression": "{年龄}/3", "gives": "quantity", "after": answer["after"]})
    assert answer.json()["result"] == "10.0000"
    closed = added(manager, Kind.INTEGER, label="底价", audience=["GM"])
    for formula in ("{手机号}", "{age} +", f"{{{closed.key}}} * 1"):
        assert browser.post(page("trial"), {"expression": formula, "gives": "text"}).status_code == 422


def test_a_draft_is_discarded(register, manager, browser):
    definition = added(manager)
    operations.prepare(definition, {"label": "别的名字"}, manager)
    browser.post(page("discard", definition.key))
    definition.refresh_from_db()
    assert definition.draft == {} and definition.in_force
    assert browser.get(page("release", definition.key)).status_code == 404


def test_the_list_leads_here(register, browser, as_):
    assert page("fields") in browser.get(at("index")).content.decode()
    assert page("fields") not in as_(org.person("PC")).get(at("index")).content.decode()
