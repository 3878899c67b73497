"""Accounts in our people's hands: blocked, let in again, keys ended, orders given up (D3, F5)."""

import re
import secrets
from typing import Any, Final

import httpx
import pytest

from deploy.load.people import CONTEXT, signed_by
from tests.e2e.shop import until

from .owned import SKU
from .people import MONEY, Cast

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

WHY: Final = {"reason": "盗刷，待核实"}
GIVEN: Final = "to try it"
FORBIDDEN: Final = 403
CONFLICT: Final = 409


class Buyer:
    """Somebody with a phone, and how they come in."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.phone = cast, f"139{secrets.randbelow(10**8):08}"
        self.name = f"buyer {self.phone}"
        entered = self.enter().json()
        self.account: str = entered["account_id"]
        cast.sessions[self.name] = entered["token"]
        self.at = f"/v1/admin/accounts/{self.account}"

    def enter(self) -> httpx.Response:
        """Sign in by the newest code."""
        sms = f"{self.cast.run['twins']['sms']}/sms?phone={self.phone}"
        before = len(httpx.get(sms, verify=CONTEXT).json()["items"])
        self.cast.client.post("/v1/auth/codes", json={"phone": self.phone})
        sent = until(lambda: httpx.get(sms, verify=CONTEXT).json()["items"][before:])
        (code,) = re.findall(r"\b\d{6}\b", sent[-1]["text"])
        proof = {"phone": self.phone, "code": code}
        return self.cast.client.post("/v1/auth/sessions", json=proof)

    def told(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.cast.told(self.name, method, path, body)

    def order(self, pay_with: str, state: str) -> str:
        """One that has come so far."""
        skus = self.told("GET", "/v1/products/steam")["skus"]
        price = next(each["price"] for each in skus if each["sku"] == SKU)
        line = {"sku": SKU, "quantity": 1, "unit_price": price}
        placed = self.told("POST", "/v1/orders", {"lines": [line], "pay_with": pay_with})
        path = f"/v1/orders/{placed['order_id']}"
        until(lambda: self.told("GET", path)["state"] == state)
        return path

    def key(self) -> dict[str, Any]:
        """An API key that signs already."""
        made = self.told("POST", "/v1/api-keys", {"name": "shop"})
        until(lambda: self.by_key(made).status_code == httpx.codes.OK)
        return made

    def by_key(self, key: dict[str, Any]) -> httpx.Response:
        """What who signs with the key is answered."""
        who = signed_by(key["key"], key["secret"], "GET", "/v1/wallet", b"")
        return self.cast.client.get("/v1/wallet", headers=who)


@pytest.fixture(scope="module")
def buyer(cast: Cast) -> Buyer:
    found = Buyer(cast)
    body = {"amount": MONEY, "reason": GIVEN}
    cast.told("owner", "POST", f"/v1/admin/wallets/{found.account}/deposits", body)
    until(lambda: found.told("GET", "/v1/wallet")["balance"]["amount"])
    return found


def deeds(cast: Cast, account: str) -> list[tuple[str, str]]:
    """What the auditor reads of the account: deeds and reasons, the newest first."""
    found = cast.told("auditor", "GET", "/v1/admin/audit/deeds")["items"]
    return [(each["deed"], each["reason"]) for each in found if each["account_id"] == account]


def test_nobody_comes_in_for_a_blocked_account_and_what_is_paid_is_delivered(
    cast: Cast, buyer: Buyer
) -> None:
    """Sessions, keys, sign-in, an open stream; they may sign out; then all of it is there again."""
    key, waiting = buyer.key(), buyer.order("yunfu", "awaiting_payment")
    page = until(lambda: buyer.told("GET", waiting).get("pay_url"))
    with cast.asking(buyer.name, "GET", "/v1/stream") as stream:
        assert cast.told("risk", "POST", buyer.at + "/block", WHY)["account_id"] == buyer.account
        until(lambda: cast.ask(buyer.name, "GET", waiting)[0] == FORBIDDEN)
        assert "联系客服" in cast.ask(buyer.name, "GET", waiting)[1]
        until(lambda: buyer.by_key(key).json().get("code") == "ACCOUNT_BLOCKED")
        refused = buyer.enter()
        assert (refused.status_code, refused.json()["code"]) == (FORBIDDEN, "ACCOUNT_BLOCKED")
        httpx.post(page)
        seen = "/v1/admin" + waiting.removeprefix("/v1")
        until(lambda: cast.told("support", "GET", seen)["state"] == "delivered")
        assert list(stream.iter_lines())
    twice = {"Prefer": "wait=20", **cast.headers("risk", "POST", buyer.at)}
    again = cast.client.post(buyer.at + "/block", json=WHY, headers=twice)
    assert (again.status_code, again.json()["code"]) == (CONFLICT, "ACCOUNT_ALREADY_BLOCKED")
    here = "/v1/auth/sessions/current"
    assert cast.ask(buyer.name, "DELETE", here)[0] == httpx.codes.NO_CONTENT, "out they may"
    assert cast.ask(buyer.name, "GET", waiting)[0] == httpx.codes.UNAUTHORIZED
    cast.told("support", "POST", buyer.at + "/unblock", {"reason": "本人已核实"})
    until(lambda: buyer.by_key(key).status_code == httpx.codes.OK)
    entered = buyer.enter()
    assert entered.status_code == httpx.codes.CREATED
    cast.sessions[buyer.name] = entered.json()["token"]
    assert cast.ask(buyer.name, "GET", waiting)[0] == httpx.codes.OK
    expected = [("unblocked", "本人已核实"), ("blocked", WHY["reason"]), ("deposit", GIVEN)]
    assert deeds(cast, buyer.account) == expected


def test_an_account_is_found_by_the_end_of_its_phone_which_nobody_sees(
    cast: Cast, buyer: Buyer
) -> None:
    """(D5)."""
    for asked in (buyer.phone[-4:], buyer.phone, buyer.account):
        found = cast.told("support", "GET", f"/v1/admin/accounts?q={asked}")
        (mine,) = [each for each in found["items"] if each["account_id"] == buyer.account]
        assert mine["phone"] == f"{buyer.phone[:3]}****{buyer.phone[-4:]}"
        assert buyer.phone not in str(found)
    whole = cast.told("finance", "GET", buyer.at)
    assert whole["orders"] == len(cast.told(buyer.name, "GET", "/v1/orders")["items"])
    assert whole["sessions"]
    assert "secret" not in str(whole)


def test_a_key_is_ended_by_our_people_and_a_level_is_set(cast: Cast, buyer: Buyer) -> None:
    key, retail = buyer.key(), buyer.told("GET", "/v1/products/steam")["skus"]
    path = f"{buyer.at}/api-keys/{key['key']}/revoke"
    cast.told("risk", "POST", path, {"reason": "密钥泄露"})
    until(lambda: buyer.by_key(key).status_code == httpx.codes.UNAUTHORIZED)
    cast.told("finance", "POST", buyer.at + "/level", {"level": "member", "reason": "老客户"})

    def cheaper() -> bool:
        now = buyer.told("GET", "/v1/products/steam")["skus"]
        pairs = zip(now, retail, strict=True)
        return any(a["price"]["amount"] < b["price"]["amount"] for a, b in pairs)

    until(cheaper)
    browser = {"Cookie": f"kameng_session={cast.sessions[buyer.name]}"}
    seen = cast.client.get("/v1/products/steam", headers=browser).json()["skus"]
    assert seen == buyer.told("GET", "/v1/products/steam")["skus"]
    assert deeds(cast, buyer.account)[:2] == [("level", "老客户"), ("key_ended", "密钥泄露")]


def test_support_gives_up_an_unpaid_order_and_its_buyer_reads_why(cast: Cast, buyer: Buyer) -> None:
    waiting, paid = buyer.order("yunfu", "awaiting_payment"), buyer.order("wallet", "delivered")
    at = "/v1/admin" + waiting.removeprefix("/v1")
    cast.told("support", "POST", at + "/cancel", {"reason": "重复下单"})
    until(lambda: buyer.told("GET", waiting)["state"] == "cancelled")
    seen = buyer.told("GET", waiting)
    assert (seen["code"], seen["detail"]) == ("CANCELLED_BY_STAFF", "由客服取消：重复下单")
    shown = cast.told("support", "GET", at)
    assert shown["cancelled_by"] not in str(seen)
    late = cast.ask("support", "POST", "/v1/admin" + paid.removeprefix("/v1") + "/cancel", WHY)
    assert (late[0], "ORDER_NOT_CANCELLABLE" in late[1]) == (CONFLICT, True)
    until(lambda: ("cancelled", "重复下单") in deeds(cast, buyer.account))
