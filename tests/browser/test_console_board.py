"""The board of a promotion day, and what was set aside, in a real browser on a running system."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.load.running import Running
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.staff import Staff, staff_of
from tests.e2e.alone.test_operations import POISON, poison
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

SKU: Final = "steam-50"
ORDERS: Final = 4


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


def refused(shop: Shop) -> None:
    """An order at a price that was never asked."""
    line = {"sku": SKU, "quantity": 1, "unit_price": {"amount": 1, "currency": "CNY"}}
    answer = shop.send("POST", "/v1/orders", {"lines": [line]}, Prefer="wait=20")
    assert answer.json()["code"] == "PRICE_CHANGED"


def tile(page: Page, name: str) -> int:
    """What one of the tiles counts."""
    return int(page.locator(f"[data-tile={name}]").inner_text().split()[0])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_board_is_for_everybody(
    browser: Browser, system: Running, staff: Staff, size: dict[str, int], dark: bool
) -> None:
    scheme = "dark" if dark else "light"
    with visiting(browser, system, viewport=size, color_scheme=scheme) as visitor:
        page = staff.sign_in(visitor, "stock")
        expect(page.locator("[data-tile=placed]")).to_be_visible()
        expect(page.locator("[data-tile=revenue]")).to_have_count(0)
        visitor.expect_accessible()


def test_the_board_counts_what_happens_while_it_is_looked_at(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "finance", "/console/board")
        expect(page.locator("[data-tile=placed]")).to_be_visible()
        before = {name: tile(page, name) for name in ("placed", "delivered", "refused")}
        for _ in range(ORDERS):
            assert staff.shop.order((SKU, 1))["state"] == "delivered"
        refused(staff.shop)
        expect(page.locator("[data-tile=refused]")).to_have_text(str(before["refused"] + 1))
        expect(page.locator("[data-tile=placed]")).to_have_text(str(before["placed"] + ORDERS))
        delivered = str(before["delivered"] + ORDERS)
        expect(page.locator("[data-tile=delivered]")).to_have_text(delivered)
        expect(page.locator("[data-tile=revenue]")).to_contain_text("¥")
        expect(page.locator("[data-tile=refunded]")).to_contain_text("%")
        expect(page.locator("[data-tile=straight]")).to_contain_text("%")
        steps = [
            int(page.locator(f"[data-bar={step}] strong").inner_text())
            for step in ("下单", "通过风控", "锁定库存", "付款")
        ]
        assert steps == sorted(steps, reverse=True)
        assert steps[-1] >= ORDERS
        expect(page.locator("[data-bar=PRICE_CHANGED]")).to_be_visible()
        expect(page.locator("[data-bar*=Steam]").first).to_be_visible()
        for service in ("订单", "风控", "库存", "支付", "发货"):
            expect(page.locator(f"[data-bar={service}]").last).to_contain_text("手中 0 笔")
        chart = page.get_by_role("img", name="付款到发货")
        expect(chart).to_have_attribute("aria-label", re.compile(r"p99 [\d,]+ ms"))
        visitor.expect_accessible()
        page.get_by_role("button", name="60 分钟").click()
        expect(page.locator("[data-tile=placed]")).not_to_have_text("0")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Refusals by reason")).to_be_visible()
        page.locator("[data-bar=PRICE_CHANGED]").get_by_role("link").click()
        expect(page.locator("[data-found]").first).to_contain_text("Refused")


def test_g3_parked_records_are_listed_retried_and_skipped_with_a_reason(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with ThreadPoolExecutor(max_workers=1) as beside:  # playwright has a loop of its own here
        beside.submit(asyncio.run, poison(system, 2)).result()
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "support", "/console/parked")
        rows = page.locator("[data-parked]")
        expect(rows).to_have_count(2)
        assert POISON not in page.content(), "a record's body is never shown"
        visitor.expect_accessible()
        rows.first.get_by_role("button", name="重试").click()
        expect(rows).to_have_count(2)
        for left in (1, 0):
            rows.first.get_by_role("button", name="跳过").click()
            expect(page.locator("[data-act=skip]")).to_be_disabled()
            page.get_by_label("理由").fill("not one of ours")
            visitor.expect_accessible()
            page.locator("[data-act=skip]").dblclick()
            expect(rows).to_have_count(left)
        expect(page.get_by_text("没有搁置的记录")).to_be_visible()


def test_the_board_is_for_operators_and_says_how_far_back_it_goes(staff: Staff) -> None:
    door = staff.shop.run["gateway"]
    assert httpx.get(door + "/v1/admin/board").status_code == 401
    assert httpx.get(door + "/v1/admin/parked").status_code == 401
    assert staff.shop.operator("GET", "/v1/admin/board?minutes=61").status_code == 400

    def whole() -> dict[str, Any]:
        found: dict[str, Any] = staff.shop.operator("GET", "/v1/admin/board?minutes=5").json()
        return found

    slots = until(whole)["slots"]
    assert len(slots) == 30
    assert slots == sorted(slots, key=lambda slot: str(slot["at"]))
