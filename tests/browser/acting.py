"""What people do around a page: read a text message, pay at a channel, sit at the console."""

import json
import re
import secrets
import time
from typing import Any, Final

import httpx
from playwright.sync_api import Locator, Page, expect

from deploy.load.people import CONTEXT, People
from tests.browser.conftest import Visitor

SMS_S_MAX: Final = 20.0
ANSWER_S_MAX: Final = 30.0
TABS_MAX: Final = 60


def texts(run: dict[str, Any], phone: str) -> list[str]:
    """What that phone has got, the oldest first."""
    sms = f"{run['twins']['sms']}/sms?phone={phone}"
    sent = httpx.get(sms, verify=CONTEXT).json()["items"]
    return [each["text"] for each in sent]


def code_sent(run: dict[str, Any], phone: str, before: int) -> str:
    """The six digits of the text that came after so many others."""
    deadline_s = time.monotonic() + SMS_S_MAX
    while True:  # bounded by: SMS_S_MAX
        if len(sent := texts(run, phone)) > before:
            return str(re.findall(r"\b\d{6}\b", sent[-1])[-1])
        assert time.monotonic() < deadline_s, "no text came"
        time.sleep(0.1)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus, as who has no mouse does."""
    for _ in range(TABS_MAX):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {TABS_MAX} tabs")


def sign_in(visitor: Visitor, phone: str, at: Page | Locator) -> None:
    """Type the phone, take the code from it, type the code."""
    before = len(texts(visitor.run, phone))
    at.get_by_label("手机号").fill(phone)
    at.get_by_role("button", name="获取验证码").click()
    first = at.get_by_label("验证码第 1 位")
    expect(first).to_be_visible()
    first.click()
    visitor.page.keyboard.type(code_sent(visitor.run, phone, before), delay=10)


def order_unpaid(visitor: Visitor, phone: str) -> str:
    """As someone new, who has no money here: order a card; where the channel lets it be paid."""
    page = visitor.page
    visitor.open("/sign-in?to=/p/steam")
    sign_in(visitor, phone, page)
    page.locator("[data-sku=steam-50]").click()
    page.get_by_role("button", name="立即购买").click()
    page.locator("[data-pay]").click()
    link = page.locator("[data-pay-page]")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def pay_at_the_channel(visitor: Visitor) -> None:
    """Pay on the page that the link leads to, and come back."""
    with visitor.page.context.expect_page() as opened:
        visitor.page.locator("[data-pay-page]").click()
    channel = opened.value
    channel.get_by_role("button", name="确认付款").click()
    expect(channel.get_by_text("已付款")).to_be_visible()
    channel.close()


class Operator:
    """Somebody at the door with an operator's session."""

    def __init__(self, run: dict[str, Any]) -> None:
        self._home = run["gateway"]
        self._token = People(run).sign_in()

    def send(self, method: str, path: str, body: dict[str, Any]) -> None:
        """Have it done before the answer."""
        self._send(method, path, "application/json", json.dumps(body))

    def send_text(self, path: str, body: str) -> None:
        """The same with lines of text."""
        self._send("POST", path, "text/plain", body)

    def _send(self, method: str, path: str, kind: str, body: str) -> None:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": kind,
            "Idempotency-Key": secrets.token_hex(8),
            "Prefer": "wait=20",
        }
        answer = httpx.request(
            method, self._home + path, content=body, headers=headers, timeout=ANSWER_S_MAX
        )
        assert answer.is_success, answer.text

    def give(self, visitor: Visitor, amount: int) -> None:
        """Put money into the wallet of whoever is signed in there."""
        account = visitor.page.evaluate("fetch('/v1/wallet').then(a => a.json())")["account_id"]
        body = {"amount": {"amount": amount, "currency": "CNY"}, "reason": "test"}
        self.send("POST", f"/v1/admin/wallets/{account}/deposits", body)
