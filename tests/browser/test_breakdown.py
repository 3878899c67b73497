"""Before it is paid a buyer sees what it costs as a rule, and what makes it cost less (B4, A8)."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import Operator, sign_in
from tests.browser.conftest import PHONE, visiting

pytestmark = pytest.mark.timeout(300)

MONEY = 50_000
SOON_S = 15
"""Until a promotion ends: a page is opened in the meantime."""
ENDED_MS = 40_000
ENDS = "2099-01-01T00:00:00Z"


def listing(product_id: str, name: str, **more: Any) -> dict[str, Any]:
    """A product with one SKU, at ¥10."""
    sku = {"sku": f"{product_id}-1", "name": "一份", "face_value": 1_000, "price": 1_000}
    return {
        "product_id": product_id, "name": name, "category": ["试验"], "kind": "card",
        "skus": [{**sku, "low_stock": 0}], **more,
    }  # fmt: skip


def test_b4_the_sheet_says_what_each_costs_and_how_much_the_wholesale_price_takes_off(
    browser: Browser, system: Running
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = visitor.page
        visitor.open("/sign-in?to=/p/jcard?sku=jcard-50")
        sign_in(visitor, "13900000077", page)
        page.locator("input[aria-labelledby=quantity]").fill("100")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="立即购买").click()
        expect(page.locator("[data-by=tier]")).to_have_text("批发价优惠")
        expect(page.locator("[data-base]")).to_have_text("¥49.25 × 100")
        expect(page.get_by_role("dialog")).to_contain_text("−¥50.00")
        expect(page.get_by_role("dialog")).to_contain_text("¥4,875.00")
        visitor.expect_accessible()


def test_b2_a_coupon_takes_off_what_it_says_and_what_cannot_be_had_has_a_way_out(
    browser: Browser, system: Running
) -> None:
    """What is shown is charged, and stands on the order's page afterwards (A9, B4, A8)."""
    operator, code = Operator(system.description), f"LESS-{secrets.token_hex(3)}".upper()
    operator.send("POST", "/v1/admin/products", listing("scarce", "少量试验卡"))
    operator.send_text("/v1/admin/stock/scarce-1/imports", "SCARC-11111\nSCARC-22222")
    coupon = {"code": code, "off": 500, "ends_at": ENDS, "uses": 5, "per_account": 1}
    operator.send("POST", "/v1/admin/coupons", coupon)
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = visitor.page
        visitor.open("/sign-in?to=/p/scarce")
        sign_in(visitor, "13900000078", page)
        page.get_by_role("button", name="立即购买").wait_for()
        operator.give(visitor, MONEY)
        page.locator("input[aria-labelledby=quantity]").fill("5")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="立即购买").click()
        sheet = page.get_by_role("dialog")
        lacking = sheet.get_by_role("alert").filter(has_text="库存不足")
        expect(page.locator("[data-pay]")).to_be_disabled()
        visitor.expect_accessible()
        lacking.get_by_role("button", name="改为 2 件").click()
        expect(page.locator("[data-pay]")).to_have_text("支付 ¥20.00")
        sheet.get_by_text("使用优惠码").click()
        sheet.get_by_label("优惠码").fill("no-such-one")
        sheet.get_by_role("button", name="使用", exact=True).click()
        expect(sheet.get_by_text("优惠券不存在")).to_be_visible()
        expect(page.locator("[data-pay]")).to_be_disabled()
        sheet.get_by_role("button", name="不用了").click()
        sheet.get_by_label("优惠码").fill(code.lower())
        sheet.get_by_role("button", name="使用", exact=True).click()
        expect(sheet.locator("[data-coupon]")).to_have_text(f"优惠码 {code}")
        expect(page.locator("[data-pay]")).to_have_text("支付 ¥15.00")
        expect(page.locator("[data-pay]")).to_be_enabled()
        visitor.expect_accessible()
        page.locator("[data-pay]").click()
        expect(page.locator("[data-order=delivered]")).to_be_visible()
        expect(page.locator("[data-discount]")).to_have_text("−¥5.00")
        expect(page.locator("[data-product]")).to_be_visible()
        visitor.open("/wallet")
        expect(page.locator("[data-balance]")).to_have_text("¥485.00")


def test_a9_a_promotion_that_ends_by_its_own_time_changes_the_open_page_by_push(
    browser: Browser, system: Running
) -> None:
    """Nobody asks, and no fact says so: the price that is shown is the price now (A5, B4)."""
    operator = Operator(system.description)
    operator.send("POST", "/v1/admin/products", listing("fading", "限时试验卡"))
    operator.send_text("/v1/admin/stock/fading-1/imports", "FADES-11111")
    ends = datetime.now(UTC) + timedelta(seconds=SOON_S)
    sale = {"sku": "fading-1", "price": 900, "units": 3, "per_account": 1,
            "ends_at": ends.isoformat(timespec="seconds").replace("+00:00", "Z")}  # fmt: skip
    operator.send("POST", "/v1/admin/products/fading/promotions", sale)
    with visiting(browser, system, viewport=PHONE) as visitor:
        visitor.open("/p/fading")
        offer = visitor.page.locator("[data-sku=fading-1]")
        expect(offer.locator("[data-promotion]")).to_have_text("限时价 剩 3")
        expect(visitor.page.locator("[data-total]")).to_have_text("¥9.00")
        visitor.expect_accessible()
        expect(visitor.page.locator("[data-total]")).to_have_text("¥10.00", timeout=ENDED_MS)
        expect(offer.locator("[data-promotion]")).to_have_count(0)
