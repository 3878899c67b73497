"""A card in the account: masked, shown, copied, opened, kept (C3, C5)."""

import secrets

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import Operator, sign_in
from tests.browser.conftest import PHONE, visiting

pytestmark = pytest.mark.timeout(300)

MONEY = 50_000
PICTURES = ("https://cards.example/a.png", "https://cards.example/b.png")
LISTING = {
    "product_id": "pictures", "name": "图片试验卡", "category": ["试验"], "kind": "card",
    "shape": "image", "guide": "打开图片，扫码使用。",
    "skus": [{"sku": "pictures-1", "name": "一张", "face_value": 100, "price": 100,
              "low_stock": 0}],
}  # fmt: skip


def test_c5_pictures_are_opened_and_all_of_several_cards_are_copied_and_saved_at_once(
    browser: Browser, system: Running
) -> None:
    operator = Operator(system.description)
    operator.send("POST", "/v1/admin/products", LISTING)
    operator.send_text("/v1/admin/stock/pictures-1/imports", "\n".join(PICTURES))
    phone = "137" + "".join(secrets.choice("0123456789") for _ in range(8))
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = visitor.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visitor.open("/sign-in?to=/p/pictures")
        sign_in(visitor, phone, page)
        page.get_by_role("button", name="增加").click()
        operator.give(visitor, MONEY)
        page.get_by_role("button", name="立即购买").click()
        page.locator("[data-pay]:enabled").click()
        page.locator("[data-order=delivered]").wait_for()
        page.locator("[data-reveal]").click()
        links = page.locator("[data-open]")
        expect(links).to_have_count(2)
        assert {each.get_attribute("href") for each in links.all()} == set(PICTURES)
        assert links.first.get_attribute("rel") == "noopener noreferrer"
        visitor.expect_accessible()
        page.locator("[data-copy-all]").click()
        expect(page.get_by_text("已复制")).to_be_visible()
        assert set(page.evaluate("navigator.clipboard.readText()").split()) == set(PICTURES)
        with page.expect_download() as saved:
            page.get_by_role("button", name="下载全部").click()
        assert set(saved.value.path().read_text("utf-8").split()) == set(PICTURES)
        page.get_by_role("button", name="隐藏").click()
        expect(links).to_have_count(0)
        visitor.open("/account")
        page.get_by_role("link", name="已发货").click()
        expect(page.locator(".order")).to_have_count(1)
        page.get_by_role("button", name="待支付").click()
        expect(page.get_by_text("这里没有订单")).to_be_visible()
        visitor.expect_accessible()
        page.get_by_role("button", name="查看全部订单").click()
        expect(page.locator(".order")).to_have_count(1)
