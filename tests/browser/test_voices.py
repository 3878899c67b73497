"""What buyers say of what they bought (A7), wait for (A10) and keep for the next time."""

import re
import secrets

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import Operator, sign_in, texts
from tests.browser.conftest import Visitor, visiting
from tests.e2e.shop import until

KEPT_MS = 1_200
"""A browser keeps what anybody may see for a second."""

pytestmark = pytest.mark.timeout(300)

MONEY = 50_000
XSS = '<img src=x onerror="window.wrong=1"> 到账很快'


def phone() -> str:
    return "138" + "".join(secrets.choice("0123456789") for _ in range(8))


def bought(visitor: Visitor, operator: Operator, product: str, sku: str) -> None:
    """Somebody new, with money, buys one and has it."""
    page = visitor.page
    visitor.open(f"/sign-in?to=/p/{product}")
    sign_in(visitor, phone(), page)
    page.locator(f"[data-sku={sku}]").click()
    operator.give(visitor, MONEY)
    page.get_by_role("button", name="立即购买").click()
    page.locator("[data-pay]:enabled").click()
    page.locator("[data-order=delivered]").wait_for()


def test_a7_who_completed_an_order_reviews_it_once_and_support_hides_it(
    browser: Browser, system: Running
) -> None:
    """A7."""
    operator = Operator(system.description)
    with visiting(browser, system) as visitor:
        page = visitor.page
        bought(visitor, operator, "steam", "steam-50")
        form = page.locator("[data-review]")
        expect(form).to_have_count(0)
        page.get_by_role("button", name="确认收货").click()
        page.locator("[data-order=completed]").wait_for()
        form.get_by_role("button", name="发布评价").click()
        expect(form.get_by_text("请选择评分")).to_be_visible()
        form.get_by_label("4 星").check(force=True)
        form.get_by_label("说说怎么样").fill(XSS)
        visitor.expect_accessible()
        form.get_by_role("button", name="发布评价").click()
        expect(form.get_by_text("感谢您的评价")).to_be_visible()
        visitor.open("/p/steam")
        shown = page.locator("[data-reviews] li").filter(has_text="到账很快")
        expect(shown).to_have_text(re.compile(r"买家 .\*\*\*."))
        expect(page.get_by_text("4.00 分 · 1 条评价").first).to_be_visible()
        assert page.evaluate("window.wrong") is None
        visitor.expect_accessible()
        found = page.evaluate("fetch('/v1/products/steam/reviews').then(a => a.json())")
        path = f"/v1/admin/reviews/{found['items'][0]['review_id']}/judge"
        operator.send("POST", path, {"shown": False, "reason": "含广告"})
        page.wait_for_timeout(KEPT_MS)
        visitor.open("/p/steam")
        expect(page.get_by_text("还没有评价")).to_be_visible()


def test_a10_on_a_sold_out_sku_the_button_promises_to_tell_and_the_account_page_does(
    browser: Browser, system: Running
) -> None:
    """A10."""
    operator = Operator(system.description)
    listing = {
        "product_id": "awaited", "name": "到货试验卡", "category": ["试验"], "kind": "card",
        "skus": [{"sku": "awaited-1", "name": "1元", "face_value": 100, "price": 100,
                  "low_stock": 0}],
    }  # fmt: skip
    operator.send("POST", "/v1/admin/products", listing)
    told, quiet = phone(), phone()
    with visiting(browser, system) as visitor, visiting(browser, system) as other:
        for each, number in ((visitor, told), (other, quiet)):
            each.open("/sign-in?to=/p/awaited")
            sign_in(each, number, each.page)
        other.page.get_by_label("到货时也发短信给我").uncheck()
        other.page.locator("[data-wait]").click()
        expect(other.page.locator("[data-waiting]")).to_contain_text("已登记")
        page = visitor.page
        expect(page.get_by_label("到货时也发短信给我")).to_be_checked()
        page.locator("[data-wait]").click()
        expect(page.locator("[data-waiting]")).to_contain_text("已登记")
        visitor.expect_accessible()
        visitor.open("/account")
        waiting = page.locator("[data-waitlist]")
        expect(waiting.get_by_text("等候中")).to_be_visible()
        visitor.expect_accessible()
        operator.send_text("/v1/admin/stock/awaited-1/imports", "WAITS-11111\nWAITS-22222")
        expect(waiting.get_by_text("已到货")).to_be_visible()
        other.open("/account")
        expect(other.page.locator("[data-waitlist]").get_by_text("已到货")).to_be_visible()
        until(lambda: any("到货" in text for text in texts(visitor.run, told)))
        assert not any("到货" in text for text in texts(visitor.run, quiet))


def test_a_target_is_saved_offered_again_renamed_and_removed(
    browser: Browser, system: Running
) -> None:
    with visiting(browser, system) as visitor:
        page = visitor.page
        visitor.open("/sign-in?to=/p/genshin")
        sign_in(visitor, phone(), page)
        page.get_by_label("UID").fill("100000000")
        page.get_by_label("服务器").select_option("天空岛")
        page.get_by_role("button", name="保存为常用").click()
        page.get_by_label("名称").fill("<b>妈</b>")
        page.get_by_role("button", name="好", exact=True).click()
        expect(page.get_by_text("已保存")).to_be_visible()
        page.reload()
        expect(page.get_by_label("UID")).to_have_value("")
        page.get_by_label("用常用账号填写").select_option("<b>妈</b>")
        expect(page.get_by_label("UID")).to_have_value("100000000")
        visitor.expect_accessible()
        page.get_by_role("link", name="我的", exact=True).click()
        kept = page.locator("[data-targets]")
        expect(kept.get_by_text("100000000")).to_be_visible()
        kept.get_by_role("button", name="重命名").click()
        kept.get_by_label("名称").fill("妈妈")
        kept.get_by_role("button", name="好").click()
        expect(kept.get_by_text("妈妈", exact=True)).to_be_visible()
        visitor.expect_accessible()
        kept.get_by_role("button", name="删除").click()
        expect(kept.get_by_text("还没有保存的账号")).to_be_visible()
