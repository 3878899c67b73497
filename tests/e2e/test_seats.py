"""A shared account is sold by its seats: each once, each with account and password (C5)."""

import asyncio
import secrets
from typing import Any, Final

import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.running import Running
from tests.e2e.files import Buyer, Clerk
from tests.e2e.shop import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SEATS: Final = 3
PRICE: Final = {"amount": 990, "currency": "CNY"}
ACCOUNT: Final = b"team@video.example\tS3cret\n"


@pytest.fixture(scope="module")
def clerk(system: Running) -> Clerk:
    made = Clerk(system, sku="video-seat")
    offer = {"sku": "video-seat", "name": "1 席", "price": 990, "quantity_max": 10}
    listing = {
        "product_id": "video-shared", "name": "视频会员 共享账号", "category": ["账号"],
        "shape": "account_seat", "skus": [offer],
    }  # fmt: skip
    assert made.operator("POST", "/v1/admin/products", listing).status_code in {200, 201, 202}
    return made


def order(buyer: Buyer, quantity: int) -> dict[str, Any]:
    line = {"sku": "video-seat", "quantity": quantity, "unit_price": PRICE}
    answer = buyer.post("/v1/orders", {"lines": [line], "pay_with": "wallet"}, Prefer="wait=20")
    placed: dict[str, Any] = answer.json()
    return placed


def opened(buyer: Buyer, order_id: str) -> list[dict[str, str]]:
    answer = buyer.post(f"/v1/orders/{order_id}/lines/1/reveal", {})
    return [
        {part["name"]: part["text"] for part in each["parts"]} for each in answer.json()["cards"]
    ]


def test_every_seat_is_sold_once_with_account_and_password(clerk: Clerk) -> None:
    buyer = Buyer(clerk.system)
    begun = clerk.upload(ACCOUNT, "seats-1", f"?seats={SEATS}")
    found = clerk.done(begun.headers["location"])
    assert (found["accepted"], found["received"]) == (SEATS, SEATS)
    first = until(lambda: _delivered(order(buyer, 2)))
    credentials = {"account": "team@video.example", "password": "S3cret"}
    assert opened(buyer, first["order_id"]) == [credentials] * 2
    refused = order(buyer, 2)
    assert (refused["state"], refused["code"]) == ("refused", "INSUFFICIENT_STOCK")
    last = order(buyer, 1)
    assert opened(buyer, last["order_id"]) == [credentials]
    stock = clerk.operator("GET", "/v1/admin/stock/video-seat").json()
    assert (stock["received"], stock["sold"], stock["available"]) == (SEATS, SEATS, 0)


def _delivered(placed: dict[str, Any]) -> dict[str, Any] | None:
    """The door may not have heard of the listing yet."""
    return placed if placed["state"] == "delivered" else None


def test_an_account_with_seats_is_taken_again_neither_whole_nor_seat_by_seat(clerk: Clerk) -> None:
    for seats, taken in ((1, 0), (SEATS, 0), (SEATS + 1, 1)):
        key = secrets.token_hex(4)
        begun = clerk.upload(ACCOUNT, key, f"?seats={seats}")
        assert clerk.done(begun.headers["location"])["received"] == taken
    for bad in ("0", "101", "x", "1e1"):
        assert clerk.upload(ACCOUNT, "bad-seats", f"?seats={bad}").status_code == 400


def test_the_seats_are_conserved_like_cards_and_the_audit_agrees(system: Running) -> None:
    found: Audited = asyncio.run(audit(system))
    assert found.passed, str(found)
