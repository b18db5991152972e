"""A manager adds a field in the browser and meets it in form, list, filter and export."""

import re

from playwright.sync_api import expect


def test_a_choice_added_by_a_manager_stands_in_form_list_filter_and_export(login, axe, shot):
    page = login("sm")
    page.goto("/admin/r/customer/")
    page.locator("header").locator("button[data-w-dropdown-target=toggle]").first.click()
    page.get_by_role("link", name="字段与选项").click()
    axe(page)
    page.get_by_role("link", name="新增字段").click()
    page.get_by_label("单选").check()
    page.get_by_label("中文名称").first.fill("来访方式")
    page.get_by_label("中文说明").fill("第一次到访是怎么来的")
    for place, option in enumerate(("自驾", "地铁", "看房车")):
        if place > 1:
            page.get_by_role("button", name="新增选项").click()
        page.locator("[name=option_label]").nth(place).fill(option)
    axe(page)
    shot(page, "field-form")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("看房车")).to_be_visible()
    shot(page, "field-release")
    page.get_by_label("原因").fill("统计到访渠道")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("link", name="来访方式")).to_be_visible()
    axe(page)
    shot(page, "fields")

    page.goto("/admin/r/customer/")
    page.locator(".register-table tbody tr td a").first.click()
    page.get_by_role("link", name="编辑").first.click()
    page.get_by_label("来访方式").select_option(label="地铁")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("地铁").first).to_be_visible()

    page.goto("/admin/r/customer/")
    page.locator("[data-opens=list-columns]").click()
    page.locator("#list-columns").get_by_label("来访方式", exact=True).check()
    page.locator("#list-columns [type=submit]").first.click()
    expect(page.get_by_role("columnheader", name=re.compile("来访方式"))).to_be_visible()
    page.locator("[data-opens=list-builder]").click()
    builder = page.locator("#list-builder")
    expect(builder.locator("[data-add-condition]").first).to_be_visible()
    if not builder.locator("[data-field]").count():
        builder.locator("[data-add-condition]").first.click()
    builder.locator("[data-field]").first.select_option(label="来访方式")
    builder.get_by_label("地铁").check()
    builder.locator("[value=apply]").click()
    expect(page.locator(".register-table tbody tr")).to_have_count(1)
    expect(page.locator(".register-table tbody tr")).to_contain_text("地铁")
    axe(page)
    shot(page, "field-in-list")

    page.goto(page.url.replace("/admin/r/customer/", "/admin/r/customer/export/"))
    page.get_by_label("文本").check()
    page.get_by_label("原因").fill("核对")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    heading, line = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "来访方式" in heading and "地铁" in line

    # The other tests share this site.
    page.goto("/admin/fields/customer/")
    page.get_by_role("link", name="来访方式").click()
    page.get_by_role("link", name="归档").click()
    page.get_by_label("原因").fill("只是试用")
    page.get_by_role("button", name="归档字段").click()
    expect(page.get_by_text("已归档的字段")).to_be_visible()
