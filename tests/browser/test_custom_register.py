"""A manager makes “礼品领用” with six fields, two states and an import, without anybody who programs."""

import re

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE

# Name, kind in the picker, options, whether it has to be filled in.
FIELDS = [
    ("数量", "整数", "", True),
    ("用途", "单选", "到访礼、成交礼、节日礼", True),
    ("客户姓名", "单行文字", "", False),
    ("领用说明", "多行文字", "", False),
    ("预计归还", "日期", "", False),
    ("需要签收", "是否", "", False),
]
LINES = [
    ["礼品名称", "经办人", "日期", "数量", "用途", "客户姓名"],
    ["定制雨伞", None, "2025-06-12", 2, "到访礼", "陈予安"],
    ["茶具", None, "2025-06-13", 1, "成交礼", "林书砚"],
    ["挂历", None, "2025-06-14", 30, "节日礼", None],
]


def describe(page):
    """Fills in the form of the register, from the top to the bottom."""
    page.locator("[name=label]").fill("礼品领用")
    page.locator("[name=code]").fill("gifts")
    page.locator("[name=menu]").select_option(label="物料与资产")
    page.locator("[name=title]").fill("礼品名称")
    for place, (label, kind, options, required) in enumerate(FIELDS):
        page.get_by_role("button", name="新增字段").click()
        row = page.locator("[data-made-field]").nth(place)
        row.get_by_label("字段名称").fill(label)
        row.get_by_label("字段类型").select_option(label=kind)
        if options:
            row.get_by_label(re.compile("^选项")).fill(options)
        if required:
            row.get_by_label("必填").check()
    for place, name in enumerate(("待领", "已领")):
        page.get_by_role("button", name="新增状态").click()
        page.get_by_label("状态名称").nth(place).fill(name)
    page.get_by_role("button", name="新增流转").click()
    page.get_by_label("从哪个状态").select_option(label="待领")
    page.get_by_label("到哪个状态").select_option(label="已领")
    page.get_by_label("按钮文字").fill("发放")
    page.locator("[name=prefix]").fill("LP")


def test_a_manager_makes_a_register_fills_it_from_a_file_and_hands_out_a_gift(login, axe, shot, tmp_path):
    page = login("sm")
    page.goto("/admin/custom/")
    axe(page)
    shot(page, "custom-empty")
    page.get_by_role("link", name="新建台账").first.click()
    describe(page)
    expect(page.locator("[data-example]")).to_have_text(re.compile(r"LP-A-\d{4}-0001"))
    axe(page)
    shot(page, "custom-form")
    page.get_by_role("button", name="保存并查看").click()
    expect(page.get_by_text("待领 → 已领").first).to_be_visible()
    axe(page)
    shot(page, "custom-release")
    page.get_by_role("button", name="发布").click()

    expect(page).to_have_url(re.compile("/admin/r/gifts/"))
    shot(page, "custom-list-empty")
    page.set_viewport_size(DESKTOP)
    path = tmp_path / "礼品领用.xlsx"
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    book.save(path)
    page.goto("/admin/imports/to/gifts/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name=re.compile("上传")).click()
    expect(page.locator(".import-figures")).to_be_visible(timeout=60_000)
    expect(page.locator(".import-figure--create strong")).to_have_text("3")
    shot(page, "custom-import")
    page.get_by_role("button", name=re.compile("写入|导入")).first.click()
    expect(page.get_by_role("link", name=re.compile("撤销"))).to_be_visible(timeout=60_000)

    page.goto("/admin/r/gifts/")
    expect(page.locator(".register-table tbody tr")).to_have_count(3)
    axe(page)
    shot(page, "custom-list")
    page.locator(".register-table tbody tr td a").last.click()
    expect(page.get_by_text(re.compile(r"LP-\w+-\d{4}-0001")).first).to_be_visible()
    page.get_by_role("button", name="发放").click()
    expect(page.locator(".record-state")).to_have_text("已领")
    expect(page.get_by_role("button", name="发放")).to_have_count(0)
    axe(page)
    shot(page, "custom-record")

    phone = login("sm", size=PHONE)
    phone.goto("/admin/r/gifts/new/")
    phone.get_by_label("礼品名称").fill("抱枕")
    phone.get_by_label("数量").fill("4")
    phone.get_by_label("用途").select_option(label="到访礼")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator(".record-state")).to_have_text("待领")
    # The other tests share this site: the register becomes an archive and leaves the menu.
    page.goto("/admin/custom/gifts/close/")
    page.get_by_label("原因").fill("只是试用")
    page.get_by_role("button", name="停用台账").click()
    expect(page.get_by_text("已停用").first).to_be_visible()
