"""A buyer says what is wrong with a card; a person at the console decides, by keyboard alone."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.load.running import Running
from tests.browser.acting import sign_in
from tests.browser.conftest import DESK, PHONE, Visitor, visiting
from tests.browser.staff import Staff, staff_of
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

MONEY: Final = 50_000
SAID: Final = "第二步提示已使用 <img src=x onerror=alert(1)>"
TABS_MAX: Final = 60


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


def tab_to(page: Page, selector: str) -> None:
    """Go on with the keyboard until this has the focus."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not lead to {selector}")


def a_card_bought(buyer: Visitor, staff: Staff) -> str:
    """By somebody new, who is at the page of the order then; its id."""
    page = buyer.page
    buyer.open("/sign-in?to=/p/steam")
    sign_in(buyer, "13900000031", page)
    page.locator("[data-sku=steam-50]").click()
    account = page.evaluate("fetch('/v1/wallet').then(a => a.json())")["account_id"]
    path = f"/v1/admin/wallets/{account}/deposits"
    money = {"amount": {"amount": MONEY, "currency": "CNY"}, "reason": "a test"}
    staff.shop.operator("POST", path, money, Prefer="wait=20").raise_for_status()
    page.get_by_role("button", name="立即购买").click()
    page.locator("[data-pay]").click()
    expect(page.locator("[data-order=delivered]")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def test_c7_a_bad_card_is_disputed_looked_at_and_replaced(
    browser: Browser, system: Running, staff: Staff, tmp_path: Path
) -> None:
    """From the order's line to the decision and back, at 360 and 1440 pixels (C7, F5)."""
    picture, page_of_its_own = tmp_path / "screen.png", tmp_path / "page.html"
    picture.write_bytes(b"\x89PNG and more")
    page_of_its_own.write_text("<p>no picture")
    with (
        visiting(browser, system, viewport=PHONE) as buyer,
        visiting(browser, system, viewport=DESK) as desk,
    ):
        page, order_id = buyer.page, a_card_bought(buyer, staff)
        page.locator("[data-open-dispute]").click()
        say = page.locator("[data-say]")
        expect(say).to_be_disabled()
        page.get_by_label("发生了什么").fill(SAID)
        page.get_by_label("图片或文件").set_input_files(page_of_its_own)
        say.click()
        expect(page.get_by_text("每个不超过 10 MB").last).to_be_visible()
        page.get_by_label("图片或文件").set_input_files(picture)
        buyer.expect_accessible()
        say.dblclick()
        expect(page.locator("[data-dispute=open]")).to_contain_text("最迟")
        expect(page.locator("[data-dispute=open]")).to_contain_text(SAID)
        buyer.expect_accessible()
        room = staff.sign_in(desk, "support", "/console/disputes")
        row = room.locator("[data-dispute]").filter(has_text=order_id[:8])
        expect(row).to_contain_text("售后处理中")
        desk.expect_accessible()
        name = row.get_by_role("button")
        name.focus()
        room.keyboard.press("Enter")
        dialog = room.get_by_role("dialog")
        expect(dialog.get_by_text(SAID)).to_be_visible()
        expect(dialog.get_by_text("screen.png")).to_be_visible()
        desk.expect_accessible()
        tab_to(room, "input:not(#amount)")
        room.keyboard.type("照片已核对")
        tab_to(room, "[data-act=replacement]")
        room.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        expect(row).to_have_count(0)
        room.get_by_role("button", name="已裁定").click()
        expect(row).to_contain_text("照片已核对")
        expect(page.locator("[data-dispute=replaced]")).to_contain_text("照片已核对")
        page.locator("[data-reveal]").click()
        expect(page.locator(".code")).to_have_count(2)
        buyer.expect_accessible()


def test_c7_the_shop_asks_a_buyer_answers_and_part_of_the_money_goes_back(
    browser: Browser, system: Running, staff: Staff
) -> None:
    placed = staff.shop.order(("steam-50", 2))
    path = f"/v1/orders/{placed['order_id']}/disputes"
    said = {"line": 1, "wants": "refund", "text": "坏卡", "quantity": 1}
    opened = staff.shop.send("POST", path, said, Prefer="wait=20").json()
    with visiting(browser, system, viewport=PHONE) as desk:
        page = staff.sign_in(desk, "support", "/console/disputes")
        row = page.locator(f"[data-dispute='{opened['dispute_id']}']")
        row.get_by_role("button").click()
        page.get_by_label("理由").fill("哪一步失败?")
        page.locator("[data-act=ask]").click()
        expect(row).to_contain_text("待买家补充")
        answered = staff.shop.send(
            "POST", f"{path}/{opened['dispute_id']}/evidence", {"text": "第二步"}, Prefer="wait=20"
        )
        answered.raise_for_status()
        expect(row).to_contain_text("售后处理中")
        row.get_by_role("button").click()
        expect(page.get_by_role("dialog").get_by_text("第二步")).to_be_visible()
        page.get_by_label("退款金额").fill("1,5")
        page.get_by_label("理由").fill("部分退款")
        expect(page.locator("[data-act=refund]")).to_be_disabled()
        page.get_by_label("退款金额").fill("1.5")
        desk.expect_accessible()
        page.locator("[data-act=refund]").dblclick()
        expect(row).to_have_count(0)
    back = until(lambda: staff.shop.look(placed).get("refunded"))
    assert back == {"amount": 150, "currency": "CNY"}
