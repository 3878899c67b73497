"""A top-up through the whole system: the door, the quota, the money, the supplier (C6)."""

import asyncio
from typing import Any, Final

import httpx
import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.running import Running
from tests.e2e.shop import Shop, send, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

FAST: Final[Any] = {"sku": "cmcc-fast-30", "target": "138 0013 8000"}
NUMBER: Final = {"number": "13800138000"}


@pytest.fixture(scope="module")
def run(system: Running) -> dict[str, Any]:
    return system.description


def order(
    run: dict[str, Any], sku: str, target: Any, quantity: int = 1, wait_s: int = 20
) -> dict[str, Any]:
    found = send(run, "GET", "/v1/products?limit=100").json()["items"]
    offer = next(offer for product in found for offer in product["skus"] if offer["sku"] == sku)
    line = {"sku": sku, "quantity": quantity, "unit_price": offer["price"]}
    if target is not None:
        line["target"] = target
    body = {"lines": [line], "pay_with": "wallet"}
    answer = send(run, "POST", "/v1/orders", body, Prefer=f"wait={wait_s}")
    placed: dict[str, Any] = answer.json()
    return placed


def script(run: dict[str, Any], *steps: dict[str, Any]) -> None:
    answer = httpx.post(run["twins"]["supplier"] + "/script", json={"steps": steps})
    assert answer.status_code == 204, answer.text


def topups(run: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = httpx.get(run["twins"]["supplier"] + "/topups").json()["items"]
    return items


def state_of(run: dict[str, Any], placed: dict[str, Any]) -> str:
    return str(send(run, "GET", f"/v1/orders/{placed['order_id']}").json()["state"])


def test_a_paid_top_up_reaches_its_number_once_and_shows_its_receipt(run: dict[str, Any]) -> None:
    before = len(topups(run))
    placed = order(run, **FAST)
    assert placed["state"] == "delivered", placed
    assert [item["account"] for item in topups(run)[before:]] == [NUMBER]
    path = f"/v1/orders/{placed['order_id']}/lines/1/reveal"
    shown = send(run, "POST", path).json()
    (receipt,) = shown["cards"]
    assert receipt["code"].startswith("XI")
    assert [part["name"] for part in receipt["parts"]] == ["receipt"]


def test_a_game_s_account_is_named_by_uid_and_server(run: dict[str, Any]) -> None:
    target = {"uid": "100000001", "server": "天空岛"}
    placed = order(run, "genshin-30", target, quantity=2)
    assert placed["state"] == "delivered", placed
    last = topups(run)[-1]
    assert (last["supplier"], last["account"], last["quantity"]) == ("jiuzhou", target, 2)


@pytest.mark.parametrize(
    "target", ["13012345678", "1380013800", {"number": "189x"}, {"qq": "13800138000"}]
)
def test_a_number_of_another_carrier_is_refused_before_anybody_pays(
    run: dict[str, Any], target: Any
) -> None:
    before, balance = len(topups(run)), send(run, "GET", "/v1/wallet").json()["balance"]
    placed = order(run, "cmcc-fast-30", target)
    assert (placed["state"], placed["code"]) == ("refused", "BAD_TARGET_ACCOUNT"), placed
    assert len(topups(run)) == before
    assert send(run, "GET", "/v1/wallet").json()["balance"] == balance


def test_an_unknown_answer_waits_and_is_then_proved(run: dict[str, Any]) -> None:
    script(run, {"do": "unknown", "for_ms": 3_000, "then": "done"})
    placed = order(run, **FAST, wait_s=2)
    assert placed["state"] == "processing", placed
    until(lambda: state_of(run, placed) == "delivered")


def test_a_lost_answer_is_asked_about_and_tops_up_once(run: dict[str, Any]) -> None:
    before = len(topups(run))
    script(run, {"do": "lose"})
    placed = order(run, **FAST, wait_s=1)
    until(lambda: state_of(run, placed) == "delivered")
    assert len(topups(run)) == before + 1


def test_after_a_certain_refusal_the_other_supplier_delivers(run: dict[str, Any]) -> None:
    script(run, {"do": "out_of_stock", "supplier": "xinghe"})
    placed = order(run, **FAST)
    assert placed["state"] == "delivered", placed
    assert topups(run)[-1]["supplier"] == "jiuzhou"


def taken_by_a_person(shop: Shop, outcome: str) -> dict[str, Any]:
    """An order whose top-up nobody knew about until a person has said what became of it."""
    run = shop.run
    script(run, {"do": "unknown", "for_ms": 3_600_000})
    placed = order(run, **FAST, wait_s=2)
    assert placed["state"] == "processing"

    def mine() -> dict[str, Any] | None:
        items = shop.operator("GET", "/v1/admin/topups").json()["items"]
        return next((i for i in items if i["order_id"] == placed["order_id"]), None)

    found = until(mine)
    said = {"outcome": outcome, "reason": "asked by phone", "receipt": "by phone"}
    path = f"/v1/admin/topups/{found['reservation_id']}/resolve"
    assert shop.operator("POST", path, said).status_code == 202
    until(lambda: mine() is None)
    return placed


def test_a_person_who_has_proof_delivers_what_nobody_knew_about(
    run: dict[str, Any], shop: Shop
) -> None:
    placed = taken_by_a_person(shop, "delivered")
    until(lambda: state_of(run, placed) == "delivered")


def test_a_card_is_shown_by_its_parts_with_the_guide_as_it_stood(run: dict[str, Any]) -> None:
    """C4, C5."""
    placed = order(run, "jcard-10", None)
    assert placed["state"] == "delivered", placed
    path = f"/v1/orders/{placed['order_id']}"
    shown = send(run, "POST", path + "/lines/1/reveal").json()
    parts = {part["name"]: part for part in shown["cards"][0]["parts"]}
    assert shown["cards"][0]["code"] == f"{parts['number']['text']} {parts['secret']['text']}"
    assert parts["secret"]["text"] not in parts["secret"]["masked"]
    (line,) = send(run, "GET", path).json()["lines"]
    assert line["shape"] == shown["shape"] == "number_secret"
    guide = send(run, "GET", "/v1/products/jcard").json()["guide"]
    assert line["guide"] == shown["guide"] == guide != ""


def test_delivery_times_are_measured(run: dict[str, Any]) -> None:
    def measured() -> Any:
        found = send(run, "GET", "/v1/products/cmcc-fast").json()["skus"]
        return next(sku["delivery"] for sku in found if sku["sku"] == FAST["sku"])

    until(lambda: measured()["p95_ms"])
    assert 0 < measured()["p50_ms"] <= measured()["p95_ms"]


def test_the_books_hold_and_no_target_is_in_clear_on_the_log(system: Running) -> None:
    async def judged() -> Audited:
        return await audit(system)

    audited = asyncio.run(judged())
    assert audited.passed, str(audited)
    stock = audited.examined.books.cards.stocks["cmcc-fast-30"]
    assert stock.received == stock.available + stock.sold
    assert stock.sold >= 4
    assert audited.examined.books.topups.going == {}
    log = b"".join(each.read_bytes() for each in system.folder.data.rglob("*.log"))
    assert b"cmcc-fast-30" in log
    assert NUMBER["number"].encode() not in log


def test_a_person_who_is_certain_ends_what_nobody_knew_about(
    run: dict[str, Any], shop: Shop
) -> None:
    before = len(topups(run))
    placed = taken_by_a_person(shop, "failed")
    assert state_of(run, placed) != "delivered"
    assert len(topups(run)) == before + 1
