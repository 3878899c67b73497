"""What buyers say, wait for and keep: reviews (A7), waitlists (A10), saved targets (D5)."""

import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import httpx
import pytest

from deploy.load.people import CONTEXT

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
SAID: Final = "REVIEW-THAT-STAYS-SEALED"
NUMBER: Final = "13812345678"
WAIT: Final = {"Prefer": "wait=20"}


def reviews(shop: Shop) -> Any:
    return shop.get("/v1/products/steam/reviews")


def test_a7_a_completed_line_is_reviewed_once_and_support_hides_it(shop: Shop) -> None:
    placed = shop.order((SKU, 1))
    path = f"/v1/orders/{placed['order_id']}/lines/1/review"
    body = {"rating": 4, "text": f"<b>{SAID}</b>"}
    early = shop.send("POST", path, body, **WAIT)
    assert (early.status_code, early.json()["code"]) == (409, "REVIEW_NOT_COMPLETED")
    shop.send("POST", f"/v1/orders/{placed['order_id']}/confirm", **WAIT)
    until(lambda: shop.look(placed)["state"] == "completed")
    posted = shop.send("POST", path, body, **WAIT)
    assert posted.status_code == 200, posted.text
    again = shop.send("POST", path, {"rating": 1, "text": "again"}, **WAIT)
    assert again.json()["code"] == "REVIEW_REVIEWED"
    until(lambda: reviews(shop)["items"])
    (one,) = reviews(shop)["items"]
    assert (one["rating"], one["text"], one["sku"]) == (4, body["text"], SKU)
    assert shop.account not in str(one)
    rating = {"count": 1, "mean_hundredths": 400}
    assert reviews(shop)["rating"] == shop.get("/v1/products/steam")["rating"] == rating
    (own,) = shop.get(f"/v1/orders/{placed['order_id']}/reviews")["items"]
    assert (own["line"], own["rating"]) == (1, 4)
    judge = f"/v1/admin/reviews/{one['review_id']}/judge"
    hide = {"shown": False, "reason": "含广告"}
    assert shop.operator("POST", judge, hide, **WAIT).status_code == 200
    assert reviews(shop)["items"] == []
    assert reviews(shop)["rating"]["count"] == 0
    twice = shop.operator("POST", judge, hide, **WAIT)
    assert twice.json()["code"] == "REVIEW_NO_CHANGE"
    (hidden,) = shop.operator("GET", "/v1/admin/reviews?hidden=1").json()["items"]
    assert (hidden["reason"], hidden["shown"]) == ("含广告", False)
    assert SAID.encode() not in shop.log()


def test_d5_saved_targets_are_kept_renamed_and_forgotten_and_never_in_clear(shop: Shop) -> None:
    body = {"name": "妈妈的手机", "fields": {"number": NUMBER}}
    saved = shop.send("POST", "/v1/targets", body, **WAIT)
    assert saved.status_code == 200, saved.text
    (one,) = shop.get("/v1/targets")["items"]
    assert (one["name"], one["fields"]) == (body["name"], body["fields"])
    path = f"/v1/targets/{one['target_id']}"
    assert shop.send("POST", path + "/name", {"name": "妈妈"}, **WAIT).status_code == 200
    (one,) = shop.get("/v1/targets")["items"]
    assert (one["name"], one["fields"]) == ("妈妈", body["fields"])
    assert shop.send("POST", path + "/remove", **WAIT).status_code == 200
    assert shop.get("/v1/targets")["items"] == []
    gone = shop.send("POST", path + "/remove", **WAIT)
    assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND")
    assert NUMBER.encode() not in shop.log()


def test_a10_who_waits_for_a_sold_out_sku_is_told_once_when_it_comes(shop: Shop) -> None:
    listing = {
        "product_id": "awaited", "name": "到货试验卡", "category": ["试验"], "kind": "card",
        "skus": [{"sku": "awaited-1", "name": "1元", "face_value": 100, "price": 100,
                  "low_stock": 0}],
    }  # fmt: skip
    assert shop.operator("POST", "/v1/admin/products", listing, **WAIT).status_code < 300
    wait = {"sku": "awaited-1"}
    joined = shop.send("POST", "/v1/waitlist", wait, **WAIT)
    assert joined.status_code == 200, joined.text
    twice = shop.send("POST", "/v1/waitlist", wait, **WAIT)
    assert twice.json()["code"] == "WAITLIST_WAITING"
    leave = f"/v1/waitlist/{joined.json()['subscription_id']}/leave"
    assert shop.send("POST", leave, **WAIT).status_code == 200
    again = shop.send("POST", "/v1/waitlist", wait, **WAIT)
    assert again.status_code == 200, again.text
    imports = "/v1/admin/stock/awaited-1/imports"
    assert shop.operator("POST", imports, "WAIT-11111\nWAIT-22222\n").status_code < 300
    until(lambda: shop.get("/v1/waitlist")["items"][0]["state"] == "told")
    assert [each["state"] for each in shop.get("/v1/waitlist")["items"]] == ["told", "left"]
    there = shop.send("POST", "/v1/waitlist", wait, **WAIT)
    assert there.json()["code"] == "WAITLIST_IN_STOCK"


def test_a10_a_buyer_who_waits_is_told_by_sms_once_unless_they_would_rather_not(
    shop: Shop,
) -> None:
    listing = {
        "product_id": "texted", "name": "短信试验卡", "category": ["试验"], "kind": "card",
        "skus": [{"sku": "texted-1", "name": "1元", "face_value": 100, "price": 100}],
    }  # fmt: skip
    assert shop.operator("POST", "/v1/admin/products", listing, **WAIT).status_code < 300
    loud, quiet = signed_in(shop, "13800001001"), signed_in(shop, "13800001002")
    for buyer, sms in ((loud, True), (quiet, False)):
        until(partial(buyer, "POST", "/v1/waitlist", {"sku": "texted-1", "sms": sms}))
    imports = "/v1/admin/stock/texted-1/imports"
    assert shop.operator("POST", imports, "TEXT-11111\nTEXT-22222\n").status_code < 300
    for buyer in (loud, quiet):
        until(partial(told, buyer))
    came = until(lambda: [each for each in texts(shop, "13800001001") if "到货" in each])
    assert came == ["【卡盟】您等候的“短信试验卡 1元”已到货，数量有限，先到先得。"]
    assert not [each for each in texts(shop, "13800001002") if "到货" in each]
    assert b"13800001001" not in shop.log()


def told(buyer: Callable[..., Any]) -> bool:
    return bool(buyer("GET", "/v1/waitlist")["items"][0]["state"] == "told")


def texts(shop: Shop, phone: str) -> list[str]:
    sms = f"{shop.run['twins']['sms']}/sms?phone={phone}"
    found = httpx.get(sms, verify=CONTEXT).json()["items"]
    return [str(each["text"]) for each in found]


def signed_in(shop: Shop, phone: str) -> Callable[..., Any]:
    """A buyer with this phone; asking as they do gives the body, None where it is refused."""
    door, key = shop.run["gateway"], "Idempotency-Key"
    once = {key: secrets.token_hex(8)}
    httpx.post(door + "/v1/auth/codes", json={"phone": phone}, headers=once).raise_for_status()
    code = re.findall(r"\d{6}", until(lambda: texts(shop, phone))[0])[0]
    tried = {"phone": phone, "code": code}
    once = {key: secrets.token_hex(8)}
    entered = httpx.post(door + "/v1/auth/sessions", json=tried, headers=once).json()

    def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {key: secrets.token_hex(8), "Authorization": f"Bearer {entered['token']}"}
        answer = httpx.request(method, door + path, json=body, headers={**headers, **WAIT})
        return answer.json() if answer.is_success else None

    return ask
