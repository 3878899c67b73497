"""What an endpoint is told of an order: which facts, under which names, in which words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shared.contracts.envelope import rfc3339
from shared.contracts.message import Fact
from shared.contracts.orders import (
    LineDelivered,
    OrderAwaitingVerification,
    OrderCancelled,
    OrderCompleted,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderInReview,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
)
from shared.contracts.refunds import OrderFailed, OrderRefunded, OrderRefunding
from shared.contracts.webhooks import WebhookMessage
from shared.kernel.ids import derive

STATES: Final[Mapping[type[Fact], str]] = {
    OrderPlaced: "awaiting_payment",
    OrderRejected: "refused",
    OrderAwaitingVerification: "awaiting_verification",
    OrderInReview: "in_review",
    OrderPaid: "processing",
    OrderDelivered: "delivered",
    OrderCompleted: "completed",
    OrderCancelled: "cancelled",
    OrderExpired: "expired",
    OrderFailed: "failed",
    OrderRefunding: "refunding",
    OrderRefunded: "refunded",
}
"""The order's state after it."""
EVENTS: Final[Mapping[type[Fact], str]] = {
    **{cls: f"order.{state}" for cls, state in STATES.items()},
    OrderDeclined: "order.payment_declined",
    LineDelivered: "order.line_delivered",
}
"""What it is called to whoever is told."""
NAMES: Final = tuple(EVENTS.values())
ONCE: Final = ("refund_id", "request_id", "line")
"""Fields that tell two facts of one kind and order apart."""


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """Something has become of an order."""

    fact: Any
    now_ms: int


def message_of(endpoint_id: str, moved: OrderMoved) -> WebhookMessage:
    """What this endpoint is told: who moved, where to, and why; never what was delivered."""
    fact, event = moved.fact, EVENTS[type(moved.fact)]
    whole = getattr(fact, "whole", None)  # of money that goes back: a part leaves the state as is
    data = {
        "order_id": fact.order_id,
        "state": None if whole is False else STATES.get(type(fact)),
        "whole": whole,
        "line": getattr(fact, "line", None),
        "code": getattr(fact, "code", None),
    }
    body = {
        "type": event,
        "timestamp": rfc3339(moved.now_ms),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return WebhookMessage(
        message_id=message_id(endpoint_id, moved),
        event=event,
        order_id=fact.order_id,
        body=msgspec.json.encode(body).decode(),
    )


def message_id(endpoint_id: str, moved: OrderMoved) -> str:
    """The one message of this fact to this endpoint."""
    fact = moved.fact
    told = (str(getattr(fact, name, "")) for name in ONCE)
    return f"msg_{derive('webhook', endpoint_id, fact.order_id, EVENTS[type(fact)], *told)}"
