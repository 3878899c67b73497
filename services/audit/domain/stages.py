"""Which fact may follow in an order's life. Its facts lie in one partition: checked one by one."""

from enum import StrEnum
from typing import Final, NamedTuple

from shared.contracts.orders import (
    CancellationRequested,
    LineDelivered,
    LineRefused,
    LineReserved,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDeclined,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
)

OrderFact = (
    OrderPlaced | OrderRejected | OrderAccepted | LineReserved | LineRefused | PaymentRequested
    | OrderDeclined | CancellationRequested | OrderPaid | LineDelivered | OrderDelivered
    | OrderCompleted | OrderCancelled | OrderExpired
)  # fmt: skip


class Stage(StrEnum):
    """Where an order stands, in the words of its own log."""

    UNKNOWN = "unknown"
    PLACED = "placed"
    ACCEPTED = "accepted"
    AWAITING = "awaiting payment"
    PAID = "paid"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNPAID_ENDS: Final = frozenset({Stage.REFUSED, Stage.CANCELLED, Stage.EXPIRED})
PAID_STAGES: Final = frozenset({Stage.PAID, Stage.DELIVERED, Stage.COMPLETED})
FULFILLED: Final = frozenset({Stage.DELIVERED, Stage.COMPLETED})
MOVING: Final = frozenset({Stage.PLACED, Stage.ACCEPTED, Stage.PAID})
"""Stages that an order leaves by itself, within moments."""


class Step(NamedTuple):
    """From where a fact may come, and where it leads; None: it stays."""

    before: frozenset[Stage]
    after: Stage | None = None


def _step(after: Stage | None, *before: Stage) -> Step:
    return Step(frozenset(before), after)


STEPS: Final[dict[type[OrderFact], Step]] = {
    OrderPlaced: _step(Stage.PLACED, Stage.UNKNOWN),
    OrderRejected: _step(Stage.REFUSED, Stage.UNKNOWN, Stage.PLACED, Stage.ACCEPTED),
    OrderAccepted: _step(Stage.ACCEPTED, Stage.PLACED),
    LineReserved: _step(None, Stage.ACCEPTED),
    LineRefused: _step(None, Stage.ACCEPTED),
    PaymentRequested: _step(Stage.AWAITING, Stage.ACCEPTED),
    OrderDeclined: _step(None, Stage.AWAITING),
    CancellationRequested: _step(None, Stage.AWAITING),
    OrderPaid: _step(Stage.PAID, Stage.AWAITING),
    # Delivery's log may be read before payments': a line can be known to be delivered early.
    LineDelivered: _step(None, Stage.AWAITING, Stage.PAID),
    OrderDelivered: _step(Stage.DELIVERED, Stage.PAID),
    OrderCompleted: _step(Stage.COMPLETED, Stage.DELIVERED),
    # A cancellation may overtake the order that it is about.
    OrderCancelled: _step(
        Stage.CANCELLED, Stage.UNKNOWN, Stage.PLACED, Stage.ACCEPTED, Stage.AWAITING
    ),
    OrderExpired: _step(Stage.EXPIRED, Stage.AWAITING),
}
