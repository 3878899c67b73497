"""Prices, promotions, suppliers, audit and staff at the console, each role at what is theirs."""

from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.staff import PASSWORD, Staff, staff_of
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

SKU: Final = "steam-100"
MONTH: Final = "video-30"
TOPUP: Final = "cmcc-fast-30"
REPORTS_MS_MAX: Final = 180_000
"""Audit signs one a minute here."""
ROOMS_BY_PATH: Final = {
    "/v1/admin/disputes": {"support", "finance", "auditor"},
    "/v1/admin/prices": {"stock", "finance", "auditor"},
    "/v1/admin/promotions": {"stock", "finance", "auditor"},
    "/v1/admin/coupons": {"finance", "support", "auditor"},
    "/v1/admin/suppliers": {"stock", "support", "finance", "auditor"},
    "/v1/admin/audit/reports": {"auditor"},
    "/v1/admin/audit/flaws": {"auditor"},
    "/v1/admin/audit/reveals": {"auditor"},
    "/v1/admin/operators": {"auditor"},
}
ROLES: Final = ("support", "stock", "finance", "risk", "auditor")
SOON_S: Final = 20


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


def shown(staff: Staff, sku: str) -> dict[str, Any]:
    """The SKU as everybody sees it in the shop."""
    products = httpx.get(staff.shop.run["gateway"] + "/v1/products?limit=100").json()["items"]
    return next(each for one in products for each in one["skus"] if each["sku"] == sku)


def test_a9_a_price_is_changed_and_refused_values_are_explained(
    browser: Browser, system: Running, staff: Staff
) -> None:
    before = shown(staff, SKU)["price"]["amount"]
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "stock", "/console/prices?q=steam")
        row = page.locator(f"[data-priced='{SKU}']")
        expect(row.locator("[data-cost]")).to_contain_text("¥90.00")
        expect(row.locator("[data-cost]")).to_contain_text("毛利 ¥6.00")
        row.get_by_role("button", name="修改").click()
        flaw, deed = page.locator("[data-flaw]"), page.locator("[data-act=price]")
        page.locator("#member").fill("9999")
        expect(flaw).to_contain_text("会员价不能高于零售价")
        expect(deed).to_be_disabled()
        visitor.expect_accessible()
        page.locator("#retail").fill(f"{(before - 100) / 100:.2f}")
        page.locator("#member").fill("")
        page.locator("#tiers").fill("50 999")
        expect(flaw).to_contain_text("价格须低于上一档")
        page.locator("#tiers").fill("")
        page.locator("#cost").fill(f"{before / 100:.2f}")
        expect(flaw).to_contain_text("不得低于成本出售")
        page.locator("#cost").fill("90.50")
        expect(flaw).to_have_count(0)
        expect(deed).to_be_disabled()
        page.get_by_label("理由（必填").fill("the maker asks for more")
        deed.dblclick()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(row.locator("[data-cost]")).to_contain_text("¥90.50")
        row.locator("[data-log]").click()
        past = page.locator("[data-past]").first
        expect(past).to_contain_text("the maker asks for more")
        expect(past).to_contain_text("成本 ¥90.50")
        visitor.expect_accessible()
    until(lambda: shown(staff, SKU)["price"]["amount"] == before - 100)


def test_a9_a_promotion_is_planned_starts_is_watched_and_ended_by_keyboard(
    browser: Browser, system: Running, staff: Staff
) -> None:
    now = shown(staff, SKU)["price"]["amount"]
    starts = datetime.now().astimezone() + timedelta(seconds=SOON_S)
    ends = starts + timedelta(hours=2)
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "finance", "/console/promotions")
        page.locator("[data-new-promotion]").click()
        page.get_by_label("SKU").select_option(SKU)
        page.get_by_label("促销价").fill(f"{now / 100:.2f}")
        expect(page.locator("[data-flaw]")).to_contain_text("不低于现价")
        visitor.expect_accessible()
        page.get_by_label("促销价").fill("1.00")
        expect(page.locator("[data-flaw]")).to_contain_text("不得低于成本出售")
        page.get_by_label("允许低于成本的理由").fill("a day of trouble")
        page.get_by_label("开始时间").fill(starts.strftime("%Y-%m-%dT%H:%M:%S"))
        page.get_by_label("结束时间").fill(ends.strftime("%Y-%m-%dT%H:%M:%S"))
        page.locator("[data-act=schedule]").click()
        row = page.locator(f"[data-promoted='{SKU}']")
        expect(row).to_have_attribute("data-promotion", "planned")
        expect(row).to_contain_text("后开始")
        visitor.expect_accessible()
        visitor.open("/console/board")
        watched = page.locator("[data-watched]").filter(has_text="Steam 钱包码 100")
        expect(watched).to_contain_text("后开始")
        expect(watched).to_have_attribute("data-watched", "running", timeout=60_000)
        expect(watched).to_contain_text("后结束")
        visitor.expect_accessible()
        visitor.open("/console/promotions")
        expect(row).to_have_attribute("data-promotion", "running")
        until(lambda: shown(staff, SKU)["price"]["amount"] == 100)
        row.get_by_role("button").focus()
        page.keyboard.press("Enter")
        page.get_by_label("理由").fill("演练结束")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(row).to_have_count(0)
        page.locator("[data-new-coupon]").click()
        for label, value in (("优惠码", "HELLO-1"), ("减多少元", "1"), ("减百分之几", "5")):
            page.get_by_label(label).fill(value)
        expect(page.locator("[data-flaw]")).to_contain_text("只能填一项")
        page.get_by_label("减百分之几").fill("")
        page.get_by_label("结束时间").fill(ends.strftime("%Y-%m-%dT%H:%M:%S"))
        page.locator("[data-act=issue]").click()
        expect(page.locator("[data-coupon='HELLO-1']")).to_contain_text("减 ¥1.00")
        visitor.expect_accessible()
    until(lambda: shown(staff, SKU)["price"]["amount"] == now)


def test_a9_a_promotion_that_a_risen_cost_put_out_of_force_says_so(
    browser: Browser, system: Running, staff: Staff
) -> None:
    def cost(minor: int) -> None:
        price = {"sku": MONTH, "price": 1_500, "member_price": 1_420, "cost": minor}
        body = {"price": price, "reason": "the maker's new list"}
        answer = staff.shop.operator("PATCH", "/v1/admin/products/video", body, Prefer="wait=20")
        assert answer.status_code == 200, answer.text

    ends = (datetime.now().astimezone() + timedelta(hours=2)).isoformat(timespec="seconds")
    sale = {"sku": MONTH, "price": 1_000, "units": 5, "per_account": 1, "ends_at": ends}
    cost(900)
    at = "/v1/admin/products/video/promotions"
    assert staff.shop.operator("POST", at, sale, Prefer="wait=20").status_code == 200
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "stock", "/console/promotions")
        row = page.locator(f"[data-promoted='{MONTH}']")
        expect(row).to_have_attribute("data-promotion", "running")
        expect(row.locator("[data-below-cost]")).to_have_count(0)
        cost(1_200)
        expect(row.locator("[data-below-cost]")).to_contain_text("低于成本")
        visitor.expect_accessible()
        visitor.open("/console/board")
        expect(page.locator("[data-promotion-watch]")).to_contain_text("低于成本")


def test_a9_a_coupon_that_was_never_issued_is_not_ended(staff: Staff) -> None:
    why = {"reason": "a slip of the pen"}
    ended = staff.shop.operator("POST", "/v1/admin/coupons/NO-SUCH/end", why)
    assert (ended.status_code, ended.json()["code"]) == (404, "NO_SUCH_COUPON")
    coupon = {"code": "BYE-1", "off": 100, "uses": 1, "ends_at": "2099-01-01T00:00:00Z"}
    for path, body in (("", coupon), ("/bye-1/end", why)):
        done = staff.shop.operator("POST", f"/v1/admin/coupons{path}", body, Prefer="wait=20")
        assert done.status_code == 200, done.text


def test_d4_every_reveal_and_every_report_is_on_the_auditor_s_page(
    browser: Browser, system: Running, staff: Staff
) -> None:
    placed = staff.shop.order(("steam-50", 1))
    staff.shop.cards(placed)
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "auditor", "/console/audits")
        expect(page.locator(f"[data-shown='{placed['order_id']}']")).to_contain_text("已查看")
        prices = page.locator("[data-deed=price]")
        expect(prices.filter(has_text="the maker asks for more").first).to_be_visible()
        ended = page.locator("[data-deed=promotion_ended]").first
        expect(ended).to_contain_text("演练结束")
        expect(ended).to_contain_text("finance-")
        visitor.expect_accessible()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Audit")
        visitor.expect_accessible()
        visitor.open("/console/suppliers")
        expect(page.get_by_role("heading", level=1)).to_have_text("Suppliers")
        visitor.expect_accessible()


def test_f5_a_supplier_s_row_counts_what_it_was_sent_and_has_done(
    browser: Browser, system: Running, staff: Staff
) -> None:
    def top_up() -> dict[str, Any]:
        products = staff.shop.get("/v1/products?limit=100")["items"]  # a member's price
        price = next(o["price"] for p in products for o in p["skus"] if o["sku"] == TOPUP)
        line = {"sku": TOPUP, "quantity": 1, "unit_price": price, "target": "13800138000"}
        body = {"lines": [line], "pay_with": "wallet"}
        placed: dict[str, Any] = staff.shop.send("POST", "/v1/orders", body).json()
        return placed

    placed = top_up()
    until(lambda: staff.shop.look(placed)["state"] == "delivered")
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "finance", "/console/suppliers")
        row = page.locator("[data-supplier]").filter(has_text=TOPUP).first
        expect(row).to_be_visible()
        sent, done = row.locator("td").nth(2), row.locator("td").nth(3)
        before = (int(sent.inner_text()), int(done.inner_text()))
        assert before[1] >= 1
        assert before[0] >= before[1]
        expect(row).to_contain_text("秒")
        visitor.expect_accessible()


def test_d4_a_report_is_read_with_its_text_and_a_signature_that_is_audit_s_own(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "auditor", "/console/audits")
        row = page.locator("[data-report=valid]").first
        expect(row).to_contain_text("审计本人签名", timeout=REPORTS_MS_MAX)
        row.get_by_role("button").click()
        report = page.get_by_role("dialog")
        expect(report).to_contain_text("卡盟审计报告")
        expect(report).to_contain_text("完好 · whole")
        expect(report).to_contain_text("已核对记录")
        expect(report).to_contain_text("Ed25519")
        visitor.expect_accessible()


def test_d5_each_path_is_open_to_its_roles_and_403_to_all_others(staff: Staff) -> None:
    door = staff.shop.run["gateway"]
    for role in ROLES:
        user, secret = staff.hire(role)
        body = {"user": user, "password": PASSWORD, "totp": pyotp.TOTP(secret).now()}

        def entered(body: dict[str, str] = body) -> str:
            return str(httpx.post(door + "/v1/admin/sessions", json=body).json().get("token", ""))

        headers = {"Authorization": f"Bearer {until(entered)}"}
        for path, roles in ROOMS_BY_PATH.items():
            expected = 200 if role in roles else 403
            assert httpx.get(door + path, headers=headers).status_code == expected, (role, path)
    for path in ROOMS_BY_PATH:
        assert httpx.get(door + path).status_code == 401


def test_d5_the_auditor_sees_who_works_here_and_lets_nobody_in(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "auditor", "/console/staff")
        expect(page.locator("[data-role=auditor]").first).to_be_visible()
        expect(page.locator("[data-let-in]")).to_have_count(0)
        visitor.expect_accessible()
        assert "totp" not in page.content()
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "owner", "/console/staff")
        page.locator("[data-let-in]").click()
        page.locator("#staff-user").fill("new-colleague")
        page.locator("#staff-password").fill("short")
        expect(page.locator("[data-act=let-in]")).to_be_disabled()
        page.locator("#staff-password").fill(PASSWORD)
        page.locator("#staff-role").select_option("risk")
        visitor.expect_accessible()
        page.locator("[data-act=let-in]").dblclick()
        expect(page.locator("[data-secret]")).to_contain_text("new-colleague")
        expect(page.locator("[data-colleague=new-colleague]")).to_contain_text("风控")
