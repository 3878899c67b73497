"""A disputed line through the whole system: replacement, refund, rejection, recall (C7, F2)."""

import asyncio
import hashlib
import os
import secrets
from contextlib import suppress
from functools import partial
from signal import SIGKILL
from typing import Any, Final

import pytest

from deploy.load.auditing import Audited, audit

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
LAST: Final = "video-365"
BATCHED: Final = "video-90"
SECRET: Final = "CODE-THAT-NOBODY-READS"
PHOTO: Final = {
    "name": "屏幕截图.png", "media_type": "image/png", "size_bytes": 90_000,
    "sha256": hashlib.sha256(b"x").hexdigest(),
}  # fmt: skip


def delivered(shop: Shop, sku: str = SKU, quantity: int = 1) -> dict[str, Any]:
    placed = shop.order((sku, quantity))
    assert placed["state"] == "delivered", placed
    return placed


def dispute(shop: Shop, placed: dict[str, Any], wants: str = "replacement", **more: Any) -> Any:
    body = {"line": 1, "wants": wants, "text": f"卡密无效 {SECRET}", "attachments": [PHOTO], **more}
    path = f"/v1/orders/{placed['order_id']}/disputes"
    return shop.send("POST", path, body, Prefer="wait=20")


def state_of(shop: Shop, placed: dict[str, Any]) -> tuple[str, str]:
    found = shop.look(placed)["lines"][0]["dispute"]
    return found["state"], found["label"]


def decide(shop: Shop, opened: Any, outcome: str, **more: Any) -> Any:
    path = f"/v1/admin/disputes/{opened.json()['dispute_id']}/decide"
    body = {"outcome": outcome, "reason": "photo checked", **more}
    return shop.operator("POST", path, body, Prefer="wait=20")


def test_c7_a_bad_card_is_replaced_and_both_are_shown(shop: Shop) -> None:
    placed = delivered(shop)
    (bad,) = shop.cards(placed)
    opened = dispute(shop, placed)
    assert opened.status_code == 200, opened.text
    assert state_of(shop, placed) == ("open", "售后处理中")
    waiting = shop.operator("GET", "/v1/admin/disputes").json()["items"]
    (mine,) = [each for each in waiting if each["order_id"] == placed["order_id"]]
    case = shop.operator("GET", f"/v1/admin/disputes/{mine['dispute_id']}").json()
    assert case["words"][0]["text"] == f"卡密无效 {SECRET}"
    assert case["words"][0]["attachments"] == [PHOTO]
    assert decide(shop, opened, "replacement").status_code == 200
    until(lambda: state_of(shop, placed) == ("replaced", "已补发"))
    first, second = until(lambda: len(cards := shop.cards(placed)) == 2 and cards)
    assert first["code"] == bad["code"] != second["code"]
    assert shop.look(placed)["state"] == "delivered"


def test_c7_half_the_price_goes_back_to_the_wallet(shop: Shop) -> None:
    placed = delivered(shop, quantity=2)
    before, half = shop.balance, placed["total"]["amount"] // 2
    opened = dispute(shop, placed, "refund", quantity=1)
    assert decide(shop, opened, "refund").status_code == 200
    until(lambda: state_of(shop, placed)[0] == "refunded")
    assert shop.look(placed)["refunded"]["amount"] == half
    until(lambda: shop.balance == before + half)
    again = dispute(shop, placed, "refund")
    assert (again.status_code, again.json()["code"]) == (409, "DISPUTE_ALREADY_DISPUTED")


def test_c7_the_shop_asks_the_buyer_answers_and_it_is_rejected(shop: Shop) -> None:
    placed = delivered(shop)
    opened = dispute(shop, placed)
    name = opened.json()["dispute_id"]
    ask = f"/v1/admin/disputes/{name}/ask"
    assert shop.operator("POST", ask, {"text": "哪一步失败?"}, Prefer="wait=20").is_success
    assert state_of(shop, placed) == ("asked", "待买家补充")
    path = f"/v1/orders/{placed['order_id']}/disputes/{name}"
    assert shop.send("POST", path + "/evidence", {"text": "第二步"}, Prefer="wait=20").is_success
    said = shop.send("GET", path).json()["words"]
    assert [word["text"] for word in said][1:] == ["哪一步失败?", "第二步"]
    assert decide(shop, opened, "rejection").status_code == 200
    assert state_of(shop, placed) == ("rejected", "售后已驳回")
    late = decide(shop, opened, "refund")
    assert (late.status_code, late.json()["code"]) == (409, "DISPUTE_NOT_OPEN")


def test_c7_the_same_click_again_is_the_same_dispute_and_strangers_see_none(shop: Shop) -> None:
    placed = delivered(shop)
    path = f"/v1/orders/{placed['order_id']}/disputes"
    body, key = {"line": 1, "wants": "refund", "text": "坏卡"}, secrets.token_hex(8)
    answers = [shop.send("POST", path, body, Idempotency_Key=key) for _ in range(5)]
    assert len({answer.json()["dispute_id"] for answer in answers}) == 1
    until(lambda: state_of(shop, placed)[0] == "open")
    assert len(shop.send("GET", path).json()["items"]) == 1
    name = answers[0].json()["dispute_id"]
    assert shop.send("POST", f"/v1/admin/disputes/{name}/decide", {}).status_code in {401, 403}
    assert shop.send("GET", f"/v1/orders/ord-9/disputes/{name}").status_code == 404
    refund = {"account_id": shop.account, "lines": [1], "reason": "beside the dispute"}
    assert shop.operator(
        "POST", f"/v1/admin/orders/{placed['order_id']}/refunds", refund
    ).is_success
    assert decide(shop, answers[0], "refund", amount=1).is_success
    until(lambda: state_of(shop, placed)[0] == "refunded")
    assert shop.look(placed)["refunded"]["amount"] == 1, "support gives nothing back beside it"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": "x" * 2_001}, {"attachments": [PHOTO] * 6}, {"wants": "gold"},
        {"attachments": [{**PHOTO, "size_bytes": 10_000_001}]}, {"line": 0}, {"quantity": 10**12},
        {"attachments": [{**PHOTO, "sha256": "zz"}]}, {"line": 7}, {"surprise": 1},
        {"attachments": [{**PHOTO, "media_type": "application/x-msdownload"}]},
    ],
)  # fmt: skip
def test_what_is_no_dispute_is_refused_at_the_door(shop: Shop, wrong: dict[str, Any]) -> None:
    placed = _ORDERS.setdefault("one", None) or delivered(shop)
    _ORDERS["one"] = placed
    answer = dispute(shop, placed, **{"wants": "refund", **wrong})
    assert answer.status_code in {400, 404, 422}, answer.text
    assert "dispute" not in shop.look(placed)["lines"][0]


_ORDERS: Final[dict[str, Any]] = {}


def _has_another(shop: Shop, placed: dict[str, Any]) -> bool:
    return state_of(shop, placed)[0] == "replaced" and len(shop.cards(placed)) == 2


def test_c7_killed_in_the_middle_it_still_ends_once(shop: Shop) -> None:
    """Each service that has a part in it dies while three replacements are on their way."""
    cases = []
    for _ in range(3):
        placed = delivered(shop)
        cases.append((placed, dispute(shop, placed)))
    for service, (_, opened) in zip(("orders", "inventory", "delivery"), cases, strict=True):
        path = f"/v1/admin/disputes/{opened.json()['dispute_id']}/decide"
        shop.operator("POST", path, {"outcome": "replacement", "reason": "photo checked"})
        for each in shop.run["processes"]:
            if each["name"].startswith(f"{service}-") and each["pid"]:
                with suppress(ProcessLookupError):
                    os.kill(each["pid"], SIGKILL)
    for placed, _ in cases:
        until(partial(_has_another, shop, placed))


def test_c7_where_no_card_is_left_the_money_goes_back(shop: Shop) -> None:
    placed = delivered(shop, LAST)
    before = shop.balance
    gone = {"everything": True, "reason": "the rest is bad"}
    shop.operator("POST", f"/v1/admin/stock/{LAST}/recalls", gone)
    until(lambda: shop.operator("GET", f"/v1/admin/stock/{LAST}").json()["available"] == 0)
    until(lambda: shop.look(placed)["lines"][0].get("dispute"))
    (offer,) = shop.send("GET", f"/v1/orders/{placed['order_id']}/disputes").json()["items"]
    choice = f"/v1/orders/{placed['order_id']}/disputes/{offer['dispute_id']}/choice"
    assert shop.send("POST", choice, {"wants": "replacement"}, Prefer="wait=20").is_success
    until(lambda: state_of(shop, placed)[0] == "refunded")
    until(lambda: shop.balance == before + placed["total"]["amount"])


def test_f2_buyers_of_a_recalled_batch_are_offered_another_card(shop: Shop) -> None:
    codes = [f"BADBATCH-{n}-{secrets.token_hex(3)}" for n in range(2)]
    path = f"/v1/admin/stock/{BATCHED}"
    everything = {"everything": True, "reason": "make room"}
    shop.operator("POST", path + "/recalls", everything)
    until(lambda: shop.operator("GET", path).json()["available"] == 0)
    taken = shop.operator("POST", path + "/imports", "\n".join(codes)).json()
    until(lambda: shop.operator("GET", path).json()["available"] == 2)
    placed = delivered(shop, BATCHED, 2)
    bad = {"import_id": taken["import_id"], "reason": "the supplier sold them twice"}
    shop.operator("POST", path + "/recalls", bad)
    until(lambda: shop.look(placed)["lines"][0].get("dispute", {}).get("quantity") == 2)
    assert state_of(shop, placed) == ("offered", "卡密已召回，可补发或退款")
    good = [f"GOOD-{n}-{secrets.token_hex(3)}" for n in range(2)]
    shop.operator("POST", path + "/imports", "\n".join(good))
    until(lambda: shop.operator("GET", path).json()["available"] == 2)
    (offer,) = shop.send("GET", f"/v1/orders/{placed['order_id']}/disputes").json()["items"]
    choice = f"/v1/orders/{placed['order_id']}/disputes/{offer['dispute_id']}/choice"
    assert shop.send("POST", choice, {"wants": "replacement"}, Prefer="wait=20").is_success
    until(lambda: state_of(shop, placed)[0] == "replaced")
    shown = until(lambda: len(cards := shop.cards(placed)) == 4 and cards)
    assert sorted(card["code"] for card in shown) == sorted([*codes, *good])


def test_the_books_hold_and_nobody_reads_evidence_on_the_log(shop: Shop) -> None:
    async def judged() -> Audited:
        return await audit(shop.system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
    found = audited.examined.books.disputes
    assert found.again == {}
    log, who = shop.log(), shop.run["demo"]["operator"]["user"]
    assert b"photo checked" in log
    assert f'"by":"{who}"'.encode() in log
    assert SECRET.encode() not in log
    assert b"BADBATCH" not in log
