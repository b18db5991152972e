"""The page of a customer in a browser: files, comments, versions, two people at one form, the way through a list."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PUBLIC_ID = r"[0-9a-z]{12}"


def photo(colour):
    target = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(target, "JPEG")
    return {"name": f"现场-{colour}.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def open_customer(page, number=0):
    """Opens a customer from the list; its own address, without the list's token."""
    page.goto("/admin/r/customer/")
    page.locator(".register-table tbody tr td:first-child a, .register-table tbody tr th a").nth(number).click()
    expect(page).to_have_url(re.compile(rf"/admin/r/customer/{PUBLIC_ID}/"))
    return re.match(rf".*/admin/r/customer/{PUBLIC_ID}/", page.url)[0]


def test_files_are_attached_dropped_seen_and_removed(login, axe, shot, tolerated):
    tolerated.append("422")
    page = login("sm")
    url = open_customer(page, 2)
    page.goto(url + "files/")
    page.locator("#files-chosen").set_input_files(
        [photo("teal"), {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    expect(page.locator("[data-file-names] li")).to_have_count(2)
    page.locator("#files-reason").fill("签约当天")
    page.locator("[data-file-send]").click()
    expect(page.locator(".file-list__file")).to_have_count(2)
    expect(page.locator(".file-list__picture img")).to_have_js_property("complete", True)
    page.locator("#files-chosen").set_input_files(
        [photo("olive"), {"name": "图.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}]
    )
    page.locator("[data-file-send]").click()
    expect(page.locator(".mistakes li")).to_have_count(1)
    expect(page.locator(".file-list__file")).to_have_count(3)
    axe(page)
    shot(page, "record-files")
    with page.expect_download() as download:
        page.locator(".file-list__name a", has_text="合同.pdf").click()
    assert download.value.suggested_filename == "合同.pdf"
    page.locator(".file-list__file", has_text="olive").locator("a.button").click()
    axe(page)
    page.locator("#deed-reason").fill("传错了")
    page.locator(".reason-form button[type=submit]").click()
    expect(page.locator(".file-list__file.is-removed")).to_contain_text("传错了")
    page.goto(url + "timeline/")
    page.locator(".timeline-kinds a[href*='kind=files']").click()
    expect(page.locator(".timeline__entry")).to_have_count(4)
    axe(page)
    shot(page, "record-timeline-files")


def test_a_comment_names_somebody_who_finds_it_on_their_first_page(login, axe, shot, tolerated):
    tolerated.append("422")
    page, colleague = login("sm"), login("bo")
    url = open_customer(page, 3)
    page.goto(url + "comments/")
    box = page.locator("#comment-text")
    box.press_sequentially("请核对付款方式 @应")
    expect(page.locator("#comment-people li")).to_have_text(["应细细"])
    axe(page)
    page.keyboard.press("Enter")
    expect(box).to_have_value("请核对付款方式 @应细细 ")
    box.press_sequentially("，电话 19900004321")
    page.locator(".comment-form button[type=submit]").click()
    axe(page)
    shot(page, "record-comment-number")
    page.locator("[name=numbers_meant]").check()
    page.locator(".comment-form button[type=submit]").click()
    expect(page.locator(".comments__text")).to_contain_text("19900004321")
    page.locator(".comments__deeds a").click()
    axe(page)
    box.fill("请核对付款方式和首付 @应细细，电话 19900004321，见 https://example.com/")
    page.locator(".comment-form button[type=submit]").click()
    page.locator("[name=numbers_meant]").check()
    page.locator(".comment-form button[type=submit]").click()
    colleague.goto("/admin/")
    expect(colleague.locator(".home-mentions .is-new")).to_have_count(1)
    axe(colleague)
    shot(colleague, "home-mentions")
    colleague.locator(".home-mentions li a").click()
    expect(colleague.locator(".comments__text")).to_contain_text("199****4321")
    axe(colleague)
    shot(colleague, "record-comments")


def test_versions_are_compared_and_one_field_comes_back(login, axe, shot):
    page = login("sm")
    url = open_customer(page, 4)
    for remark, occupation in (("第一次", "教师"), ("第二次", "医生")):
        page.goto(url + "edit/")
        page.locator("[name=remark]").fill(remark)
        page.locator("[name=occupation]").fill(occupation)
        page.locator("#w-editor-form button[type=submit]").click()
        expect(page).to_have_url(url)
    page.goto(url + "timeline/")
    page.locator(".timeline__links a[href*=compare]").first.click()
    expect(page.locator(".differences tbody tr")).to_have_count(2)
    axe(page)
    shot(page, "record-compare")
    page.locator("a[href*='field=remark']").click()
    expect(page.locator("[name=field]:checked")).to_have_count(1)
    axe(page)
    shot(page, "record-restore")
    page.locator("#deed-reason").fill("写错了")
    page.locator(".reason-form button[type=submit]").click()
    expect(page.locator("[data-value=remark]")).to_have_text("第一次")
    expect(page.locator("[data-value=occupation]")).to_have_text("医生")


def test_an_open_form_is_seen_by_others_and_the_list_leads_on(login, axe, shot):
    first, second = login("sm"), login("bo")
    url = open_customer(first, 5)
    axe(first)
    shot(first, "record-from-list")
    first.locator(".record-trail [rel=next]").click()
    expect(first).not_to_have_url(re.compile(url))
    expect(first.locator(".record-trail [rel=prev]")).to_have_attribute("href", re.compile(url.split("/")[-2]))
    first.goto(url + "edit/")
    second.goto(url + "edit/")
    expect(second.locator(".editing-now")).to_contain_text("方知行")
    axe(second)
    shot(second, "record-editing-now")
    first.goto(url)
    second.reload()
    expect(second.locator(".editing-now")).to_have_count(0)
