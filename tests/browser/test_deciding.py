"""Every kind of text goes from its writer over the button in the editor to its reader."""

import re

import pytest
from playwright.sync_api import expect

APPROVE = "footer [data-workflow-action-name=approve]"
HOME = re.compile(r"/admin/$")


@pytest.fixture
def edit_url(served):
    """`edit_url(kind, label)`: where the demo text released under `label` is edited."""

    def find(kind, label):
        code = (
            "from workflows.releases.models import Release; "
            f"print(next(r.object_id for r in Release.objects.filter(label='{label}') if r.kind == '{kind}'))"
        )
        pk = served.manage("shell", "--no-imports", "-c", code).strip().splitlines()[-1]
        return f"/admin/scripts/edit/{pk}/" if kind == "script" else f"/admin/pages/{pk}/edit/"

    return find


def submit(page, url, summary):
    page.goto(url)
    page.locator("#id_change_summary").fill(summary)
    page.locator("footer button[data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name=re.compile("发布审批")).click()
    expect(page.locator(".messages .success")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "label", "writer", "decider"),
    [("script", "PH-02", "edt", "sm"), ("course", "C-03", "trn", "sm"), ("section", "3.5", "edt", "sm")],
)
def test_approve_in_the_editor(login, edit_url, shot, axe, kind, label, writer, decider):
    url = edit_url(kind, label)
    submit(login(writer), url, f"只改了这一句说明（{label}）")
    page = login(decider)
    page.goto(url)
    page.locator(APPROVE).first.click()
    expect(page).to_have_url(HOME)
    expect(page.locator(".messages .success")).to_contain_text("已批准")
    expect(page.locator(".messages .success")).to_contain_text("发布为第")
    expect(page.locator(".messages .error, .messages .warning")).to_have_count(0)
    shot(page, f"decided-{kind}")
    axe(page)


def test_approve_with_a_comment_in_the_editor(login, edit_url):
    url = edit_url("script", "PH-03")
    submit(login("edt"), url, "措辞更清楚")
    page = login("sm")
    page.goto(url)
    page.locator("footer button[data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name=re.compile("批准并附意见")).click()
    dialog = page.locator(".modal-dialog, [role=dialog]").filter(has=page.locator("textarea")).first
    dialog.locator("textarea").fill("同意，措辞很好")
    dialog.locator("[type=submit]").click()
    expect(page).to_have_url(HOME)
    expect(page.locator(".messages .success")).to_contain_text("已批准")
