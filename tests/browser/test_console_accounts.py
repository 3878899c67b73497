"""Accounts at the console: blocked with a reason, for the auditor to see; orders given up (F5)."""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, expect

from deploy.load.people import People
from deploy.load.running import Running
from tests.browser.conftest import DESK, PHONE, visiting
from tests.browser.staff import Staff, staff_of
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

SKU: Final = "steam-50"
WHY: Final = "盗刷，待核实"


@pytest.fixture(scope="module")
def staff(system: Running) -> Staff:
    return staff_of(system.description["gateway"], Shop(system))


@pytest.fixture(scope="module")
def people(system: Running) -> People:
    return People(system.description)


@pytest.fixture(scope="module")
def buyer(people: People) -> dict[str, Any]:
    return people.sign_up()


def test_an_account_is_found_blocked_with_a_reason_and_let_in_again(
    browser: Browser, system: Running, staff: Staff, people: People, buyer: dict[str, Any]
) -> None:
    people.buyer(buyer, "POST", "/v1/api-keys", {"name": "my-shop"}, wait_s=10)
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "support", "/console/accounts")
        expect(page.locator(f"[data-account='{buyer['account_id']}']")).to_contain_text("****")
        visitor.expect_accessible()
        page.get_by_label("账户或手机号").fill(buyer["account_id"])
        page.get_by_role("button", name="查找").click()
        expect(page.locator("[data-account=free]")).to_be_visible()
        visitor.expect_accessible()
        page.locator("[data-start=block]").click()
        expect(page.locator("[data-act=block]")).to_be_disabled()
        page.get_by_label("理由").fill(WHY)
        visitor.expect_accessible()
        page.locator("[data-act=block]").dblclick()
        expect(page.locator("[data-account=blocked]")).to_contain_text(WHY)
        expect(page.locator("[data-deed=blocked]")).to_have_count(1)
        page.locator("[data-key]").get_by_role("button").click()
        page.get_by_label("理由").fill("密钥泄露")
        page.locator("[data-act=end-key]").click()
        expect(page.locator("[data-key]")).to_contain_text("停用")
        page.locator("[data-start=unblock]").click()
        page.get_by_label("理由").fill("本人已核实")
        page.locator("[data-act=unblock]").click()
        expect(page.locator("[data-account=free]")).to_be_visible()
        page.locator("[data-start=level]").click()
        page.get_by_label("理由").fill("老客户")
        page.locator("[data-act=level]").click()
        expect(page.locator("[data-level]")).to_have_text("会员")
        page.get_by_role("button", name="English").click()
        expect(page.locator("[data-level]")).to_have_text("Member")
        visitor.expect_accessible()
    with visiting(browser, system, viewport=PHONE) as visitor:
        page = staff.sign_in(visitor, "auditor", "/console/audits")
        for deed in ("blocked", "unblocked", "level", "key_ended"):
            expect(page.locator(f"[data-deed={deed}]").first).to_be_visible()
        expect(page.locator("[data-deed=blocked]").first).to_contain_text(WHY)
        visitor.expect_accessible()


def test_an_unpaid_order_is_given_up_with_a_reason_that_its_buyer_reads(
    browser: Browser, system: Running, staff: Staff, people: People
) -> None:
    buyer = people.sign_up()
    skus = people.buyer(buyer, "GET", "/v1/products/steam")["skus"]
    price = next(each["price"] for each in skus if each["sku"] == SKU)
    body = {"lines": [{"sku": SKU, "quantity": 1, "unit_price": price}], "pay_with": "yunfu"}
    placed = people.buyer(buyer, "POST", "/v1/orders", body, wait_s=20)
    with visiting(browser, system, viewport=DESK) as visitor:
        page = staff.sign_in(visitor, "support", f"/console/orders/{placed['order_id']}")
        page.locator("[data-start=cancel]").click()
        page.get_by_label("理由").fill("重复下单")
        visitor.expect_accessible()
        page.locator("[data-act=cancel]").click()
        expect(page.locator("[data-order=cancelled]")).to_contain_text("由客服取消：重复下单")
        expect(page.locator("[data-start=cancel]")).to_have_count(0)
        visitor.expect_accessible()
    path = f"/v1/orders/{placed['order_id']}"
    until(lambda: people.buyer(buyer, "GET", path)["detail"] == "由客服取消：重复下单")
