"""Before it is paid a buyer sees what it costs as a rule, and what makes it cost less (B4, A8)."""

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.running import Running
from tests.browser.acting import sign_in
from tests.browser.conftest import PHONE, visiting

pytestmark = pytest.mark.timeout(300)


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
