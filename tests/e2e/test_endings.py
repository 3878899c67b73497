"""What comes back and what does not, whole: a coupon, a card set aside; and costs (A9, F2)."""

import asyncio
import secrets
from typing import Any, Final

import httpx
import pytest

from deploy.load.auditing import Audited, audit

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

TOPUP: Final = "cmcc-fast-30"
CARD: Final = "steam-100"
OFF: Final = 100
ENDS: Final = "2099-01-01T00:00:00Z"
LATER: Final = "2099-02-01T00:00:00Z"


def product_of(shop: Shop, sku: str) -> dict[str, Any]:
    products = shop.get("/v1/products?limit=100")["items"]
    found = (each for each in products if any(one["sku"] == sku for one in each["skus"]))
    return dict(next(found))


def offer(shop: Shop, sku: str) -> dict[str, Any]:
    return dict(next(one for one in product_of(shop, sku)["skus"] if one["sku"] == sku))


def coupon(shop: Shop, off: int, **more: Any) -> str:
    code = f"E2E-{secrets.token_hex(3)}".upper()
    body = {"code": code, "off": off, "ends_at": ENDS, "uses": 5, **more}
    answer = shop.operator("POST", "/v1/admin/coupons", body)
    assert answer.status_code in {200, 202}, answer.text
    return code


def asked(shop: Shop, sku: str, code: str, **more: Any) -> dict[str, Any]:
    line = {"sku": sku, "quantity": 1, "unit_price": offer(shop, sku)["price"], **more}
    return {"lines": [line], "pay_with": "wallet", "coupon": code}


def uses(shop: Shop, code: str) -> dict[str, int]:
    found: dict[str, int] = shop.operator("GET", f"/v1/admin/coupons/{code}").json()
    return found


def test_a_top_up_that_nobody_can_deliver_gives_its_coupon_back(shop: Shop) -> None:
    """Its one use of this account is free again, and is used by the next order."""
    code = coupon(shop, OFF)
    body = asked(shop, TOPUP, code, target="13800138000")
    until(lambda: shop.send("POST", "/v1/orders:check", body).json()["ok"])
    refusals = [{"do": "out_of_stock", "supplier": name} for name in ("xinghe", "jiuzhou")]
    steps = {"steps": refusals}
    httpx.post(shop.run["twins"]["supplier"] + "/script", json=steps).raise_for_status()
    before = shop.balance
    placed = shop.send("POST", "/v1/orders", body, Prefer="wait=20").json()
    until(lambda: shop.look(placed)["state"] == "refunded")
    assert shop.balance == before
    until(lambda: uses(shop, code)["left"] == 5)
    assert (uses(shop, code)["used"], uses(shop, code)["held"]) == (0, 0)
    again = shop.send("POST", "/v1/orders", body, Prefer="wait=20").json()
    assert again["state"] == "delivered", again
    until(lambda: uses(shop, code)["used"] == 1)


def test_f2_cards_that_may_be_bad_are_set_aside_and_come_back(shop: Shop) -> None:
    path = f"/v1/admin/stock/{CARD}"

    def stock() -> dict[str, int]:
        found: dict[str, int] = shop.operator("GET", path).json()
        return found

    def all_of(what: str) -> dict[str, int]:
        body = {"everything": True, "reason": "the maker is asked"}
        answer = shop.operator("POST", f"{path}/{what}", body)
        assert answer.status_code == 202, answer.text
        where = answer.headers["Location"]
        return dict(until(lambda: _answered(shop, where, before["received"])))

    before = stock()
    aside = all_of("quarantines")
    assert aside["quarantined"] == before["available"]
    (shown,) = until(lambda: shop.operator("GET", f"{path}/quarantines").json()["items"])
    assert (shown["cards"], shown["reason"]) == (before["available"], "the maker is asked")
    until(lambda: stock()["available"] == 0)
    none = shop.order((CARD, 1))
    assert (none["state"], none["code"]) == ("refused", "INSUFFICIENT_STOCK")
    body = {"quarantine_id": shown["request_id"], "reason": "the maker knows of nothing"}
    lifted = shop.operator("POST", f"{path}/quarantines/lift", body)
    assert lifted.json()["cards"] == before["available"], lifted.text
    where = lifted.headers["Location"]
    good = dict(until(lambda: _answered(shop, where, before["available"])))
    assert good["lifted"] == before["available"]
    until(lambda: not shop.operator("GET", f"{path}/quarantines").json()["items"])
    after = until(lambda: (now := stock())["available"] and now)
    assert (after["available"], after["withdrawn"]) == (before["available"], before["withdrawn"])
    assert shop.order((CARD, 1))["state"] == "delivered"
    assert shop.send("POST", f"{path}/quarantines", {}).status_code in {401, 403}


def _answered(shop: Shop, where: str, cards: int) -> dict[str, int] | None:
    found = shop.operator("GET", where)
    counts = ("quarantined", "lifted", "not_available", "not_quarantined", "unknown")
    body = found.json()
    done = found.status_code == 200 and sum(body[name] for name in counts) == cards
    return body if done else None


def test_nothing_is_sold_below_its_cost_unless_somebody_says_why(shop: Shop) -> None:
    product = product_of(shop, CARD)
    now = offer(shop, CARD)["price"]["amount"]
    path = f"/v1/admin/products/{product['product_id']}"
    price = {"sku": CARD, "price": now, "member_price": now, "cost": now - 1}
    assert shop.operator("PATCH", path, {"price": price}).status_code in {200, 202}
    until(lambda: _cost(shop, path) == now - 1)
    under = {**price, "price": now - 2, "member_price": now - 2}
    refused = shop.operator("PATCH", path, {"price": under}, Prefer="wait=20")
    assert (refused.status_code, refused.json()["code"]) == (422, "BELOW_COST")
    sale = {"sku": CARD, "price": now - 2, "ends_at": ENDS, "units": 5, "per_account": 1}
    refused = shop.operator("POST", path + "/promotions", sale, Prefer="wait=20")
    assert (refused.status_code, refused.json()["code"]) == (422, "BELOW_COST")
    at_cost = {**sale, "price": now - 1, "starts_at": ENDS, "ends_at": LATER}
    planned = shop.operator("POST", path + "/promotions", at_cost, Prefer="wait=20").json()["id"]
    assert until(lambda: _planned(shop, planned))["below_cost"] is False
    dearer = {"price": {**price, "cost": now}, "reason": "the maker asks for more"}
    assert shop.operator("PATCH", path, dearer, Prefer="wait=20").status_code == 200
    until(lambda: _planned(shop, planned)["below_cost"])
    (newest, *_) = shop.operator("GET", f"{path}/skus/{CARD}/prices").json()["items"]
    assert (newest["reason"], newest["cost"]["amount"]) == ("the maker asks for more", now)
    assert shop.send("GET", f"{path}/skus/{CARD}/prices").status_code in {401, 403}
    ended = shop.operator("POST", f"{path}/promotions/{planned}/end", {"reason": "too dear"})
    assert ended.status_code in {200, 202}
    cheap, kind = coupon(shop, 2), coupon(shop, 2, below_cost="a gift")
    until(lambda: shop.send("POST", "/v1/orders:check", asked(shop, CARD, kind)).json()["ok"])
    shown = until(
        lambda: shop.send("POST", "/v1/orders:check", asked(shop, CARD, cheap)).json()["errors"]
    )
    until(lambda: shop.send("POST", "/v1/orders:check", asked(shop, CARD, cheap)).json())
    assert [error["code"] for error in shown] == ["COUPON_BELOW_COST"]
    charged = shop.send("POST", "/v1/orders", asked(shop, CARD, cheap), Prefer="wait=20").json()
    assert (charged["state"], charged["code"]) == ("refused", "COUPON_BELOW_COST")
    given = shop.send("POST", "/v1/orders", asked(shop, CARD, kind), Prefer="wait=20").json()
    assert (given["state"], given["total"]["amount"]) == ("delivered", now - 2)
    product_id, prices = product["product_id"], "/v1/products/{}/prices"
    assert "the maker asks" not in shop.send("GET", prices.format(product_id)).text
    public = shop.send("GET", f"/v1/products/{product['product_id']}").text
    assert '"cost"' not in public
    assert '"below_cost"' not in public
    assert shop.send("GET", path + "/costs").status_code in {401, 403}


def test_f2_what_runs_low_is_said_by_the_threshold_that_was_set_for_it(shop: Shop) -> None:
    path = f"/v1/admin/stock/{CARD}"
    left = shop.operator("GET", path).json()["available"]
    said = {"units": left, "reason": "it sells fast"}
    assert shop.operator("POST", f"{path}/threshold", said).status_code == 202
    found = until(lambda: _low(shop))
    assert (found["available"], found["threshold"]) == (left, left)
    assert found["since"]
    assert found["sold_hour"] > 0
    assert found["minutes_left"] == left * 60 // found["sold_hour"]
    assert offer(shop, CARD)["stock"]["state"] == "low"
    fewer = {"units": left - 1, "reason": "it does not"}
    assert shop.operator("POST", f"{path}/threshold", fewer).status_code == 202
    until(lambda: not _low(shop))
    bad = shop.operator("POST", f"{path}/threshold", {"units": -1, "reason": "no"})
    assert bad.status_code == 400


def _low(shop: Shop) -> dict[str, Any] | None:
    items = shop.operator("GET", "/v1/admin/low-stock").json()["items"]
    return next((each for each in items if each["sku"] == CARD), None)


def _planned(shop: Shop, promotion_id: str) -> dict[str, Any]:
    items = shop.operator("GET", "/v1/admin/promotions?limit=100").json()["items"]
    return next((each for each in items if each["promotion_id"] == promotion_id), {})


def _cost(shop: Shop, path: str) -> int | None:
    items = shop.operator("GET", path + "/costs").json()["items"]
    found: int | None = next(each["cost"] for each in items if each["sku"] == CARD)
    return found


def test_the_books_hold_with_all_of_it(shop: Shop) -> None:
    async def judged() -> Audited:
        return await audit(shop.system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
