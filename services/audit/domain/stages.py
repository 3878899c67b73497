"""Which fact may follow in an order's life. Its facts lie in one partition: checked one by one."""

from enum import StrEnum
from typing import Final, NamedTuple

from shared.contracts.charges import OrderPayable
from shared.contracts.orders import (
    CancellationRequested,
    LineDelivered,
    LineRefused,
    LineReserved,
    OrderAccepted,
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
    PaymentRequested,
)
from shared.contracts.refunds import LineFailed, OrderFailed, OrderRefunded, OrderRefunding

OrderFact = (
    OrderPayable | LineFailed | OrderFailed | OrderRefunding | OrderRefunded |
    OrderPlaced | OrderRejected | OrderAccepted | LineReserved | LineRefused | PaymentRequested
    | OrderDeclined | CancellationRequested | OrderPaid | LineDelivered | OrderDelivered
    | OrderCompleted | OrderCancelled | OrderExpired | OrderAwaitingVerification | OrderInReview
)  # fmt: skip


class Stage(StrEnum):
    """Where an order stands, in the words of its own log."""

    UNKNOWN = "unknown"
    PLACED = "placed"
    SCREENED = "screened"
    """A code or a person is waited for."""
    ACCEPTED = "accepted"
    AWAITING = "awaiting payment"
    PAID = "paid"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


UNPAID_ENDS: Final = frozenset({Stage.REFUSED, Stage.CANCELLED, Stage.EXPIRED})
PAID_STAGES: Final = frozenset({
    Stage.PAID, Stage.DELIVERED, Stage.COMPLETED, Stage.FAILED, Stage.REFUNDING, Stage.REFUNDED,
})  # fmt: skip
FULFILLED: Final = frozenset({Stage.DELIVERED, Stage.COMPLETED, Stage.REFUNDED})
MOVING: Final = frozenset({Stage.PLACED, Stage.ACCEPTED, Stage.PAID, Stage.FAILED})
"""Stages that an order leaves by itself, within moments."""


class Step(NamedTuple):
    """From where a fact may come, and where it leads; None: it stays."""

    before: frozenset[Stage]
    after: Stage | None = None


def _step(after: Stage | None, *before: Stage) -> Step:
    return Step(frozenset(before), after)


STEPS: Final[dict[type[OrderFact], Step]] = {
    OrderPlaced: _step(Stage.PLACED, Stage.UNKNOWN),
    OrderAwaitingVerification: _step(Stage.SCREENED, Stage.PLACED),
    OrderInReview: _step(Stage.SCREENED, Stage.PLACED),
    OrderRejected: _step(
        Stage.REFUSED, Stage.UNKNOWN, Stage.PLACED, Stage.SCREENED, Stage.ACCEPTED
    ),
    OrderAccepted: _step(Stage.ACCEPTED, Stage.PLACED, Stage.SCREENED),
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
        Stage.CANCELLED,
        Stage.UNKNOWN,
        Stage.PLACED,
        Stage.SCREENED,
        Stage.ACCEPTED,
        Stage.AWAITING,
    ),
    OrderExpired: _step(Stage.EXPIRED, Stage.AWAITING),
    OrderPayable: _step(None, Stage.AWAITING),
    LineFailed: _step(None, Stage.AWAITING, Stage.PAID),
    OrderFailed: _step(Stage.FAILED, Stage.PAID),
    # One of the whole order leads on to REFUNDING and REFUNDED: see after().
    OrderRefunding: _step(None, Stage.PAID, Stage.FAILED, Stage.DELIVERED, Stage.COMPLETED),
    # A part that went to a channel may come there after what was left has gone to the wallet.
    OrderRefunded: _step(None, *(PAID_STAGES - {Stage.FAILED})),
}


def after(fact: OrderFact, before: Stage) -> Stage:
    """Where the order stands after the fact."""
    match fact:
        case OrderRefunding(whole=True):
            return Stage.REFUNDING
        case OrderRefunded(whole=True):
            return Stage.REFUNDED
        case _:
            return STEPS[type(fact)].after or before
