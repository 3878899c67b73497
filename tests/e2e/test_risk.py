"""An order that risk wants a word about, through the whole system: SMS codes, holds, crowds."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pyotp
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.load.auditing import audit
from deploy.load.people import CONTEXT
from deploy.load.running import Running
from shared.contracts.orders import Origin, PlaceOrder, WantedLine
from shared.kernel import ids
from shared.testing.sender import door_headers
from tests.e2e.shop import WAIT_S_MAX, Shop, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SKU: Final = "steam-500"
MONEY: Final = 3_000_000
TO_VERIFY, TO_HOLD = 2, 22
CROWD, LIMIT = 80, 60
"""Cards that want a code, or a person; accounts of one address, and how many of them may order."""


@pytest.fixture(scope="module")
def operator(shop: Shop) -> "Person":
    return Person(shop.run, shop.token)


@dataclass(frozen=True)
class Person:
    """Somebody with a session, and a buyer's phone."""

    run: dict[str, Any]
    token: str
    phone: str = ""

    def send(self, method: str, path: str, body: Any = None, **extra: str) -> httpx.Response:
        headers = {"Idempotency-Key": secrets.token_hex(8), **extra}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = self.run["gateway"] + path
        return httpx.request(
            method, url, json=body, headers=headers, timeout=WAIT_S_MAX, verify=CONTEXT
        )

    def texts(self) -> list[str]:
        """Messages on the phone, the oldest first."""
        found = httpx.get(
            f"{self.run['twins']['sms']}/sms?phone={self.phone}", verify=CONTEXT
        ).json()["items"]
        return [each["text"] for each in sorted(found, key=lambda each: each["sent_at_ms"])]

    def order(self, quantity: int) -> dict[str, Any]:
        found = self.send("GET", "/v1/products?limit=100").json()["items"]
        offer = next(sku for product in found for sku in product["skus"] if sku["sku"] == SKU)
        line = {"sku": SKU, "quantity": quantity, "unit_price": offer["price"]}
        body = {"lines": [line], "pay_with": "wallet"}
        answer = self.send("POST", "/v1/orders", body, Prefer="wait=25")
        placed: dict[str, Any] = answer.json()
        return placed

    def verify(self, placed: dict[str, Any], code: str) -> httpx.Response:
        path = f"/v1/orders/{placed['order_id']}/verify"
        return self.send("POST", path, {"code": code}, Prefer="wait=25")

    def state(self, placed: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.send("GET", f"/v1/orders/{placed['order_id']}").json()
        return found


def digits(text: str) -> str:
    (code,) = re.findall(r"\b\d{6}\b", text)
    return str(code)


def buyer(operator: Person) -> Person:
    """A new account with money."""
    run = operator.run
    stranger = Person(run, "", "139" + "".join(secrets.choice("0123456789") for _ in range(8)))
    assert stranger.send("POST", "/v1/auth/codes", {"phone": stranger.phone}).status_code == 202
    code = digits(until(stranger.texts)[-1])
    session = stranger.send("POST", "/v1/auth/sessions", {"phone": stranger.phone, "code": code})
    account = session.json()["account_id"]
    deposit = {"amount": {"amount": MONEY, "currency": "CNY"}, "reason": "test"}
    path = f"/v1/admin/wallets/{account}/deposits"
    assert operator.send("POST", path, deposit, Prefer="wait=20").is_success
    return Person(run, session.json()["token"], stranger.phone)


def code_for(who: Person, placed: dict[str, Any]) -> str:
    """The code of the order, out of a text that says what it is for."""
    text = until(lambda: [text for text in who.texts() if "订单" in text])[-1]
    assert f"¥{placed['total']['amount'] // 100}.00" in text
    return digits(text)


def reserved(operator: Person) -> int:
    return int(operator.send("GET", f"/v1/admin/stock/{SKU}").json()["reserved"])


def other_than(code: str) -> Iterator[str]:
    return (f"{number:06}" for number in range(10**6) if f"{number:06}" != code)


def test_d2_an_order_is_verified_by_sms_and_delivered(operator: Person) -> None:
    who = buyer(operator)
    placed = who.order(TO_VERIFY)
    assert (placed["state"], placed["label"]) == ("awaiting_verification", "待验证"), placed
    assert placed["code"] == "VERIFICATION_REQUIRED"
    code = code_for(who, placed)
    assert reserved(operator) == 0, "nothing is held before risk has cleared (D6)"
    wrong = who.verify(placed, next(other_than(code)))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "VERIFICATION_CODE_WRONG")
    right = who.verify(placed, code)
    assert (right.status_code, right.json()["state"]) == (200, "delivered"), right.text
    assert "code" not in right.json()
    again = who.verify(placed, code)
    assert (again.status_code, again.json()["code"]) == (409, "ORDER_NOT_VERIFIABLE")


def test_d2_five_wrong_codes_end_the_order_and_a_code_is_not_sent_twice_at_once(
    operator: Person,
) -> None:
    who = buyer(operator)
    placed = who.order(TO_VERIFY)
    code = code_for(who, placed)
    path = f"/v1/orders/{placed['order_id']}/verify"
    soon = who.send("POST", path, {"resend": True})
    assert (soon.status_code, soon.json()["code"]) == (429, "RESEND_TOO_SOON")
    guesses = other_than(code)
    answers = [who.verify(placed, next(guesses)).json()["code"] for _ in range(5)]
    assert answers == ["VERIFICATION_CODE_WRONG"] * 4 + ["VERIFICATION_FAILED"]
    until(lambda: who.state(placed)["state"] == "refused")
    assert who.state(placed)["code"] == "VERIFICATION_FAILED"
    assert who.verify(placed, code).json()["code"] == "ORDER_NOT_VERIFIABLE"


def test_nobody_verifies_somebody_else_s_order(operator: Person) -> None:
    who = buyer(operator)
    placed = who.order(TO_VERIFY)
    assert buyer(operator).verify(placed, code_for(who, placed)).status_code == 404
    assert who.send("POST", f"/v1/orders/{placed['order_id']}/cancel", Prefer="wait=20").is_success
    assert who.state(placed)["state"] == "cancelled"


def test_d3_a_held_order_is_released_or_refused_by_a_person_with_a_reason(
    operator: Person,
) -> None:
    who = buyer(operator)
    let, kept = who.order(TO_HOLD), who.order(TO_HOLD)
    assert {let["state"], kept["state"]} == {"in_review"}, let
    assert let["code"] == "RISK_HOLD"
    assert reserved(operator) == 0, "nothing is held before risk has cleared (D6)"

    def listed(query: str = "") -> dict[str, Any]:
        items = operator.send("GET", f"/v1/admin/holds?limit=100{query}").json()["items"]
        return {item["order_id"]: item for item in items}

    until(lambda: {let["order_id"], kept["order_id"]} <= set(listed()))
    assert "amount.looked_at" in listed()[let["order_id"]]["rules"]
    for placed, decision in ((let, "release"), (kept, "refuse")):
        path = f"/v1/admin/holds/{placed['order_id']}/decide"
        said = {"decision": decision, "reason": f"{decision} by test"}
        assert who.send("POST", path, said).status_code == 401
        assert operator.send("POST", path, said, Prefer="wait=20").status_code == 200
        late = operator.send("POST", path, said)
        assert (late.status_code, late.json()["code"]) == (409, "ORDER_NOT_HELD")
    until(lambda: who.state(let)["state"] == "delivered")
    until(lambda: who.state(kept)["state"] == "refused")
    assert who.state(kept)["code"] == "HOLD_REFUSED"
    decided = listed("&decided=1")
    user = operator.run["demo"]["operator"]["user"]
    for placed, state in ((let, "released"), (kept, "refused")):
        found = decided[placed["order_id"]]
        assert (found["state"], found["by"]) == (state, user)
        assert found["reason"].endswith("by test")


def test_who_looks_after_stock_neither_sees_nor_decides_holds(operator: Person) -> None:
    name, password = f"stock-{secrets.token_hex(4)}", secrets.token_hex(12)
    body = {"user": name, "role": "stock", "password": password}
    totp = operator.send("POST", "/v1/admin/operators", body).json()["totp_secret"]

    def signed_in() -> str:
        tried = {"user": name, "password": password, "totp": pyotp.TOTP(totp).now()}
        answer = Person(operator.run, "").send("POST", "/v1/admin/sessions", tried)
        return str(answer.json().get("token", ""))

    stock = Person(operator.run, until(signed_in))
    assert stock.send("GET", "/v1/admin/holds").status_code == 403
    said = {"decision": "release", "reason": "test"}
    assert stock.send("POST", "/v1/admin/holds/any/decide", said).status_code == 403
    assert operator.send("POST", "/v1/admin/holds/any/decide", said).status_code == 404


def crowd(operator: Person) -> list[PlaceOrder]:
    """Many accounts of one address, each with one order."""
    origin, stamp = Origin(address=secrets.token_hex(32)), secrets.token_hex(4)
    found = Person(operator.run, "").send("GET", "/v1/products?limit=100").json()["items"]
    product = next(p for p in found if any(sku["sku"] == "steam-50" for sku in p["skus"]))
    offer = next(sku for sku in product["skus"] if sku["sku"] == "steam-50")
    price = offer["price"]["amount"]
    line = WantedLine(sku="steam-50", product_id="steam", quantity=1, unit_price=price)
    return [
        PlaceOrder(
            order_id=ids.order_id(account, "key"), account_id=account, key="key",
            body_hash=f"hash {account}", lines=(line,), currency="CNY", pay_with="wallet",
            level="retail", on_decline="cancel", received_ms=time.time_ns() // 1_000_000,
            origin=origin,
        )
        for account in (f"acc-crowd-{stamp}-{number}" for number in range(CROWD))
    ]  # fmt: skip


async def verdicts(system: Running, placed: list[PlaceOrder]) -> dict[str, str]:
    """Put all orders onto the log at once; what risk says of each in the end."""
    topics = [TopicPartition("risk.events", p) for p in range(system.partitions)]
    consumer = AIOKafkaConsumer(**system.auditor.client(), enable_auto_commit=False)
    producer = AIOKafkaProducer(**system.door.client())
    await consumer.start()
    await producer.start()
    found: dict[str, str] = {}
    try:
        consumer.assign(topics)
        await consumer.seek_to_beginning(*topics)
        sends = [
            producer.send(
                "orders.commands", each.encode(), each.account_id.encode(),
                headers=door_headers(each, str(number)),
            )
            for number, each in enumerate(placed)
        ]  # fmt: skip
        await asyncio.gather(*sends)
        mine, end_s = {each.order_id for each in placed}, time.monotonic() + WAIT_S_MAX
        while len(found) < len(placed) and time.monotonic() < end_s:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    kind = dict(record.headers)["ce_type"].decode().split(".")[2]
                    about = json.loads(record.value).get("order_id")
                    if about in mine and kind in {"OrderCleared", "OrderBlocked"}:
                        assert about not in found, "two verdicts"
                        found[about] = kind
    finally:
        await producer.stop()
        await consumer.stop()
    return found


def test_d3_a_crowd_of_accounts_of_one_address_is_stopped_at_the_limit(
    system: Running, operator: Person
) -> None:
    """They stand on the log of twelve shards at the same moment: one writer counts them."""
    placed = crowd(operator)
    found = list(asyncio.run(verdicts(system, placed)).values())
    assert (found.count("OrderCleared"), found.count("OrderBlocked")) == (LIMIT, CROWD - LIMIT)


def test_the_books_hold_and_no_phone_or_code_is_in_clear_on_the_log(
    system: Running, operator: Person
) -> None:
    who = buyer(operator)
    placed = who.order(TO_VERIFY)
    code = code_for(who, placed)
    assert who.verify(placed, code).json()["state"] == "delivered"
    audited = asyncio.run(audit(system))
    assert audited.passed, str(audited.report)
    files = system.folder.data.rglob("*.log")
    mine = [file for file in files if file.parent.name.startswith(("orders.", "risk."))]
    log = b"".join(file.read_bytes() for file in mine)
    assert placed["order_id"].encode() in log
    assert who.phone.encode() not in log
    assert f'"{code}"'.encode() not in log
    assert b'"127.0.0.1"' not in log, "where a buyer sits; a channel's page is at an address too"
