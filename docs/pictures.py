"""Takes the pictures of the documents: python docs/pictures.py [--address URL] [chapter …]

Without an address it serves a demo site of its own in a temporary folder, so that pictures change no data anybody
needs. Chapters are the functions of CHAPTERS, in an order in which each finds what the earlier ones left.
Needs chromium, as the browser tests do.
"""

import argparse
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect, sync_playwright  # noqa: E402  after the path

from backoffice.frontdoor.demo_logins import DEMO_LOGINS  # noqa: E402  after the path

FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PASSWORDS = {name: password for name, password, _role in DEMO_LOGINS}
LIST = ROOT / "tests" / "data" / "sheets" / "客户台账(汇总)副本2.xlsx"
MAX_BYTES = 250_000
# Animations stand still, the cursor does not blink, open calendars hide nothing.
STILL = """
* { animation: none !important; transition: none !important; caret-color: transparent !important; }
.xdsoft_datetimepicker { display: none !important; }
"""


class Camera:
    """A browser in which people of the demo site sign in, and the folder their pictures go to."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address

    def open(self, size=DESKTOP):
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size
        )
        context.set_default_timeout(30_000)
        return context.new_page()

    def login(self, username, size=DESKTOP):
        page = self.open(size)
        page.goto("/admin/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORDS[username])
        page.click("button[type=submit]")
        expect(page).not_to_have_url(re.compile("/login/"))
        return page

    def shot(self, page, name, settle=True):
        """Keeps what the window shows as `name`.png."""
        if settle:
            page.wait_for_load_state("networkidle")
        page.add_style_tag(content=STILL)
        path = FOLDER / f"{name}.png"
        page.screenshot(path=path)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SystemExit(f"{path.name} has {size} bytes; {MAX_BYTES} is the most a document should load.")
        print(f"{path.name:<32} {size // 1024:>4} kB", flush=True)  # noqa: T201  a script's own report


def show(locator):
    """Scrolls until `locator` stands in the middle of the window."""
    locator.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")


def open_section(page, chapter, section):
    """From the menu into the editor of a section, as an editor gets there."""
    page.get_by_role("link", name="管理手册").click()
    page.get_by_role("link", name=re.compile(f"查看'.*{chapter}'的子页面")).click()
    page.locator("td.title").get_by_role("link", name=section).click()
    expect(page.locator("footer")).to_be_visible()


def more_actions(page):
    page.locator("footer .w-dropdown__toggle").click()


def front(camera):
    page = camera.open()
    page.goto("/admin/")
    camera.shot(page, "login")


def editor(camera):
    page = camera.login("edt")
    page.get_by_role("link", name="管理手册").click()
    camera.shot(page, "editor-handbook")
    page.goto("/admin/")
    open_section(page, "接待", "来访登记")
    step = page.locator("[name='body-0-value-items-0-value']")
    step.fill("请问您是第一次来到我们售楼处吗？")
    show(page.locator("[name='body-0-value-heading']"))
    camera.shot(page, "editor-clause")
    page.locator("[name=change_summary]").fill("第一个问题改为完整的一句话，避免客户误解。")
    page.locator("[name=significance]").select_option("minor")
    show(page.locator("[name=change_summary]"))
    more_actions(page)
    camera.shot(page, "editor-submit")
    page.get_by_role("button", name="提交给发布审批").click()
    page.wait_for_load_state("networkidle")
    page.goto("/admin/")
    camera.shot(page, "editor-waiting")
    page.get_by_role("link", name="来访登记").first.click()
    camera.shot(page, "editor-locked")
    page.get_by_role("link", name="说辞").first.click()
    camera.shot(page, "editor-scripts")


def manager_decides(camera):
    page = camera.login("sm")
    camera.shot(page, "manager-home")
    page.get_by_role("link", name="来访登记").click()
    page.locator(".messages a").first.click()
    camera.shot(page, "manager-compare")
    page.go_back()
    expect(page.locator("footer")).to_be_visible()
    more_actions(page)
    camera.shot(page, "manager-decide")
    page.get_by_role("button", name="批准", exact=True).click()
    page.wait_for_load_state("networkidle")
    page.goto("/handbook/handbook/4.3/")
    camera.shot(page, "portal-section")
    page.goto("/search/?q=归属")
    camera.shot(page, "portal-search")


def manager_imports(camera):
    page = camera.login("sm")
    page.get_by_role("link", name="客户", exact=True).first.click()
    camera.shot(page, "customer-list")
    page.get_by_role("link", name="导入").first.click()
    camera.shot(page, "import-upload")
    page.set_input_files("input[type=file]", LIST)
    page.get_by_role("button", name="上传并预检").click()
    expect(page.locator(".import-figures")).to_be_visible(timeout=120_000)
    camera.shot(page, "import-preview")
    page.locator(".import-figure--refused").click()
    camera.shot(page, "import-refused")
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator(".import-sentence")).to_be_visible(timeout=120_000)
    camera.shot(page, "import-result")
    page.locator("a[href$='/undo/']").click()
    page.fill("#deed-reason", "传错了表")
    camera.shot(page, "import-undo")
    page.locator("form.reason-form button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def manager_looks_closer(camera):
    page = camera.login("sm")
    page.goto("/admin/r/customer/")
    page.locator("main td a").nth(2).click()
    page.get_by_role("button", name="显示").first.click()
    page.locator("#reveal-reason").fill("客户投诉，需要回电核实")
    camera.shot(page, "manager-reveal")


def consultant(camera):
    page = camera.login("pc1")
    page.goto("/admin/r/customer/")
    camera.shot(page, "consultant-customers")
    page.get_by_role("link", name="新增客户").click()
    page.get_by_label("姓名").fill("苏晴川")
    page.get_by_label("联系电话").fill("199 0000 7315")
    page.get_by_label("意向等级").select_option("B")
    page.get_by_label("朋友介绍").check()
    camera.shot(page, "consultant-new")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="编辑").click()
    page.locator("[name=remark]").fill("周六上午带家人来看样板间，想了解车位。")
    page.fill("[name=_reason]", "电话回访")
    page.get_by_role("button", name="保存").click()
    camera.shot(page, "consultant-record")
    page.get_by_role("link", name="时间轴").click()
    camera.shot(page, "consultant-timeline")


def consultant_on_the_phone(camera):
    page = camera.login("pc1", PHONE)
    page.goto("/")
    camera.shot(page, "phone-home")
    page.goto("/scripts/")
    page.get_by_role("searchbox").last.fill("首付")
    camera.shot(page, "phone-scripts")
    page.goto("/courses/C-01/")
    camera.shot(page, "phone-course")
    page.goto("/handbook/handbook/4.2/")
    camera.shot(page, "phone-section")


def trainer(camera):
    page = camera.login("trn")
    page.get_by_role("link", name="课程", exact=True).click()
    camera.shot(page, "trainer-courses")
    page.locator("td.title").get_by_role("link", name="服务礼仪").click()
    camera.shot(page, "trainer-course")
    show(page.locator("[name='body-1-value-title']"))
    camera.shot(page, "trainer-lesson")
    page.goto("/courses/C-03/")
    camera.shot(page, "trainer-portal")


def administrator_of_people(camera):
    page = camera.login("hr")
    page.goto("/admin/r/staff/new/")
    page.get_by_label("工号").fill("101")
    page.get_by_label("姓名").fill("程可期")
    page.get_by_label("联系电话").fill("19900009950")
    page.locator("[name=site]").select_option(label="岚桥里案场 · LQL")
    page.locator("[name=team]").select_option(label="销售一组")
    camera.shot(page, "administrator-staff")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="编辑").wait_for()
    staff = page.url
    page.goto("/admin/r/assignment/new/")
    page.locator("[name=staff]").select_option(label="程可期 · 101")
    page.locator("[name=position]").select_option(label="置业顾问 · ZYGW")
    page.locator("[name=site]").select_option(label="岚桥里案场 · LQL")
    page.locator("[name=valid_from]").fill("2025-07-01")
    camera.shot(page, "administrator-assignment")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="编辑").wait_for()
    page.goto(staff)
    page.locator("[data-w-dropdown-target=toggle]:visible").last.click()
    page.locator("a:visible", has_text="账户").last.click()
    page.locator("[name=email]").fill("chengkeqi@lanqiao.example")
    camera.shot(page, "administrator-new-account")
    page.locator("main form [type=submit]").first.click()
    camera.shot(page, "administrator-invited")


def administrator_of_accounts(camera):
    page = camera.login("sys")
    page.goto("/admin/accounts/")
    camera.shot(page, "administrator-accounts")
    page.locator("main td a").nth(4).click()
    camera.shot(page, "administrator-account")
    page.goto("/admin/accounts/me/")
    camera.shot(page, "administrator-signins")
    page.goto("/admin/site/")
    camera.shot(page, "administrator-sites")


def market(camera):
    page = camera.login("mkt")
    for rival, price, source in (("云栖里", "18600", "销售人员口述"), ("望湖台", "19200", "网上公示价")):
        page.goto("/admin/r/market_research/new/")
        page.locator("[name=rival]").fill(rival)
        page.locator("[name=seen_on]").fill("2025-06-20")
        page.locator("[name=topic]").select_option("rival")
        page.locator("[name=average_price]").fill(price)
        page.locator("[name=source]").fill(source)
        page.get_by_role("button", name="保存").click()
        page.get_by_role("link", name="编辑").wait_for()
    page.get_by_role("link", name="编辑").click()
    page.locator("[name=average_price]").fill("18900")
    page.fill("[name=_reason]", "本周已调价")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="时间轴").click()
    camera.shot(page, "market-timeline")
    page.goto("/admin/r/market_research/")
    camera.shot(page, "market-list")


CHAPTERS = {
    chapter.__name__: chapter
    for chapter in (
        front,
        editor,
        manager_decides,
        manager_looks_closer,
        manager_imports,
        consultant,
        consultant_on_the_phone,
        trainer,
        administrator_of_people,
        administrator_of_accounts,
        market,
    )
}


@contextmanager
def demo_site():
    """The address of a demo site that exists for the length of the block."""
    from tests.serving import Serving

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        running = Serving(f"sqlite:///{folder / 'demo.sqlite3'}", folder, seconds=600)
        try:
            yield running.address
        finally:
            running.stop()


@contextmanager
def given(address):
    yield address


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="a demo site that runs already, such as http://127.0.0.1:8000")
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=f"only these: {', '.join(CHAPTERS)}")
    options = parser.parse_args()
    if unknown := set(options.chapters) - set(CHAPTERS):
        parser.error(f"no such chapter: {', '.join(sorted(unknown))}")
    os.chdir(ROOT)
    FOLDER.mkdir(exist_ok=True)
    with given(options.address) if options.address else demo_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in options.chapters or CHAPTERS:
            CHAPTERS[name](Camera(browser, address))
        browser.close()


if __name__ == "__main__":
    main()
