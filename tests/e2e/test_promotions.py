"""A flash sale and a coupon, whole: charged as shown, used up exactly (A9, B4)."""

import asyncio
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.running import Running
from tests.e2e.files import Buyer, Clerk
from tests.e2e.shop import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

FLASH: Final = 4_600
UNITS, PER_ACCOUNT, TRIES_MAX = 6, 4, 8
ENDS: Final = "2099-01-01T00:00:00Z"
OFF: Final = 200


@pytest.fixture(scope="module")
def clerk(system: Running) -> Clerk:
    return Clerk(system, sku="steam-50")


@pytest.fixture(scope="module")
def buyer(system: Running) -> Buyer:
    return Buyer(system)


def offer(buyer: Buyer, sku: str = "steam-50") -> dict[str, Any]:
    found = buyer.get("/v1/products?limit=100")["items"]
    offers = (each for product in found for each in product["skus"])
    return next(dict(each) for each in offers if each["sku"] == sku)


def product_of(buyer: Buyer, sku: str = "steam-50") -> str:
    found = buyer.get("/v1/products?limit=100")["items"]
    return next(
        str(product["product_id"])
        for product in found
        if any(each["sku"] == sku for each in product["skus"])
    )


def body(price: int, **more: Any) -> dict[str, Any]:
    line = {"sku": "steam-50", "quantity": 1, "unit_price": {"amount": price, "currency": "CNY"}}
    return {"lines": [line], "pay_with": "wallet", **more}


def order(buyer: Buyer, price: int, **more: Any) -> dict[str, Any]:
    found = buyer.post("/v1/orders", body(price, **more), Prefer="wait=20")
    return dict(found.json())


def at_once(buyer: Buyer, price: int, **more: Any) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(TRIES_MAX) as pool:
        return list(pool.map(lambda _: order(buyer, price, **more), range(TRIES_MAX)))


def test_a_flash_sale_gives_an_account_its_part_however_many_it_orders_at_once(
    clerk: Clerk, buyer: Buyer
) -> None:
    usual, path = buyer.price("steam-50"), f"/v1/admin/products/{product_of(buyer)}/promotions"
    sale = {"sku": "steam-50", "price": FLASH, "ends_at": ENDS, "units": UNITS}
    begun = clerk.operator("POST", path, {**sale, "per_account": PER_ACCOUNT})
    assert begun.status_code in {200, 202}, begun.text
    until(lambda: offer(buyer)["price"]["amount"] == FLASH)
    assert offer(buyer)["promotion"]["left"] == UNITS
    before = buyer.balance
    found = Counter((each["state"], each.get("code")) for each in at_once(buyer, FLASH))
    assert found == {
        ("delivered", None): PER_ACCOUNT, ("refused", "PROMOTION_LIMIT"): TRIES_MAX - PER_ACCOUNT
    }  # fmt: skip
    spent = before - buyer.balance
    assert spent == PER_ACCOUNT * FLASH
    until(lambda: offer(buyer)["promotion"]["left"] == UNITS - PER_ACCOUNT)
    assert order(buyer, usual)["state"] == "delivered"
    promotion_id = begun.json()["id"]
    ended = clerk.operator("POST", f"{path}/{promotion_id}/end", {"reason": "sold enough"})
    assert ended.status_code in {200, 202}, ended.text
    until(lambda: offer(buyer)["price"]["amount"] == usual)
    assert order(buyer, FLASH)["code"] == "PRICE_CHANGED"


def test_a_coupon_is_charged_as_it_was_shown_and_used_no_oftener_than_it_may(
    clerk: Clerk, buyer: Buyer
) -> None:
    code = f"E2E-{secrets.token_hex(3)}"
    coupon = {"code": code, "off": OFF, "ends_at": ENDS, "uses": 5, "per_account": 2}
    assert clerk.operator("POST", "/v1/admin/coupons", coupon).status_code in {200, 202}
    price = buyer.price("steam-50")
    shown = until(lambda: _checked(buyer, price, code))
    assert (shown["total"]["amount"], shown["discount"]["amount"]) == (price - OFF, OFF)
    placed = at_once(buyer, price, coupon=code.lower())
    found = Counter((each["state"], each.get("code")) for each in placed)
    assert found == {("delivered", None): 2, ("refused", "COUPON_USED_UP"): TRIES_MAX - 2}
    good = next(each for each in placed if each["state"] == "delivered")
    assert good["total"]["amount"] == price - OFF
    assert good["discount"]["amount"] == good["lines"][0]["discount"]["amount"] == OFF
    count = until(lambda: _used(clerk, code, 2))
    assert (count["uses"], count["left"], count["held"]) == (5, 3, 0)
    assert order(buyer, price, coupon="NO-SUCH")["code"] == "UNKNOWN_COUPON"


def _checked(buyer: Buyer, price: int, code: str) -> dict[str, Any] | None:
    found: dict[str, Any] = buyer.post("/v1/orders:check", body(price, coupon=code)).json()
    return found if found["ok"] else None


def _used(clerk: Clerk, code: str, times: int) -> dict[str, Any] | None:
    found: dict[str, Any] = clerk.operator("GET", f"/v1/admin/coupons/{code}").json()
    return found if found.get("used") == times else None


def test_what_was_used_up_is_on_the_log_and_the_audit_agrees(system: Running) -> None:
    found: Audited = asyncio.run(audit(system))
    assert found.passed, str(found)
