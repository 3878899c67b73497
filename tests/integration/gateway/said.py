"""Orders as a client sends them, and what orders would say of them."""

import json
from typing import Any

from shared.contracts.orders import Line, OrderDelivered, OrderPaid, OrderPlaced

PRICE = 4_800


def body(quantity: int = 1) -> bytes:
    """An order's body."""
    price = {"amount": PRICE, "currency": "CNY"}
    line = {"sku": "steam-50", "quantity": quantity, "unit_price": price}
    return json.dumps({"lines": [line], "pay_with": "wallet"}).encode()


def placed(command: dict[str, Any]) -> OrderPlaced:
    """The first fact of an order, from its command as it lies on the log."""
    line = Line(
        line=1, sku="steam-50", product_id="steam", product_name="Steam", sku_name="50元",
        kind="card", revision=1, quantity=1, unit_price=PRICE, base_price=PRICE,
    )  # fmt: skip
    return OrderPlaced(
        order_id=command["order_id"], account_id=command["account_id"], key=command["key"],
        body_hash=command["body_hash"], lines=(line,), total=PRICE, currency="CNY",
        pay_with="wallet", allow_partial=False, on_decline="wait", level="member",
        received_ms=command["received_ms"],
    )  # fmt: skip


def paid(command: dict[str, Any]) -> OrderPaid:
    """Its payment."""
    about = {"order_id": command["order_id"], "account_id": command["account_id"]}
    return OrderPaid(**about, payment_id="pay", lines=(), amount=PRICE)


def delivered(command: dict[str, Any]) -> OrderDelivered:
    """Its delivery."""
    about = {"order_id": command["order_id"], "account_id": command["account_id"]}
    return OrderDelivered(**about, line=1, deadline_ms=2**42)
