"""Money back and cards called back through the whole system (C7, F2, F6)."""

import asyncio
import secrets
from typing import Any, Final

import httpx
import pytest

from deploy.load.auditing import Audited, audit

from .shop import Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SKU: Final = "steam-50"
OTHER: Final = "jcard-10"
BATCHED: Final = "steam-200"
BATCH: Final = 6
BAD: Final = "BADBATCH"


def refund(shop: Shop, placed: dict[str, Any], **what: Any) -> httpx.Response:
    body = {"account_id": shop.account, "reason": "the code was used", **what}
    return shop.operator("POST", f"/v1/admin/orders/{placed['order_id']}/refunds", body)


def paid_back(shop: Shop, placed: dict[str, Any]) -> int:
    return int(shop.look(placed).get("refunded", {"amount": 0})["amount"])


def given(shop: Shop, placed: dict[str, Any]) -> int:
    """What its channel has given back of it."""
    payments = httpx.get(shop.run["twins"]["payment"] + "/payments").json()["items"]
    (paid,) = [each for each in payments if each["their_id"] in placed["pay_url"]]
    assert paid["amount"] == price(placed)
    return int(paid["refunded"])


def channel(shop: Shop, *steps: dict[str, Any]) -> None:
    """It behaves like this from now on; without steps as usual."""
    answer = httpx.post(shop.run["twins"]["payment"] + "/script", json={"steps": steps})
    assert answer.status_code == 204, answer.text


def price(placed: dict[str, Any], line: int = 1) -> int:
    found = placed["lines"][line - 1]
    return int(found["unit_price"]["amount"]) * int(found["quantity"])


def test_a_delivered_line_goes_back_to_the_wallet_and_is_seen_everywhere(shop: Shop) -> None:
    before, placed = shop.balance, shop.order((SKU, 1), (OTHER, 2))
    assert placed["state"] == "delivered", placed
    assert refund(shop, placed, lines=[2]).status_code == 202
    until(lambda: paid_back(shop, placed) == price(placed, 2))
    seen = shop.look(placed)
    assert seen["state"] == "delivered"
    assert [(line["state"], line["label"]) for line in seen["lines"]] == [
        ("delivered", "已发货"), ("refunded", "已退款"),
    ]  # fmt: skip
    until(lambda: shop.balance == before - price(placed, 1))
    newest = shop.send("GET", "/v1/wallet/statement").json()["items"][0]
    assert (newest["kind"], newest["reference"]) == ("refund", placed["order_id"])
    assert newest["amount"]["amount"] == price(placed, 2)
    steps = shop.send("GET", f"/v1/orders/{placed['order_id']}/timeline").json()["items"]
    assert [step["type"] for step in steps][-2:] == ["OrderRefunding", "OrderRefunded"]


def test_a_line_is_never_given_back_twice_nor_beyond_its_price(shop: Shop) -> None:
    placed = shop.order((SKU, 1))
    before, half = shop.balance, price(placed) // 2
    key = secrets.token_hex(8)
    path = f"/v1/admin/orders/{placed['order_id']}/refunds"
    body = {"account_id": shop.account, "amount": half, "reason": "half of it"}
    answers = [shop.operator("POST", path, body, Idempotency_Key=key) for _ in range(5)]
    assert {answer.json()["refund_id"] for answer in answers} == {answers[0].json()["refund_id"]}
    until(lambda: paid_back(shop, placed) == half)
    assert refund(shop, placed, amount=price(placed)).status_code == 202
    assert refund(shop, placed).status_code == 202
    until(lambda: shop.look(placed)["state"] == "refunded")
    assert paid_back(shop, placed) == price(placed)
    until(lambda: shop.balance == before + price(placed))


def test_what_was_paid_at_a_channel_goes_back_to_the_channel(shop: Shop) -> None:
    before, placed = shop.balance, shop.order((SKU, 1), pay_with="kapay")
    httpx.post(placed["pay_url"])
    until(lambda: shop.look(placed)["state"] == "delivered")
    assert refund(shop, placed, to="source").status_code == 202
    until(lambda: shop.look(placed)["state"] == "refunded")
    assert given(shop, placed) == price(placed)
    assert shop.balance == before


def test_an_order_stays_refunding_while_one_part_is_back_and_nobody_knows_of_the_other(
    shop: Shop,
) -> None:
    """Nothing more goes back meanwhile, and what is unknown goes nowhere else (C7, C8)."""
    before, placed = shop.balance, shop.order((SKU, 1), pay_with="kapay")
    httpx.post(placed["pay_url"])
    until(lambda: shop.look(placed)["state"] == "delivered")
    part = price(placed) // 3
    rest = price(placed) - part
    channel(shop, {"do": "unknown", "on": "refund", "times": 10_000})
    assert refund(shop, placed, amount=part, to="source").status_code == 202
    assert refund(shop, placed, amount=rest).status_code == 202
    until(lambda: shop.balance == before + rest)
    assert refund(shop, placed, amount=part).status_code == 202
    assert refund(shop, placed, amount=part, to="source").status_code == 202
    assert shop.look(placed)["state"] == "refunding"
    assert given(shop, placed) == 0
    channel(shop)
    until(lambda: shop.look(placed)["state"] == "refunded")
    assert (paid_back(shop, placed), given(shop, placed)) == (price(placed), part)
    assert shop.balance == before + rest


def test_nobody_else_s_money_is_given_back(shop: Shop) -> None:
    before, placed = shop.balance, shop.order((SKU, 1))
    paid = before - price(placed)
    assert refund(shop, placed, account_id="somebody-else").status_code == 202
    assert shop.send("POST", f"/v1/admin/orders/{placed['order_id']}/refunds", {}).status_code in {
        401, 403,
    }  # fmt: skip
    assert refund(shop, placed, lines=[7]).status_code == 202
    assert (paid_back(shop, placed), shop.balance) == (0, paid)


def stock(shop: Shop) -> dict[str, int]:
    found = shop.operator("GET", f"/v1/admin/stock/{BATCHED}").json()
    return {name: found[name] for name in ("received", "available", "sold", "withdrawn")}


def called_back(shop: Shop, key: str = "", **which: Any) -> dict[str, Any]:
    """A recall, asked for, with the path at which it can be followed."""
    path, body = f"/v1/admin/stock/{BATCHED}/recalls", {"reason": "sold twice elsewhere", **which}
    answer = shop.operator("POST", path, body, Idempotency_Key=key or secrets.token_hex(8))
    assert answer.status_code == 202, answer.text
    return {**answer.json(), "path": answer.headers["Location"]}


def test_f2_a_sku_in_quarantine_is_sold_out(shop: Shop) -> None:
    before = stock(shop)
    assert called_back(shop, everything=True)["cards"] == before["received"]
    after = until(lambda: (now := stock(shop))["available"] == 0 and now)
    assert after == {**before, "available": 0, "withdrawn": before["available"]}
    none = shop.order((BATCHED, 1))
    assert (none["state"], none["code"]) == ("refused", "INSUFFICIENT_STOCK")


def test_f2_a_bad_batch_is_called_back_and_who_has_a_card_of_it_is_found(shop: Shop) -> None:
    """No card of the batch is sold any more, and each that was sold is told with its order."""
    codes = [f"{BAD}-{n:05}-{secrets.token_hex(2)}" for n in range(BATCH)]
    imports = f"/v1/admin/stock/{BATCHED}/imports"
    taken = shop.operator("POST", imports, "\n".join(codes)).json()
    until(lambda: stock(shop)["available"] == BATCH)
    placed = shop.order((BATCHED, 2))
    assert placed["state"] == "delivered", placed
    before, key = until(lambda: (now := stock(shop))["sold"] and now), secrets.token_hex(8)
    recall = called_back(shop, key, import_id=taken["import_id"])
    assert recall["cards"] == BATCH
    assert called_back(shop, key, import_id=taken["import_id"]) == recall

    def progress() -> dict[str, Any]:
        found: dict[str, Any] = shop.operator("GET", recall["path"]).json()
        return found

    until(lambda: progress().get("withdrawn") == BATCH - 2 and progress()["held"] == 2)
    mine = {card["card_id"] for card in shop.cards(placed)}
    assert {item["card_id"] for item in progress()["items"]} == mine
    whose = {(item["order_id"], item["account_id"], item["line"]) for item in progress()["items"]}
    assert whose == {(placed["order_id"], shop.account, 1)}
    after = until(lambda: (now := stock(shop))["available"] == 0 and now)
    assert after["withdrawn"] == before["withdrawn"] + BATCH - 2
    assert after["sold"] == before["sold"]


def test_a_recall_names_cards_in_one_way_and_says_why(shop: Shop) -> None:
    path = f"/v1/admin/stock/{OTHER}/recalls"
    two = {"codes": ["x"], "everything": True, "reason": "r"}
    for body in ({}, {"reason": "r"}, {"everything": True}, two):
        assert shop.operator("POST", path, body).status_code in {400, 422}, body
    nothing = {"import_id": "imp-none", "reason": "r"}
    assert shop.operator("POST", path, nothing).status_code == 404
    strange = shop.operator("POST", path, {"codes": ["\u0001" * 900], "reason": "r"}).json()
    found = until(lambda: shop.operator("GET", f"{path}/{strange['recall_id']}").json())
    until(lambda: shop.operator("GET", f"{path}/{strange['recall_id']}").json().get("unknown") == 1)
    assert found.get("withdrawn", 0) == 0
    assert shop.send("POST", path, nothing).status_code in {401, 403}


def test_the_books_hold_and_the_log_says_who_gave_back_and_why(shop: Shop) -> None:
    async def judged() -> Audited:
        return await audit(shop.system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
    assert audited.examined.books.money.sum == 0
    log, who = shop.log(), shop.run["demo"]["operator"]["user"]
    for reason in ("the code was used", "sold twice elsewhere"):
        assert reason.encode() in log
    assert f'"by":"{who}"'.encode() in log
    assert BAD.encode() not in log, "a code is never in clear"
