"""An operator's day at the console, in a real browser: each role at what is theirs alone."""

import secrets
from typing import Any, Final

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.load.running import Running
from tests.browser.acting import code_sent, texts
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.staff import PASSWORD, Staff, staff_of
from tests.browser.test_buying import CARD
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

ROOMS: Final = {
    "support": [
        "看板", "订单", "审核", "售后", "库存", "直充", "供货商", "账户", "咨询",
        "定制需求", "评价", "Webhook", "搁置记录",
    ],
    "risk": ["看板", "订单", "审核", "账户"],
    "auditor": [
        "看板", "订单", "审核", "售后", "库存", "价格", "促销", "直充", "供货商", "账户", "发票",
        "评价", "Webhook", "搁置记录", "审计", "人员",
    ],
    "finance": ["看板", "订单", "售后", "价格", "促销", "直充", "供货商", "账户", "发票"],
    "stock": ["看板", "库存", "价格", "促销", "直充", "供货商", "定制需求"],
}  # fmt: skip
SKU: Final = "steam-50"
OTHER: Final = "jcard-10"
DEAR: Final = "steam-500"
MONEY: Final = 3_000_000
TO_HOLD: Final = 22
"""So many of the dear ones at once, by a buyer, want a person."""


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


@pytest.fixture(scope="module")
def placed(staff: Staff) -> dict[str, Any]:
    """A delivered order of two lines."""
    order = staff.shop.order((SKU, 1), (OTHER, 2))
    assert order["state"] == "delivered", order
    return order


def names(page: Page) -> list[str]:
    """The rooms that are offered."""
    return page.get_by_role("navigation").get_by_role("link").all_inner_texts()


@pytest.mark.parametrize("role", ROOMS)
def test_d5_a_role_sees_its_own_rooms_and_nothing_else(
    browser: Browser, system: Running, staff: Staff, placed: dict[str, Any], role: str
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, role)
        expect(page.get_by_role("heading", level=1)).to_have_text(ROOMS[role][0])
        assert names(page) == ROOMS[role]
        for name in ROOMS[role]:
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_load_state("networkidle")
            expect(page.locator("[role=alert]").first).to_have_text("")
            visitor.expect_accessible()
        if role == "finance":
            visitor.open("/console/holds")
            expect(page.get_by_role("heading", level=1)).to_have_text("这里没有内容")
        page.reload()
        expect(page.locator("[data-operator]")).to_contain_text(f"{role}-")
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_label("动态码")).to_be_visible()


def test_a_wrong_second_factor_and_a_used_one_stay_outside(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system) as visitor:
        page = visitor.page
        visitor.open("/console/orders")
        page.get_by_label("用户名").fill("support-")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("动态码").fill("000000")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).not_to_have_text("")
        visitor.expect_accessible()
    door = system.description["gateway"]
    for path in ("/v1/admin/orders", "/v1/admin/orders/x", "/v1/admin/sessions/current"):
        assert httpx.get(door + path).status_code == 401


def test_support_finds_an_order_and_gives_a_line_back_once(
    browser: Browser, system: Running, staff: Staff, placed: dict[str, Any]
) -> None:
    order_id, before = placed["order_id"], staff.shop.balance
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "support", f"/console/orders?q={staff.shop.account}")
        expect(page.locator("[data-found]").first).to_be_visible()
        asked = page.get_by_label("订单号、账户、手机")
        asked.fill(order_id[:13])
        page.get_by_role("button", name="查找").click()
        expect(page.locator("[data-found]")).to_have_count(1)
        page.get_by_label("状态").select_option("failed")
        asked.fill("acc-nobody")
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_text("没有找到订单")).to_be_visible()
        page.get_by_label("状态").select_option("")
        for words in ("骏网", OTHER):
            asked.fill(words)
            page.get_by_role("button", name="查找").click()
            expect(page.locator(f"[data-found='{order_id}']")).to_be_visible()
        visitor.open(f"/console/orders/{order_id}")
        for said in ("付款成功", "全部发货"):
            expect(page.get_by_text(said)).to_be_visible()
        expect(page.locator("[data-way]")).to_have_text("钱包")
        visitor.expect_accessible()
        assert not CARD.search(page.content()), "no code is in the page of an order"
        page.get_by_role("button", name="第 2 行退款").click()
        deed = page.locator("[data-act=refund]")
        expect(deed).to_be_disabled()
        page.get_by_label("理由").fill("<img src=x onerror=alert(1)>")
        visitor.expect_accessible()
        deed.dblclick()
        expect(page.locator("[data-refund=refunded]")).to_have_count(1)
        expect(page.locator("[data-refund=refunded]")).to_contain_text("support-")
        expect(page.get_by_text("<img src=x")).to_be_visible()
        page.get_by_role("button", name="第 2 行退款").click()
        page.get_by_label("理由").fill("again")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("[data-refund=denied]")).to_contain_text("超过可退金额")
    refund = staff.shop.operator("GET", f"/v1/admin/orders/{order_id}").json()["refunds"][0]
    found = staff.shop.operator("GET", f"/v1/admin/orders?q={refund['refund_id']}").json()
    assert [each["order_id"] for each in found["items"]] == [order_id]
    line = placed["lines"][1]
    price = line["unit_price"]["amount"] * line["quantity"]
    assert staff.shop.balance == before + price


def held_order(staff: Staff) -> str:
    """An order of a new buyer that risk wants a person's word about."""
    run, phone = staff.shop.run, "13900000021"
    door = run["gateway"]
    before = len(texts(run, phone))
    httpx.post(door + "/v1/auth/codes", json={"phone": phone}).raise_for_status()
    body = {"phone": phone, "code": code_sent(run, phone, before)}
    session = httpx.post(door + "/v1/auth/sessions", json=body).json()
    path = f"/v1/admin/wallets/{session['account_id']}/deposits"
    money = {"amount": {"amount": MONEY, "currency": "CNY"}, "reason": "a test"}
    staff.shop.operator("POST", path, money, Prefer="wait=20").raise_for_status()
    products = httpx.get(door + "/v1/products?limit=100").json()["items"]
    offer = next(sku for each in products for sku in each["skus"] if sku["sku"] == DEAR)
    line = {"sku": DEAR, "quantity": TO_HOLD, "unit_price": offer["price"]}
    headers = {
        "Authorization": f"Bearer {session['token']}", "Idempotency-Key": secrets.token_hex(8),
        "Prefer": "wait=25",
    }  # fmt: skip
    order = httpx.post(
        door + "/v1/orders", json={"lines": [line]}, headers=headers, timeout=30
    ).json()
    assert order["state"] == "in_review", order
    return str(order["order_id"])


def test_d3_risk_refuses_a_held_order_with_a_reason_and_support_may_not(
    browser: Browser, system: Running, staff: Staff
) -> None:
    order_id = held_order(staff)
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "risk", "/console/holds")
        row = page.locator(f"[data-hold='{order_id}']")
        expect(row).to_contain_text("大额订单")
        visitor.expect_accessible()
        row.get_by_role("button").click()
        page.get_by_label("理由").fill("not who they say")
        page.locator("[data-act=refuse]").dblclick()
        expect(row).to_have_count(0)
        page.get_by_role("button", name="已处理").click()
        expect(row).to_contain_text("not who they say")
        row.get_by_role("link").click()
        expect(page.locator("[data-order=refused]")).to_be_visible()
        expect(page.get_by_text("not who they say")).to_be_visible()
        visitor.open("/console/orders?q=13900000021")
        expect(page.locator("[data-found]")).to_have_count(1)


def test_what_a_role_may_not_the_door_refuses_whatever_a_page_shows(staff: Staff) -> None:
    door = staff.shop.run["gateway"]
    user, secret = staff.hire("stock")
    body = {"user": user, "password": PASSWORD, "totp": pyotp.TOTP(secret).now()}

    def entered() -> str:
        return str(httpx.post(door + "/v1/admin/sessions", json=body).json().get("token", ""))

    headers = {"Authorization": f"Bearer {until(entered)}"}
    here = httpx.get(door + "/v1/admin/sessions/current", headers=headers).json()
    assert here == {"user": user, "role": "stock"}
    for path in ("/v1/admin/orders", "/v1/admin/orders/x", "/v1/admin/holds"):
        assert httpx.get(door + path, headers=headers).status_code == 403
