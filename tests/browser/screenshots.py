"""`python -m tests.browser.screenshots`: each page, on a phone and a desk, by day and by night.

Of a system of its own; what the README shows goes to docs/pictures, the rest to .local/pictures.
"""

import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from deploy.load.running import Running, own_system
from deploy.local.chromium import chromium
from deploy.local.folder import CHECKOUT, of_checkout
from deploy.local.refusal import Refusal
from deploy.local.storefront import built
from tests.browser.conftest import ARGUMENTS, DESK, PHONE, Visitor, visiting
from tests.browser.everything import SKU, Everything, Maker, everything
from tests.e2e.shop import Shop

SHOWN: Final = CHECKOUT / "docs" / "pictures"
FOR_README: Final = frozenset({
    "home-phone-light", "product-phone-light", "confirm-phone-light", "order-phone-dark",
    "thread-phone-light", "requests-phone-light", "account-phone-dark",
    "developers-phone-light", "home-desk-light", "order-desk-light", "console-board-desk-dark",
    "console-promotions-desk-light", "console-order-desk-light", "console-prices-desk-dark",
})  # fmt: skip
SAME: Final = """() => {
    const drawn = ["卡", "盟"].map(sign => {
        const canvas = document.createElement("canvas");
        const pen = canvas.getContext("2d");
        pen.font = "40px sans-serif";
        pen.fillText(sign, 40, 60);
        return canvas.toDataURL();
    });
    return drawn[0] === drawn[1];
}"""
"""Whether two signs look the same: as the empty box that stands for what no font has."""
NO_FONT: Final = (
    "No font of this machine has Chinese characters, so that the pictures would show boxes: "
    "install one (Debian and Ubuntu: apt install fonts-noto-cjk), then try again."
)
WEBP_QUALITY: Final = 82


def main() -> None:
    """Take them all. Raises Refusal."""
    cache = of_checkout().cache
    built(cache, print)
    found = chromium(cache, print)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.program, args=ARGUMENTS, env={**found.environment}
        )
        _expect_chinese(browser)
        with own_system("screenshots", "tests.e2e.with_the_sample_shop") as system:
            there = everything(Maker(Shop(system)))
            for size in (PHONE, DESK):
                for light in ("light", "dark"):
                    _take_all(browser, system, there, size, light)
        browser.close()


def _expect_chinese(browser: Browser) -> None:
    page = browser.new_page()
    if page.evaluate(SAME):
        raise Refusal(NO_FONT)
    page.close()


def _take_all(
    browser: Browser, system: Running, there: Everything, size: dict[str, int], light: str
) -> None:
    end = f"{'phone' if size == PHONE else 'desk'}-{light}"
    with visiting(browser, system, viewport=size, color_scheme=light) as visitor:
        for name in ("home", "sign-in", "console-sign-in"):
            visitor.open({"home": "/", "sign-in": "/sign-in"}.get(name, "/console"))
            _take(visitor, f"{name}{'-new' if name == 'home' else ''}-{end}")
    with _entered(browser, system, there, viewport=size, color_scheme=light) as visitor:
        for name in there.walk(visitor):
            if name == "order":
                visitor.page.locator("[data-reveal]").click()
                visitor.page.locator(".code").first.wait_for()
            _take(visitor, f"{name}-{end}")
        visitor.open(f"/p/steam?sku={SKU}")
        visitor.page.get_by_role("button", name="立即购买").click()
        visitor.page.locator("[data-pay]:enabled").wait_for()
        _take(visitor, f"confirm-{end}")


@contextmanager
def _entered(
    browser: Browser, system: Running, there: Everything, **settings: object
) -> Iterator[Visitor]:
    with visiting(browser, system, **settings) as visitor:
        there.enter(visitor.page.context, visitor.home)
        yield visitor


def _take(visitor: Visitor, name: str) -> None:
    visitor.page.wait_for_load_state("networkidle")
    folder = of_checkout().root / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    visitor.page.screenshot(path=path, animations="disabled", full_page=True)
    print(path)
    if name in FOR_README:
        _take_small(visitor, SHOWN / f"{name}.webp")


def _take_small(visitor: Visitor, path: Path) -> None:
    """What one sees without scrolling, a third as large as a PNG of it."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    asked = {"format": "webp", "quality": WEBP_QUALITY}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b64decode(session.send("Page.captureScreenshot", asked)["data"]))
    session.detach()
    print(path)


if __name__ == "__main__":
    try:
        main()
    except Refusal as why:
        sys.exit(f"kameng: {why}")
