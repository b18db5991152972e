"""An editor changes a rule, a manager approves it, everybody reads it, and the old text stays readable."""

import re

import pytest
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
SECTION = "/handbook/handbook/3.4/"
OLD, NEW = "铃响", "本条由浏览器测试修改：接听前先深呼吸。"


@pytest.fixture
def edit_url(served):
    """Where section 3.4 of the demo handbook is edited."""
    code = (
        "from workflows.releases.models import Release; print(Release.objects.filter(label='3.4').first().object_id)"
    )
    pk = served.manage("shell", "--no-imports", "-c", code).strip().splitlines()[-1]
    return f"/admin/pages/{pk}/edit/"


def actions(page):
    """The footer of the editor with its menu open."""
    page.locator("footer button[data-w-dropdown-target=toggle]").click()
    return page.locator("footer")


def test_from_an_edit_to_the_reader(login, edit_url, shot, axe):
    editor = login("edt")
    editor.goto(edit_url)
    editor.locator("#body-0-value-heading").fill(NEW)
    editor.locator("#id_change_summary").fill("接听礼仪写得更清楚")
    shot(editor, "editor-section")
    expect(actions(editor).get_by_role("button", name=re.compile("发布审批"))).to_be_visible()
    editor.get_by_role("button", name=re.compile("发布审批")).click()
    expect(editor.locator(".messages .success")).to_be_visible()

    reader = login("pc1", size=PHONE)
    reader.goto(SECTION)
    expect(reader.locator("main")).to_contain_text(OLD)
    expect(reader.locator("main")).not_to_contain_text(NEW)

    # The writer cannot help themselves: the text is locked, with the reason beside it.
    editor.goto(edit_url)
    expect(editor.locator(".messages")).to_contain_text("接听礼仪写得更清楚")
    expect(editor.get_by_role("button", name=re.compile("^批准|^同意|^Approve"))).to_have_count(0)

    manager = login("sm")
    expect(manager.locator("main")).to_contain_text("说话与电话")
    shot(manager, "manager-dashboard")
    manager.goto(edit_url)
    manager.locator(".messages a[href$='/changes/']").click()
    expect(manager.locator("main")).to_contain_text(NEW)
    shot(manager, "manager-compares")
    manager.goto(edit_url)
    shot(manager, "manager-decides")
    manager.locator("footer [data-workflow-action-name=approve]").first.click()
    expect(manager.locator(".messages .success")).to_be_visible()

    reader.goto(SECTION)
    expect(reader.locator("main")).to_contain_text(NEW)
    shot(reader, "portal-section")
    axe(reader)
    reader.get_by_role("link", name=re.compile("第 1 版|Version 1")).click()
    expect(reader.locator('.note--warning a[href="/handbook/handbook/3.4/"]')).to_be_visible()
    expect(reader.locator("main")).not_to_contain_text(NEW)
    shot(reader, "portal-old-version")
    axe(reader)


def test_a_script_is_found_while_the_customer_waits(login, shot, axe):
    page = login("pc1", size=PHONE)
    page.goto("/scripts/")
    field = page.locator("#words")
    expect(field).to_be_focused()
    everything = page.locator("details.script:visible").count()
    field.fill("均价")
    found = page.locator("details.script:visible")
    expect(found.first).to_contain_text(re.compile("钱|价"))
    assert 0 < found.count() < everything
    field.press("Enter")
    expect(page.locator("details.script[open]")).to_have_count(1)
    expect(page.locator("details.script[open]")).to_contain_text("16800")
    shot(page, "portal-scripts")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("details.script:visible")).to_have_count(everything)
    field.fill("没有这样的词")
    expect(page.locator("[data-none]")).to_be_visible()


def test_the_portal_on_a_phone_and_on_a_desk(login, shot, axe):
    page = login("pc1")
    for name, path in (
        ("home", "/"),
        ("handbook", "/handbook/handbook/"),
        ("search", "/search/?q=付款"),
        ("courses", "/courses/"),
        ("course", "/courses/C-01/"),
    ):
        page.goto(path)
        shot(page, f"portal-{name}")
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        axe(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/courses/C-01/")
    page.get_by_role("link", name=re.compile("开始|Start")).click()
    page.get_by_role("button").filter(has_text=re.compile("下一|next")).click()
    page.goto("/courses/C-01/")
    expect(page.locator(".lessons .is-done")).to_have_count(1)
