"""What buyers say of what they bought, and what becomes of it (A7)."""

import re
import secrets

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import Operator, sign_in
from tests.browser.conftest import Visitor, visiting

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
        visitor.open("/p/steam")
        expect(page.get_by_text("还没有评价")).to_be_visible()
