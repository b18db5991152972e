"""The ways in, and the parts of Wagtail's forms that start without inline scripts."""

import re

import pytest
from playwright.sync_api import expect

PASSWORD = "only-for-this-test-8391"


@pytest.fixture(scope="module")
def superuser(served):
    """Sees every screen of Wagtail that is not closed."""
    served.manage(
        "shell",
        "-v0",
        "-c",
        "from django.contrib.auth import get_user_model as model;"
        f"model().objects.create_superuser('browser-root', 'root@example.com', '{PASSWORD}')",
    )
    return "browser-root"


def test_the_login_page_is_chinese_plain_and_open_to_all(page, shot, axe):
    page.goto("/admin/")
    expect(page).to_have_url(re.compile(r"/admin/login/\?next=/admin/"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.get_by_label("Remember me")).to_have_count(0)
    axe(page)
    shot(page, "login")


def test_wrong_passwords_close_the_door_for_a_while(page, tolerated, shot):
    tolerated.append("403")
    page.goto("/admin/login/")
    for _attempt in range(5):
        page.fill("input[name=username]", "nobody")
        page.fill("input[name=password]", "wrong")
        page.click("button[type=submit]")
        page.wait_for_load_state()
    expect(page.locator("h1")).to_contain_text(re.compile("失败|failed"))
    shot(page, "locked-out")


def test_the_dashboard_opens_without_a_violation(login, superuser, shot):
    page = login(superuser, PASSWORD)
    expect(page.locator("#main")).to_be_visible()
    shot(page, "dashboard")


def test_date_pickers_open(login, superuser):
    page = login(superuser, PASSWORD)
    page.goto("/admin/reports/workflow/")
    page.locator("#filters-drilldown [data-w-dropdown-target=toggle]").first.click()
    page.locator("[aria-controls=drilldown-created_at], [aria-controls*=created_at]").first.click()
    page.locator("input[name=created_at_from]").click()
    expect(page.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)


def test_inline_panels_and_choosers_start(login, superuser):
    page = login(superuser, PASSWORD)
    page.goto("/admin/workflows/add/")
    page.locator("#id_workflow_tasks-ADD").click()
    row = page.locator("#id_workflow_tasks-0-task-chooser")
    expect(row).to_be_visible()
    row.get_by_role("button").first.click()
    expect(page.locator(".modal-content")).to_be_visible()
