"""The household of a customer: entered with the record, read with it, told in its timeline, at both widths."""

import re

from playwright.sync_api import expect

from .conftest import PHONE

LIST = "/admin/r/customer/"


def fits(page):
    """Nothing makes the page itself scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")


def test_a_household_is_entered_read_and_told(login, shot, axe):
    page = login("sm")
    page.goto(LIST)
    page.locator("table.register-table tbody a[href*='/admin/r/customer/']").first.click()
    page.get_by_role("link", name="编辑").first.click()
    add = page.get_by_role("button", name=re.compile("家庭成员"))
    add.click()
    page.locator("[name='householdmember-0-name']").fill("沈清遥")
    page.locator("[name='householdmember-0-relation']").select_option(label="配偶")
    page.locator("[name='householdmember-0-phone']").fill("19900077001")
    add.click()
    page.locator("[name='householdmember-1-name']").fill("沈小禾")
    page.locator("[name='householdmember-1-age']").fill("6")
    shot(page, "household-form")
    axe(page)
    page.get_by_role("button", name="保存").first.click()

    household = page.locator("section[aria-labelledby='part-householdmember']")
    expect(household).to_contain_text("沈清遥")
    expect(household).to_contain_text("199****7001")
    shot(page, "household-record")
    axe(page)
    page.get_by_role("link", name="时间轴").first.click()
    expect(page.locator("body")).to_contain_text("家庭成员 沈小禾")
    shot(page, "household-timeline")
    axe(page)
    page.set_viewport_size(PHONE)
    for screen in ("", "edit/", "timeline/"):
        page.goto(page.url.split("timeline/")[0].split("edit/")[0] + screen)
        assert fits(page), screen
