"""A person's view: Debian's chromium against the product as `make run` starts it, demo site and worker included.

Every page watches itself: an error on the console, a violation of the content-security policy, a call to another
host or an answer of 500 fails the test that was on it.
"""

import os
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from backoffice.frontdoor.demo_logins import DEMO_LOGINS
from tests.database import ROOT
from tests.serving import Serving

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = ROOT / "var" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORDS = {name: password for name, password, role in DEMO_LOGINS}
SEED_SECONDS = 240


def pytest_collection_modifyitems(items):
    """Every test of this folder needs a browser, whether or not its file says so."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served(migrated_database, tmp_path_factory):
    """The running product with the demo site. Tests share it, so each makes what it changes."""
    folder = tmp_path_factory.mktemp("served")
    with migrated_database.spare(folder) as url:
        running = Serving(url, folder, seconds=SEED_SECONDS)
        yield running
        running.stop()


@pytest.fixture(scope="session")
def chromium():
    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def tolerated():
    """Patterns of problems that a test means to provoke: append to it."""
    return []


class Windows:
    """Browser windows of one test, each a computer of its own, and what went wrong in any of them."""

    def __init__(self, browser, served):
        self.browser = browser
        self.served = served
        self.contexts = []
        self.problems = []

    def open(self, size=DESKTOP):
        context = self.browser.new_context(
            base_url=self.served.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=size,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        return page

    def login(self, username, password=None, size=DESKTOP):
        page = self.open(size)
        page.goto("/admin/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password or PASSWORDS[username])
        page.click("button[type=submit]")
        expect(page).not_to_have_url(re.compile("/login/"))
        return page

    def close(self):
        for context in self.contexts:
            context.close()

    def _on_console(self, message):
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request):
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc != urlsplit(self.served.address).netloc:
            self.problems.append(f"outside call: {request.url}")

    def _on_response(self, response):
        if response.status >= 500:
            self.problems.append(f"{response.status}: {response.url}")


@pytest.fixture
def windows(chromium, served, tolerated):
    opened = Windows(chromium, served)
    yield opened
    opened.close()
    unexpected = [text for text in opened.problems if not any(re.search(pattern, text) for pattern in tolerated)]
    assert unexpected == []


@pytest.fixture
def page(windows):
    """A window in which nobody is signed in."""
    return windows.open()


@pytest.fixture
def login(windows):
    """`login(username)` gives a window of that person's own; several people may be at work at once.

    Takes `password` for accounts that are not in the demo logins, and `size` (DESKTOP or PHONE).
    """
    return windows.login


@pytest.fixture
def shot():
    """`shot(page, name)` keeps pictures of the page at desktop and phone width in var/screenshots."""

    def take(page, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.screenshot(path=SCREENSHOTS / f"{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(before)

    return take


@pytest.fixture
def axe():
    """`axe(page)` fails when the page bars somebody from using it (violations called serious or critical)."""

    def check(page):
        # What is still fading in is judged as it will be.
        page.evaluate(
            "Promise.all(document.getAnimations()"
            ".filter((one) => one.effect.getComputedTiming().endTime !== Infinity)"
            ".map((one) => one.finished.catch(() => null)))"
        )
        found = Axe().run(page).response["violations"]
        grave = [
            f"{violation['id']}: {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ]
        assert not grave, "\n".join(grave)

    return check
