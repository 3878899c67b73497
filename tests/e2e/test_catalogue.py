"""An operator's day with the catalogue, at the door: listed, stocked, priced, off (B2, B4)."""

from typing import Any, Final

import pytest

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PRODUCT: Final = "moon"
SKU: Final = "moon-30"
PATH: Final = f"/v1/admin/products/{PRODUCT}"
CODES: Final = "MOON-A1B2C3\nMOON-D4E5F6\n"


def listing(sku: str = SKU, **more: Any) -> dict[str, Any]:
    return {
        "product_id": PRODUCT, "name": "月亮点卡", "category": ["游戏点卡"], "guide": "# 用法",
        "search": ["moon"], "skus": [{"sku": sku, "name": "30元", "price": 2_900}], **more,
    }  # fmt: skip


def want(shop: Shop, amount: int) -> dict[str, Any]:
    line = {"sku": SKU, "quantity": 1, "unit_price": {"amount": amount, "currency": "CNY"}}
    wanted = {"lines": [line], "pay_with": "wallet"}
    found: dict[str, Any] = shop.send("POST", "/v1/orders", wanted, Prefer="wait=25").json()
    return found


def on_sale(shop: Shop) -> bool:
    (offer,) = shop.send("GET", f"/v1/products/{PRODUCT}").json()["skus"]
    return bool(offer["stock"]["state"] != "sold_out")


def codes(found: dict[str, Any]) -> set[str]:
    return {found.get("code", ""), *(error["code"] for error in found.get("errors", ()))}


def test_a_product_is_listed_stocked_and_sold(shop: Shop) -> None:
    made = shop.operator("POST", "/v1/admin/products", listing(), Prefer="wait=20")
    assert (made.status_code, made.json()["revision"]) == (201, 1), made.text
    taken = shop.operator("POST", f"/v1/admin/stock/{SKU}/imports", CODES)
    assert taken.status_code == 202, taken.text
    until(lambda: on_sale(shop))
    assert want(shop, 2_900)["state"] == "delivered"


def test_what_another_product_sells_is_refused_with_its_place(shop: Shop) -> None:
    refused = shop.operator("POST", "/v1/admin/products", listing("steam-50"))
    assert (refused.status_code, refused.json()["code"]) == (409, "SKU_TAKEN")
    assert refused.json()["errors"][0]["pointer"] == "/skus/0/sku"
    more = {"skus": listing("steam-50")["skus"]}
    also = shop.operator("PATCH", PATH, more)
    assert (also.status_code, also.json()["code"]) == (409, "SKU_TAKEN")


def test_a_changed_price_is_refused_and_shown_never_applied(shop: Shop) -> None:
    change = {"price": {"sku": SKU, "price": 2_700}}
    changed = shop.operator("PATCH", PATH, change, Prefer="wait=20")
    assert (changed.status_code, changed.json()["revision"]) == (200, 2), changed.text
    assert "PRICE_CHANGED" in codes(want(shop, 2_900))


def test_what_is_off_the_shelf_is_not_sold(shop: Shop) -> None:
    off = {"listed": False, "reason": "over"}
    gone = shop.operator("PATCH", PATH, off, Prefer="wait=20")
    assert gone.status_code == 200, gone.text
    assert "OFF_SHELF" in codes(want(shop, 2_700))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"listed": True},
        {"listed": False, "name": "two at once"},
        {"price": {"sku": SKU, "price": -1}},
        {"skus": []},
        {"name": "x" * 10_000},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(shop: Shop, said: dict[str, Any]) -> None:
    answer = shop.operator("PATCH", PATH, said)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert answer.json()["errors"]


def test_nobody_but_an_operator_lists_anything(shop: Shop) -> None:
    assert shop.send("POST", "/v1/admin/products", listing("mine")).status_code in {401, 403, 404}
