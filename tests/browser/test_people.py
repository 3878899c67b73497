"""Help, invoices and custom requests, from the buyer's page to the desk and back (E2, E4, E5)."""

import secrets

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.load.running import Running
from tests.browser.acting import sign_in
from tests.browser.conftest import DESK, PHONE, Visitor, visiting
from tests.browser.staff import Staff, staff_of
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

MONEY = 100_000
HOSTILE = '<img src=x onerror="document.title=1">'
CODE = "91350100M000100Y43"


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


class Desk:
    """Gives money, with the session that the owner has already."""

    def __init__(self, staff: Staff) -> None:
        self.shop = staff.shop

    def give(self, page: Page) -> None:
        account = page.evaluate("fetch('/v1/wallet').then(a => a.json())")["account_id"]
        body = {"amount": {"amount": MONEY, "currency": "CNY"}, "reason": "test"}
        path = f"/v1/admin/wallets/{account}/deposits"
        assert self.shop.operator("POST", path, body, Prefer="wait=20").is_success


def a_buyer(visitor: Visitor, staff: Staff, to: str = "/") -> Page:
    """Somebody new, signed in, with money."""
    visitor.open(f"/sign-in?to={to}")
    phone = "139" + "".join(secrets.choice("0123456789") for _ in range(8))
    sign_in(visitor, phone, visitor.page)
    expect(visitor.page.get_by_role("link", name="我的订单")).to_be_visible()
    Desk(staff).give(visitor.page)
    return visitor.page


def bought(visitor: Visitor, staff: Staff) -> Page:
    """They have a delivered order before them."""
    page = a_buyer(visitor, staff, "/p/steam")
    page.locator("[data-sku=steam-50]").click()
    page.get_by_role("button", name="立即购买").click()
    page.locator("[data-pay]:enabled").click()
    expect(page.locator("[data-order=delivered]")).to_be_visible()
    return page


def test_e5_a_buyer_asks_for_an_invoice_and_finance_issues_it(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = bought(visitor, staff)
        page.locator("[data-invoices]").get_by_role("button", name="申请发票").click()
        form = page.get_by_role("dialog")
        form.get_by_role("button", name="企业").click()
        form.get_by_label("发票抬头").fill(f"某某科技 {HOSTILE}")
        form.get_by_label("税号").fill("123")
        form.get_by_label("收票邮箱").fill("a@example.cn")
        form.get_by_role("button", name="申请发票").click()
        expect(form.get_by_text("应为 18 位")).to_be_visible()
        visitor.expect_accessible()
        form.get_by_label("税号").fill(CODE)
        form.get_by_role("button", name="申请发票").click()
        expect(page.locator("[data-invoice=requested]")).to_contain_text("某某科技")
        with visiting(browser, system, viewport=DESK) as desk:
            book = staff.sign_in(desk, "finance", "/console/invoices")
            row = book.locator("tr", has_text=HOSTILE)
            expect(row).to_contain_text(CODE)
            row.get_by_role("button").click()
            book.get_by_label("发票号码，或驳回原因").fill("24502000000012345678")
            desk.expect_accessible()
            book.locator("[data-act=issue]").click()
            expect(row).to_have_count(0)
            desk.expect_accessible()
        visitor.open("/account")
        page.get_by_role("link", name="我的发票").click()
        expect(page.locator("[data-invoice=issued]")).to_contain_text("24502000000012345678")
        visitor.expect_accessible()


def test_e4_what_is_on_no_shelf_is_asked_for_quoted_accepted_and_delivered(
    browser: Browser, system: Running, staff: Staff
) -> None:
    """B4: what is charged is what was quoted."""
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = a_buyer(visitor, staff, "/requests")
        page.get_by_label("您需要什么").fill(f"团队授权 5 席 {HOSTILE}")
        page.get_by_label("数量").fill("5")
        page.get_by_label("预算").fill("600")
        page.get_by_role("button", name="提交需求").click()
        expect(page.locator("[data-request=requested]")).to_contain_text("团队授权 5 席")
        visitor.expect_accessible()
        with visiting(browser, system, viewport=DESK) as desk:
            book = staff.sign_in(desk, "support", "/console/requests")
            row = book.locator("tr", has_text=HOSTILE)
            row.get_by_role("button", name="报价").click()
            book.get_by_label("名称").fill("团队授权 5 席")
            book.get_by_label("数量").fill("1")
            book.get_by_label("单价").fill("480")
            book.get_by_label("交付形式").select_option("code")
            desk.expect_accessible()
            book.locator("[data-act=quote]").click()
            expect(row).to_have_count(0)
            book.locator("[data-state-of=quoted]").click()
            expect(row).to_contain_text("¥480.00")
            desk.expect_accessible()
        expect(page.get_by_text("商品准备中")).to_be_visible()
        items = staff.shop.operator("GET", "/v1/admin/requests?state=quoted").json()["items"]
        (sku,) = [each["sku"] for each in items if HOSTILE in each["text"]]
        path = f"/v1/admin/stock/{sku}/imports"
        assert staff.shop.operator("POST", path, "TEAM-5-SEATS\n").is_success
        accept = page.locator("[data-accept]")
        expect(accept).to_have_text("接受报价并支付 ¥480.00")
        visitor.expect_accessible()
        accept.click()
        expect(page.locator("[data-order=delivered]")).to_be_visible()
        page.locator("[data-reveal]").click()
        expect(page.get_by_text("TEAM-5-SEATS")).to_be_visible()
        visitor.open("/requests")
        expect(page.locator("[data-request=ordered]")).to_be_visible()
        expect(page.locator("[data-answer-time]")).to_contain_text("中位时间")


def test_e2_help_on_an_order_opens_a_thread_that_knows_it_and_the_answer_comes_by_itself(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = bought(visitor, staff)
        order_id = page.url.rsplit("/", 1)[1]
        page.get_by_role("button", name="点击帮助").click()
        page.locator("[data-question]").fill(f"卡密怎么用？{HOSTILE}")
        visitor.expect_accessible()
        page.get_by_role("dialog").get_by_role("button", name="联系客服").click()
        page.get_by_role("link", name="查看咨询").click()
        expect(page.locator("[data-brief]")).to_contain_text(order_id[:8])
        expect(page.locator("[data-brief]")).to_contain_text("Steam 钱包码 50元 × 1")
        expect(page.locator("[data-brief] [data-order-state=delivered]")).to_be_visible()
        expect(page.locator("[data-thread=open]")).to_contain_text("收货时")
        thread = page.url.rsplit("/", 1)[1]
        with visiting(browser, system, viewport=DESK) as desk:
            book = staff.sign_in(desk, "support", "/console/support")
            row = book.locator("tr", has=book.get_by_role("link", name=order_id))
            desk.expect_accessible()
            row.locator("[data-read]").click()
            expect(book.get_by_text(HOSTILE)).to_be_visible()
            book.get_by_label("回复内容").fill("看卡密旁边的使用指南")
            desk.expect_accessible()
            book.locator("[data-act=answer]").click()
            expect(book.locator("[data-thread=answered]")).to_be_visible()
            expect(page.get_by_text("看卡密旁边的使用指南")).to_be_visible()
            expect(page.locator("[data-thread=answered]")).to_be_visible()
            book.locator("[data-act=close]").click()
            expect(page.locator("[data-thread=closed]")).to_be_visible()
            visitor.open("/orders")
            book.get_by_label("回复内容").fill("卡密也可以下载保存")
            book.locator("[data-act=answer]").click()
            expect(page.locator("[data-unread]")).to_have_text("1 条未读")
            page.locator("[data-unread]").click()
            visitor.open(f"/support/{thread}")
            expect(page.get_by_text("卡密也可以下载保存")).to_be_visible()
            expect(page.locator("[data-unread]")).to_have_count(0)
        page.get_by_label("您的问题").fill("还有一个问题")
        page.get_by_role("button", name="发送").click()
        expect(page.locator("[data-thread=open]")).to_be_visible()
        visitor.expect_accessible()
        visitor.open("/support")
        expect(page.locator("[data-answer-time]")).to_contain_text("中位时间")
        expect(page.get_by_role("link", name="卡密怎么用？")).to_be_visible()
        visitor.expect_accessible()


def test_e2_help_beside_a_product_opens_a_thread_that_knows_the_product(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = a_buyer(visitor, staff, "/p/steam")
        page.locator("[data-sku=steam-50]").click()
        page.get_by_role("button", name="点击帮助").click()
        form = page.get_by_role("dialog")
        expect(form.locator("[data-carries]")).to_contain_text("Steam 钱包码 50元 · 选择商品时")
        form.locator("[data-question]").fill("哪个地区能用？")
        form.get_by_role("button", name="联系客服").click()
        page.get_by_role("link", name="查看咨询").click()
        known = page.locator("[data-thread=open]").get_by_role("link", name="Steam 钱包码 50元")
        expect(known).to_have_attribute("href", "/p/steam?sku=steam-50")
        visitor.expect_accessible()


def test_e2_who_has_not_signed_in_is_shown_the_way_to_a_person(
    browser: Browser, system: Running
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        visitor.open("/p/steam")
        visitor.page.get_by_role("button", name="点击帮助").first.click()
        visitor.page.get_by_role("link", name="登录后可联系客服").click()
        expect(visitor.page.get_by_label("手机号")).to_be_visible()


def test_a8_a_price_s_history_has_its_ends_and_every_change_and_says_so_where_there_is_none(
    browser: Browser, system: Running, staff: Staff
) -> None:
    """A8."""
    listing = {
        "product_id": "repriced", "name": "调价试验卡", "category": ["试验"], "kind": "card",
        "skus": [{"sku": "repriced-1", "name": "1 份", "face_value": 1_000, "price": 1_000}],
    }  # fmt: skip
    staff.shop.operator("POST", "/v1/admin/products", listing, Prefer="wait=20")
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = visitor.page
        until(lambda: page.request.get(f"{visitor.home}/v1/products/repriced").ok)
        visitor.open("/p/repriced")
        expect(page.locator("[data-history='1']")).to_contain_text("起一直是 ¥10.00")
        for price in (850, 920):
            change = {"price": {"sku": "repriced-1", "price": price}, "reason": "调价"}
            path = "/v1/admin/products/repriced"
            assert staff.shop.operator("PATCH", path, change, Prefer="wait=20").is_success
        chart = page.locator("[data-history='3']")
        expect(chart.locator(".most")).to_have_text("¥10.00")
        expect(chart.locator(".least")).to_have_text("¥8.50")
        expect(chart.locator("li").first).to_contain_text("¥9.20")
        visitor.expect_accessible()


def test_e3_every_product_has_an_article_with_a_drawing_for_each_step(
    browser: Browser, system: Running, staff: Staff
) -> None:
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = visitor.page
        listed = page.request.get(f"{visitor.home}/v1/products?limit=100").json()["items"]
        visitor.open("/help")
        articles = page.locator(".articles a")
        expect(articles).to_have_count(len(listed))
        expect(page.locator("[data-scene]")).to_have_count(3)
        visitor.expect_accessible()
        shown = {each["product_id"]: each for each in listed}
        for product_id, kind, scenes in (
            ("steam", "card", ["choose", "pay", "code"]),
            ("genshin", "topup", ["choose", "fill", "pay", "topup"]),
        ):
            assert shown[product_id]["kind"] == kind
            visitor.open(f"/help/{product_id}")
            expect(page.locator("[data-scene]")).to_have_count(len(scenes))
            drawn = page.locator("[data-scene]").evaluate_all(
                "all => all.map(x => x.dataset.scene)"
            )
            assert drawn == scenes
            expect(page.get_by_role("heading", level=1)).to_contain_text(shown[product_id]["name"])
            visitor.expect_accessible()
        drawn = page.locator("[data-scene=fill]")
        expect(drawn).to_contain_text("UID")
        visitor.open("/p/steam")
        page.get_by_role("link", name="查看图文教程").click()
        expect(page.locator("[data-scene=choose]")).to_contain_text("Steam 钱包码")
        expect(page.locator("[data-scene=pay]")).to_contain_text("¥48.00")
        listing = {
            "product_id": "by-link", "name": "网盘资料", "category": ["试验"], "kind": "card",
            "shape": "url_extract",
            "skus": [{"sku": "by-link-1", "name": "1 份", "face_value": 100, "price": 100}],
        }  # fmt: skip
        staff.shop.operator("POST", "/v1/admin/products", listing, Prefer="wait=20")
        until(lambda: page.request.get(f"{visitor.home}/v1/products/by-link").ok)
        visitor.open("/help/by-link")
        expect(page.locator("[data-scene=link]")).to_contain_text("网盘资料")
        expect(page.locator("[data-scene=code]")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_contain_text("图文教程")
