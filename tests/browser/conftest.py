"""A running system with the sample shop, and a real browser that looks at it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from deploy.load.running import Running, own_system
from deploy.local.chromium import AXE, Chromium, NoChromium, chromium
from deploy.local.folder import of_checkout
from deploy.local.storefront import built, checked

PHONE: Final = {"width": 360, "height": 760}
DESK: Final = {"width": 1440, "height": 900}
PATIENCE_MS: Final = 20_000
REPORT_MS: Final = 60_000
"""Audit signs a report so often here, so that one is there to be read."""
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
COME_TO_REST: Final = """Promise.all(document.getAnimations()
    .filter(each => each.effect.getComputedTiming().iterations !== Infinity)
    .map(each => each.finished.catch(() => null))).then(() => null)"""
"""What is still fading in has another contrast than what is read."""
AXE_RULES: Final = {"values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="package")
def pages() -> None:
    """The pages are built from what is here, and their types fit the door's own document."""
    cache = of_checkout().cache
    checked(cache, print)
    built(cache, print)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after the last test of this folder: no asyncio runs beside playwright's own loop."""
    with ThreadPoolExecutor(max_workers=1) as beside:  # fetching blocks; playwright wants its own
        try:
            found: Chromium = beside.submit(chromium, of_checkout().cache, print).result()
        except NoChromium as none:
            pytest.skip(str(none))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found.program, args=ARGUMENTS, env={**found.environment}
        )
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def system(pages: None) -> Iterator[Running]:
    each = {"KAMENG_AUDIT_REPORT_MS": str(REPORT_MS)}
    with own_system("browser", "tests.e2e.with_the_sample_shop", **each) as running:
        yield running


@dataclass
class Visitor:
    """Somebody at a page, and everything that must not happen there."""

    page: Page
    home: str
    run: dict[str, Any]
    wrong: list[str] = field(default_factory=list)
    """Errors of scripts, refusals of the policy, requests to anywhere else."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "status of" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.home, "blob:")):
            self.wrong.append(f"asked {request.url}")

    def open(self, path: str) -> None:
        """Go there and wait until the page has something to say."""
        self.page.goto(self.home + path)
        self.page.wait_for_selector("main h1")

    def expect_accessible(self) -> None:
        """What axe finds nothing to object to, with no sideways scrolling."""
        self.page.evaluate("scrollTo(0, 0)")  # half under the page's head is not small
        self.page.evaluate(AXE.read_text("utf-8"))
        self.page.evaluate(COME_TO_REST)
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', ...rules}})", AXE_RULES
        )
        said = [
            f"{each['id']}: {each['help']}: {node['html'][:160]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]
        assert not said, f"{self.page.url}\n" + "\n".join(said)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"


@contextmanager
def visiting(browser: Browser, system: Running, **settings: Any) -> Iterator[Visitor]:
    """A browser of its own, without a past; at its end nothing has gone wrong."""
    run = system.description
    context: BrowserContext = browser.new_context(**{"viewport": PHONE, **settings})
    try:
        visitor = Visitor(context.new_page(), run["gateway"], run)
        yield visitor
        assert not visitor.wrong, "\n".join(visitor.wrong)
    finally:
        context.close()
