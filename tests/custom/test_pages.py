"""The screens on which a manager makes a register, and the 404 they are for everybody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.custom import operations
from backoffice.custom.models import RegisterDefinition
from backoffice.registers import catalogue
from tests.organisation import factories as org

from .factories import manager, prepared

pytestmark = pytest.mark.django_db

FILLED = {
    "label": "钥匙借用",
    "label_en": "Keys lent",
    "code": "keys",
    "menu": "premises",
    "icon": "key",
    "title": "钥匙",
    "use_owner": "on",
    "name_owner": "借用人",
    "at_site": "on",
    "prefix": "YS",
    "by_year": "on",
    "by_site": "on",
    "width": "3",
    "key": ["title"],
    "newest_first": "on",
    "field_row": ["0", "1"],
    "field_label": ["房号", "押金"],
    "field_kind": ["text", "choice"],
    "field_options": ["", "已收，未收"],
    "field_required": ["0"],
    "field_listed": ["0", "1"],
    "state_code": ["s1", "s2"],
    "state_zh": ["借出", "归还"],
    "state_en": ["", ""],
    "move_row": ["7"],
    "move_source": ["s1"],
    "move_target": ["s2"],
    "move_label": ["收回"],
    "move_roles_7": ["SM", "BO"],
    "view_SM": "A",
    "letters_SM": ["c", "e", "a", "x", "g"],
    "view_BO": "A",
    "letters_BO": ["c", "e"],
}


def test_the_first_visit_invites_and_the_form_becomes_a_register(as_):
    org.site()
    browser = as_(org.person("SM"))
    assert reverse("custom_new") in browser.get(reverse("custom")).text
    assert browser.get(reverse("custom_new")).status_code == 200
    answer = browser.post(reverse("custom_new"), FILLED)
    assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(answer["Location"]).text
    assert "YS-A-" in page and "借出 → 归还" in page
    assert "keys" not in catalogue_codes()
    answer = browser.post(reverse("custom_release", args=["keys"]), {"_reason": "开始使用"})
    assert answer["Location"] == "/admin/r/keys/"
    register = catalogue.get("keys")
    assert [str(column.label) for column in register.list_columns] == [
        "编号",
        "钥匙",
        "状态",
        "借用人",
        "房号",
        "押金",
    ]
    assert browser.get("/admin/r/keys/new/").status_code == 200
    assert "钥匙借用" in browser.get(reverse("custom")).text
    assert "开始使用" in browser.get(reverse("custom_history", args=["keys"])).text


def catalogue_codes():
    return [register.code for register in catalogue.registers()]


def test_mistakes_stand_on_the_page_and_nothing_typed_is_lost(as_):
    browser = as_(org.person("SM"))
    wrong = FILLED | {"label": "", "field_options": ["", ""], "letters_BO": ["c"]}
    answer = browser.post(reverse("custom_new"), wrong)
    assert answer.status_code == 422 and not RegisterDefinition.objects.exists()
    assert "房号" in answer.text and "归还" in answer.text and "收回" in answer.text
    answer = browser.post(reverse("custom_new"), FILLED | {"letters_BO": ["c"]})
    assert answer.status_code == 422 and "收回" in " ".join(answer.context["form"].non_field_errors())


def test_what_is_in_force_is_changed_by_a_draft_with_its_differences(as_):
    org.site()
    viewer = manager()
    operations.release(prepared(viewer=viewer), viewer)
    browser = as_(viewer.user)
    page = browser.get(reverse("custom_definition", args=["gifts"]))
    assert page.status_code == 200
    posted = page_as_posted(page.context["form"]) | {"label": "礼品台账"}
    answer = browser.post(reverse("custom_definition", args=["gifts"]), posted)
    assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(reverse("custom_release", args=["gifts"]))
    assert [step.new for step in page.context["steps"]] == ["礼品台账 · Gifts handed out"]
    assert browser.post(reverse("custom_discard", args=["gifts"])).status_code == 302
    assert RegisterDefinition.objects.get().draft == {}
    assert browser.post(reverse("custom_close", args=["gifts"]), {"_reason": ""}).status_code == 422
    assert browser.post(reverse("custom_close", args=["gifts"]), {"_reason": "停用"}).status_code == 302
    assert browser.post(reverse("custom_reopen", args=["gifts"]), {"_reason": "又用"}).status_code == 302


def page_as_posted(form):
    """What the browser would post for an untouched page."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is True:
            value = "on"
        if value not in (None, False):
            data[bound.html_name] = value
    rows = form.states()
    data |= {"state_code": [s.code for s in rows], "state_zh": [s.name.zh for s in rows]}
    data |= {"state_en": [s.name.en for s in rows]}
    moves = form.moves()
    data |= {"move_row": [m.number for m in moves], "move_label": [m.label for m in moves]}
    data |= {"move_source": [m.source for m in moves], "move_target": [m.target for m in moves]}
    data |= {f"move_roles_{m.number}": list(m.roles) for m in moves}
    for right in form.rights():
        data |= {f"view_{right.role.value}": right.view, f"letters_{right.role.value}": sorted(right.letters)}
    return data


@pytest.mark.parametrize("role", ["PC", "GM", "BO", "AUD", "CHN"])
def test_nobody_else_knows_of_these_screens(as_, role):
    org.site()
    viewer = manager()
    prepared(viewer=viewer)
    browser = as_(org.person(role))
    for name, args in (
        ("custom", []),
        ("custom_new", []),
        *((f"custom_{name}", ["gifts"]) for name in ("definition", "release", "close", "reopen", "history")),
    ):
        url = reverse(name, args=args)
        assert browser.get(url).status_code in (302, 404) and "礼品" not in browser.get(url).text
        assert browser.post(url, FILLED).status_code in (302, 404)
    assert browser.post(reverse("custom_discard", args=["gifts"])).status_code in (302, 404)
    assert RegisterDefinition.objects.get().released_at is None


def test_the_list_of_registers_costs_the_same_for_one_and_ten(as_):
    viewer = manager()
    operations.release(prepared(viewer=viewer, fields=()), viewer)
    browser = as_(viewer.user)
    browser.get(reverse("custom"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("custom"))
    for number in range(9):
        operations.release(prepared(f"gifts-{number}", viewer, label=f"礼品{number}", fields=()), viewer)
    browser.get(reverse("custom"))
    with CaptureQueriesContext(connection) as ten:
        page = browser.get(reverse("custom"))
    assert page.text.count("made__line") == 10 and len(ten) <= len(one)
