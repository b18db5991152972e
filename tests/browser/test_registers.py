"""The customer register in a browser: found without a trace, read, revealed, changed by two, voided, exported."""

import re

import pytest
from playwright.sync_api import expect

PHONE_WIDTH = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def names():
    """Demo logins by role code."""
    from backoffice.frontdoor.demo_logins import DEMO_LOGINS

    found = {}
    for name, _password, role in DEMO_LOGINS:
        found.setdefault(role, name)
    return found


def open_first_customer(page):
    page.goto("/admin/r/customer/")
    page.locator(".register-table tbody tr td:nth-child(3)").first.click()
    expect(page).to_have_url(re.compile(r"/admin/r/customer/[0-9a-z]{12}/$"))
    return page.url


def test_a_manager_finds_filters_and_opens_customers(login, names, axe, shot):
    page = login(names["SM"])
    page.goto("/admin/")
    axe(page)
    shot(page, "home")
    page.goto("/admin/r/customer/")
    axe(page)
    shot(page, "customers")
    name = page.locator(".register-table tbody tr td a").first.inner_text()
    page.locator("#list-search").press_sequentially(name)
    expect(page).to_have_url(re.compile(r"\?s=[\w-]+$"))
    expect(page.locator(".register-table tbody tr td a").first).to_have_text(name)
    assert name not in page.url
    page.locator("#list-search").fill("")
    expect(page).not_to_have_url(re.compile("s="))
    page.locator("#filters-drilldown [data-w-dropdown-target=toggle]").click()
    page.locator("[aria-controls=drilldown-filter-intent_grade]").click()
    page.locator("#drilldown-filter-intent_grade input").first.check()
    expect(page.locator(".w-pill")).to_have_count(1)
    expect(page).to_have_url(re.compile("intent_grade="))
    axe(page)
    page.keyboard.press("Escape")
    page.locator(".w-pill__remove").click()
    expect(page.locator(".w-pill")).to_have_count(0)
    open_first_customer(page)
    axe(page)
    shot(page, "customer")


def test_a_reveal_asks_for_a_reason_and_stays_in_the_timeline(login, names, axe, shot):
    page = login(names["SM"])
    url = open_first_customer(page)
    masked = page.locator("[data-value=phone]")
    expect(masked).to_have_text(re.compile(r"\*{4}"))
    page.locator("[data-reveal=phone]").click()
    axe(page)
    page.locator("#reveal-reason").fill("约定回访")
    page.keyboard.press("Enter")
    expect(masked).to_have_text(re.compile(r"^[\d-]+$"))
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.goto(url)
    expect(masked).to_have_text(re.compile(r"\*{4}"))
    page.goto(url + "timeline/")
    expect(page.locator(".timeline__entry").first).to_contain_text("约定回访")
    axe(page)
    shot(page, "customer-timeline")


def test_two_people_change_one_customer_and_nothing_is_lost(login, names, axe, shot, tolerated):
    tolerated.append("409")
    first, second = login(names["SM"]), login(names["BO"])
    url = open_first_customer(first)
    for page in (first, second):
        page.goto(url + "edit/")
    axe(first)
    shot(first, "customer-edit")
    first.locator("[name=remark]").fill("经理的备注")
    first.locator("[name=_reason]").fill("先到")
    first.locator("#w-editor-form button[type=submit]").click()
    expect(first).to_have_url(url)
    second.locator("[name=remark]").fill("内业的备注")
    second.locator("#w-editor-form button[type=submit]").click()
    expect(second.locator(".conflict")).to_contain_text("经理的备注")
    expect(second.locator("[name=remark]")).to_have_value("内业的备注")
    axe(second)
    shot(second, "customer-conflict")
    second.locator("[name=_choose_remark][value=mine]").check()
    second.locator("#w-editor-form button[type=submit]").click()
    expect(second).to_have_url(url)
    first.goto(url + "timeline/")
    expect(first.locator(".timeline__entry").first).to_contain_text("内业的备注")
    first.locator(".timeline__links a").first.click()
    axe(first)
    shot(first, "change")


def test_a_wrong_form_says_how_to_mend_it(login, names, axe, shot, tolerated):
    tolerated.append("422")
    page = login(names["SM"])
    page.goto("/admin/r/customer/new/")
    page.locator("[name=phone]").fill("12345")
    page.locator("#w-editor-form button[type=submit]").click()
    expect(page.locator(".mistakes li")).to_have_count(2)
    page.locator(".mistakes a").last.click()
    axe(page)
    shot(page, "customer-mistakes")


def test_a_record_is_voided_found_again_and_brought_back(login, names, axe):
    page = login(names["SM"])
    url = open_first_customer(page)
    page.goto(url + "void/")
    axe(page)
    page.locator("#deed-reason").fill("重复登记")
    page.locator(".reason-form button[type=submit]").click()
    expect(page.locator(".record-head__void")).to_contain_text("重复登记")
    page.goto("/admin/r/customer/?void=only")
    path = "/" + url.split("/", 3)[3]
    expect(page.locator(f"tr.is-void a[href='{path}']")).to_have_count(1)
    page.goto(url + "unvoid/")
    page.locator("#deed-reason").fill("看错了")
    page.locator(".reason-form button[type=submit]").click()
    expect(page.locator(".record-head__void")).to_have_count(0)


def test_a_consultant_works_at_phone_width(login, names, axe, shot):
    page = login(names["PC"], size=PHONE_WIDTH)
    page.goto("/admin/r/customer/")
    expect(page.locator(".register-table tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
    open_first_customer(page)
    expect(page.locator(".record-section").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)


def test_an_export_downloads_with_a_name_that_tells_whose_it_is(login, names, axe, shot):
    page = login(names["SM"])
    page.goto("/admin/r/customer/export/")
    axe(page)
    shot(page, "export")
    with page.expect_download() as started:
        page.locator(".reason-form button[type=submit]").click()
    assert started.value.suggested_filename.endswith(".xlsx")
