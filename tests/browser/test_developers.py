"""A reseller's own page and the console's webhooks, in a real browser (F3, F4)."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.load.running import Running
from tests.browser.acting import sign_in
from tests.browser.conftest import DESK, PHONE, Visitor, visiting
from tests.browser.staff import staff_of
from tests.e2e.shop import Shop, until

pytestmark = pytest.mark.timeout(300)

SECRET = re.compile(r"^[0-9a-f]{64}$")


def entered(visitor: Visitor, phone: str) -> Page:
    """At the developers' page, just signed in."""
    visitor.open("/sign-in?to=/account")
    sign_in(visitor, phone, visitor.page)
    visitor.page.get_by_role("link", name="开发者").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("开发者")
    return visitor.page


def keyed(visitor: Visitor, page: Page) -> Shop:
    """Make a key on the page; a program that signs with it."""
    page.get_by_label("密钥名称").fill("收银台")
    page.get_by_role("button", name="创建密钥").click()
    secret = page.locator("[data-secret]")
    expect(secret).to_have_text(SECRET)
    who = {"key": page.locator("[data-key-id]").inner_text(), "secret": secret.inner_text()}
    page.get_by_role("button", name="我已保存").click()
    expect(secret).to_have_count(0)
    page.reload()
    expect(page.locator("[data-key='收银台']")).to_be_visible()
    assert who["secret"] not in page.content()
    return Shop(Described({**visitor.run, "demo": {"reseller": who}}))  # type: ignore[arg-type]  # its description is all that is asked of it


class Described:
    """A system of which only the description is known."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description


def hooked(visitor: Visitor, page: Page, name: str) -> None:
    """Add a webhook at the receiver; it proves itself."""
    page.get_by_label("名称（字母、数字、-）").fill(name)
    page.get_by_label("接收地址（https）").fill("http://127.0.0.1:9/inside")
    page.get_by_role("button", name="添加 Webhook").click()
    expect(page.get_by_text("该地址不可用")).to_be_visible()
    page.get_by_label("接收地址（https）").fill(f"{visitor.run['twins']['webhook']}/hook/{name}")
    page.get_by_role("button", name="添加 Webhook").click()
    expect(page.locator("[data-secret]")).to_have_text(re.compile(r"^whsec_"))
    page.get_by_role("button", name="我已保存").click()
    expect(page.locator(f"[data-hook={name}]")).to_have_attribute("data-state", "enabled")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_account_makes_a_key_is_told_by_a_webhook_and_a_person_of_ours_watches(
    browser: Browser, system: Running, size: dict[str, int]
) -> None:
    name = f"hook-{size['width']}"
    with visiting(browser, system, viewport=size) as visitor:
        page = entered(visitor, f"13855{size['width']:06}")
        program = keyed(visitor, page)
        hooked(visitor, page, name)
        staff = staff_of(visitor.home, Shop(system))
        body = {"amount": {"amount": 50_000, "currency": "CNY"}, "reason": "test"}
        staff.shop.operator("POST", f"/v1/admin/wallets/{program.account}/deposits", body)
        until(lambda: program.balance == 50_000)
        placed = program.order(("steam-50", 1))
        assert placed["state"] == "delivered"
        card = page.locator(f"[data-hook={name}]")
        expect(card).to_contain_text("已送达 3")
        card.get_by_role("button", name="查看推送记录").click()
        rows = card.locator("[data-message=delivered]")
        expect(rows).to_have_count(3)
        rows.first.get_by_role("button", name="重新推送").click()
        expect(card).to_contain_text("已送达 4")
        card.get_by_role("button", name="修改").click()
        form = page.get_by_role("dialog")
        form.get_by_label("order.delivered").check()
        visitor.expect_accessible()
        form.get_by_role("button", name="保存").click()
        expect(form).to_have_count(0)
        expect(card).to_contain_text("order.delivered")
        expect(card).to_have_attribute("data-state", "enabled")
        watched(browser, system, name)
        expect(card).to_have_attribute("data-state", "barred")
        expect(card).to_contain_text("太多重复")
        page.locator("[data-key='收银台']").get_by_role("button", name="停用").click()
        expect(page.locator("[data-key='收银台']")).to_contain_text("已停用于")
        until(lambda: program.send("GET", "/v1/wallet").status_code == 401)


def watched(browser: Browser, system: Running, name: str) -> None:
    """Support finds it in the console, replays a message, and bars it with a reason."""
    with visiting(browser, system, viewport=DESK) as visitor:
        staff = staff_of(visitor.home, Shop(system))
        page = staff.sign_in(visitor, "support", "/console/webhooks")
        expect(page.locator(f"[data-webhook={name}]")).to_be_visible()
        visitor.expect_accessible()
        page.get_by_role("button", name=f"查看 {name}").click()
        last = page.locator("[data-message=delivered]").first
        last.get_by_role("button", name="重新推送").click()
        until(lambda: len(received(system, name)) == 5)
        visitor.expect_accessible()
        page.get_by_role("button", name="停用该地址").click()
        page.get_by_label("理由").fill("太多重复")
        page.get_by_role("dialog").get_by_role("button", name="停用该地址").click()
        expect(page.get_by_role("button", name="允许重新启用")).to_be_visible()
        visitor.expect_accessible()


def received(system: Running, name: str) -> list[Any]:
    """What the receiver was told, its challenge not among it."""
    url = f"{system.description['twins']['webhook']}/received?name={name}"
    items = httpx.get(url).json()["items"]
    return [each for each in items if "webhook.challenge" not in each["body"]]


def test_the_reference_is_for_everybody_and_its_programs_can_be_copied(
    browser: Browser, system: Running
) -> None:
    """Wide programs scroll in their own frame, not the page."""
    with visiting(browser, system) as visitor:
        visitor.open("/docs")
        expect(visitor.page.get_by_role("heading", name="全部接口")).to_be_visible()
        for summary in visitor.page.locator("main > details > summary").all():
            summary.click()
        visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visitor.page.get_by_role("button", name="复制").first.click()
        expect(visitor.page.get_by_text("已复制")).to_be_visible()
        assert "openssl" in visitor.page.evaluate("navigator.clipboard.readText()")
        visitor.expect_accessible()
