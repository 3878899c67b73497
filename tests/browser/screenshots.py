"""`python -m tests.browser.screenshots`: each page, on a phone and a desk, by day and by night.

Of a system of its own; what the README shows goes to docs/pictures, the rest to .local/pictures.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from deploy.load.running import Running, own_system
from deploy.local.chromium import chromium
from deploy.local.folder import CHECKOUT, of_checkout
from deploy.local.storefront import built
from tests.browser.acting import Operator, sign_in
from tests.browser.conftest import ARGUMENTS, DESK, PHONE, Visitor, visiting

SHOWN: Final = CHECKOUT / "docs" / "pictures"
FOR_README: Final = frozenset({
    "home-phone-light", "product-phone-light", "confirm-phone-light", "order-phone-dark",
    "home-desk-light", "order-desk-light",
})  # fmt: skip
MONEY: Final = 50_000


def main() -> None:
    """Take them all."""
    cache = of_checkout().cache
    built(cache, print)
    found = chromium(cache, print)
    with (
        own_system("screenshots", "tests.e2e.with_the_sample_shop") as system,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=found.program, args=ARGUMENTS, env={**found.environment}
        )
        operator = Operator(system.description)
        for size in ("phone", "desk"):
            for light in ("light", "dark"):
                _take_all(browser, system, operator, size, light)
        browser.close()


def _take_all(browser: Browser, system: Running, operator: Operator, size: str, light: str) -> None:
    viewport = PHONE if size == "phone" else DESK
    with visiting(browser, system, viewport=viewport, color_scheme=light) as visitor:
        for name, page in _walk(visitor, operator):
            path = _place(f"{name}-{size}-{light}")
            page.page.wait_for_load_state("networkidle")
            page.page.screenshot(path=path, animations="disabled")
            print(path)


def _walk(visitor: Visitor, operator: Operator) -> Iterator[tuple[str, Visitor]]:
    """Each page, when it is there."""
    page = visitor.page
    for name, path in (("home", "/"), ("sign-in", "/sign-in"), ("help", "/help")):
        visitor.open(path)
        yield name, visitor
    visitor.open("/sign-in?to=/p/steam")
    sign_in(visitor, "138" + "".join(secrets.choice("0123456789") for _ in range(8)), page)
    page.locator("[data-sku=steam-50]").click()
    operator.give(visitor, MONEY)
    yield "product", visitor
    page.get_by_role("button", name="立即购买").click()
    page.locator("[data-pay]:enabled").wait_for()
    yield "confirm", visitor
    page.locator("[data-pay]").click()
    page.locator("[data-order=delivered]").wait_for()
    page.locator("[data-reveal]").click()
    page.locator(".code").first.wait_for()
    yield "order", visitor
    for name, path in (
        ("orders", "/orders"), ("account", "/account"), ("wallet", "/wallet"),
        ("invoices", "/invoices"),
        ("requests", "/requests"), ("support", "/support"), ("developers", "/developers"),
        ("console", "/console"),
    ):  # fmt: skip
        visitor.open(path)
        yield name, visitor


def _place(name: str) -> Path:
    folder = SHOWN if name in FOR_README else of_checkout().root / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"


if __name__ == "__main__":
    main()
