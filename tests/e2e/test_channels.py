"""Orders paid at channels through the whole system, each misbehaviour over real HTTP (C8, F6)."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.running import Running
from tests.e2e.shop import send, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def run(system: Running) -> dict[str, Any]:
    return system.description


def told(
    run: dict[str, Any], method: str, path: str, body: Any = None, **extra: str
) -> dict[str, Any]:
    answer = send(run, method, path, body, **extra)
    found: dict[str, Any] = answer.json()
    assert answer.status_code < 400, found
    return found


def order(run: dict[str, Any], pay_with: str, **more: Any) -> dict[str, Any]:
    found = told(run, "GET", "/v1/products?limit=100")["items"]
    every = [offer for product in found for offer in product["skus"]]
    offers = [
        offer
        for offer in every
        if offer["delivery"]["kind"] == "card" and offer["stock"]["label"] != "售罄"
    ]
    offer = offers[0]
    line = {"sku": offer["sku"], "quantity": 1, "unit_price": offer["price"]}
    body = {"lines": [line], "pay_with": pay_with, **more}
    return told(run, "POST", "/v1/orders", body, Prefer="wait=20")


def script(run: dict[str, Any], *steps: dict[str, Any]) -> None:
    answer = httpx.post(run["twins"]["payment"] + "/script", json={"steps": steps})
    assert answer.status_code == 204, answer.text


def state_of(run: dict[str, Any], placed: dict[str, Any]) -> str:
    return str(told(run, "GET", f"/v1/orders/{placed['order_id']}")["state"])


def balance(run: dict[str, Any]) -> int:
    return int(told(run, "GET", "/v1/wallet")["balance"]["amount"])


@pytest.mark.parametrize("channel", ["yunfu", "kapay"])
def test_an_order_is_paid_on_the_channel_s_page_and_delivered(
    run: dict[str, Any], channel: str
) -> None:
    before = balance(run)
    placed = order(run, channel)
    assert placed["state"] == "awaiting_payment", placed
    assert httpx.get(placed["pay_url"]).status_code == 200
    assert httpx.post(placed["pay_url"]).json() == {"state": "paid"}
    until(lambda: state_of(run, placed) == "delivered")
    assert balance(run) == before


def test_a_callback_that_comes_ten_times_at_once_delivers_once(run: dict[str, Any]) -> None:
    """Several cards for one order elsewhere (dujiaoka #97, #328)."""
    placed = order(run, "kapay")
    script(run, {"do": "duplicate", "on": "notify"})
    httpx.post(placed["pay_url"])
    until(lambda: state_of(run, placed) == "delivered")
    shown = told(run, "POST", f"/v1/orders/{placed['order_id']}/lines/1/reveal")
    assert len(shown["cards"]) == 1


def test_a_late_callback_is_money_in_the_wallet(run: dict[str, Any]) -> None:
    before, placed = balance(run), order(run, "yunfu")
    script(run, {"do": "answer", "on": "notify", "delay_ms": 2_500})
    httpx.post(placed["pay_url"])
    told(run, "POST", f"/v1/orders/{placed['order_id']}/cancel", Prefer="wait=10")
    until(lambda: state_of(run, placed) == "cancelled")
    until(lambda: balance(run) == before + placed["total"]["amount"])
    kinds = [item["kind"] for item in told(run, "GET", "/v1/wallet/statement")["items"]]
    assert kinds[0] == "late_payment"


def test_a_wrong_amount_is_in_the_wallet_and_pays_from_there(run: dict[str, Any]) -> None:
    before, placed = balance(run), order(run, "yunfu")
    price = placed["total"]["amount"]
    script(run, {"do": "wrong_amount", "on": "notify", "amount": price + 7})
    httpx.post(placed["pay_url"])
    until(lambda: balance(run) == before + price + 7)
    path = f"/v1/orders/{placed['order_id']}/pay"
    told(run, "POST", path, {"pay_with": "wallet"}, Prefer="wait=20")
    until(lambda: state_of(run, placed) == "delivered")
    assert balance(run) == before + 7


@pytest.mark.parametrize("do", ["wrong_currency", "other_order", "forge", "none"])
def test_what_is_not_a_payment_of_it_pays_nothing(run: dict[str, Any], do: str) -> None:
    before, placed = balance(run), order(run, "kapay")
    script(run, {"do": do, "on": "notify"})
    httpx.post(placed["pay_url"])
    time.sleep(1.5)
    assert state_of(run, placed) == "awaiting_payment"
    assert balance(run) == before


def test_an_order_paid_at_two_channels_is_refunded_once(run: dict[str, Any]) -> None:
    before, placed = balance(run), order(run, "yunfu")
    path = f"/v1/orders/{placed['order_id']}"
    told(run, "POST", f"{path}/pay", {"pay_with": "kapay"})
    other = until(lambda: (page := told(run, "GET", path)["pay_url"]) != placed["pay_url"] and page)
    script(run, {"do": "answer", "on": "notify", "channel": "kapay", "delay_ms": 2_000})
    httpx.post(other)
    httpx.post(placed["pay_url"])
    until(lambda: state_of(run, placed) == "delivered")
    until(lambda: balance(run) == before + placed["total"]["amount"])


def test_a_channel_that_is_down_is_asked_until_it_is_back(run: dict[str, Any]) -> None:
    script(run, {"do": "down", "on": "create", "times": 4})
    placed = order(run, "yunfu")
    httpx.post(placed["pay_url"])
    until(lambda: state_of(run, placed) == "delivered")


def test_a_wallet_is_funded_through_a_channel(run: dict[str, Any]) -> None:
    before = balance(run)
    body = {"amount": {"amount": 12_345, "currency": "CNY"}, "pay_with": "kapay"}
    opened = told(run, "POST", "/v1/wallet/deposits", body, Prefer="wait=10")
    httpx.post(opened["pay_url"])
    path = f"/v1/wallet/deposits/{opened['deposit_id']}"
    until(lambda: told(run, "GET", path)["state"] == "paid")
    until(lambda: balance(run) == before + 12_345)


def test_the_books_hold(system: Running) -> None:
    async def judged() -> Audited:
        return await audit(system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
    money = audited.examined.books.money
    assert money.sum == 0
    assert {"cash:yunfu", "cash:kapay"} <= set(money.channels)
