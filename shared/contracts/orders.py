"""orders: an order's life, restated here whoever decided it. Partition key: account id."""

from typing import Literal

from .message import Command, Fact
from .ordering import (
    Hold,
    Level,
    Line,
    LineError,
    OnDecline,
    Origin,
    Quota,
    Seen,
    WantedLine,
)

__all__ = [
    "Hold", "Level", "Line", "LineError", "OnDecline", "Origin", "Quota", "Seen", "WantedLine",
]  # fmt: skip
"""The parts, for whoever reads or writes an order; the messages are named by their classes."""


class PlaceOrder(Command, owner="orders", key="account_id", subject="order_id"):
    """A buyer wants this, at the prices they saw."""

    order_id: str
    account_id: str
    key: str
    """The buyer's Idempotency-Key; the order id follows from it."""
    body_hash: str
    """Keyed hash of the request's body: the same id with another hash is another request."""
    lines: tuple[WantedLine, ...]
    currency: str
    pay_with: str
    """`wallet`, or a payment channel's name."""
    allow_partial: bool = False
    on_decline: OnDecline = "wait"
    level: Level = "retail"
    received_ms: int
    """When our door received it, Unix milliseconds."""
    catalogue: tuple[Seen, ...] = ()
    origin: Origin | None = None
    """Of a buyer with a session; a reseller's servers have none."""
    coupon: str | None = None
    """The coupon's code."""
    quote: str | None = None
    """The custom request whose quote this accepts."""


class CancelOrder(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer no longer wants it, or one of our people gives it up for them."""

    order_id: str
    account_id: str
    request_id: str
    by: str | None = None
    """Who of our people; the buyer where nobody is named."""
    reason: str | None = None
    """What one of our people tells the buyer."""


class ConfirmOrder(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer has what they paid for."""

    order_id: str
    account_id: str
    request_id: str


class OrderPlaced(Fact, owner="orders", key="account_id", subject="order_id"):
    """An order passed our check and waits for risk's word (待支付)."""

    order_id: str
    account_id: str
    key: str
    body_hash: str
    lines: tuple[Line, ...]
    total: int
    """Minor units."""
    currency: str
    pay_with: str
    allow_partial: bool
    on_decline: OnDecline
    level: Level
    received_ms: int
    origin: Origin | None = None
    coupon: str | None = None
    """The coupon's code; each line says its share."""
    discount: int | None = None
    """Minor units that the coupon takes off; the total is without them."""
    quotas: tuple[Quota, ...] | None = None
    """What it uses up of promotions and of its coupon."""
    quote: str | None = None
    """The custom request whose quote this accepts."""


class OrderAwaitingVerification(Fact, owner="orders", key="account_id", subject="order_id"):
    """Risk wants the code that it has sent by SMS (待验证); nothing is held yet."""

    order_id: str
    account_id: str
    rules: tuple[str, ...]
    """Risk's rule ids."""
    deadline_ms: int
    """Unix milliseconds until which it can be verified."""


class OrderInReview(Fact, owner="orders", key="account_id", subject="order_id"):
    """A person looks at it (风控审核); nothing is held yet."""

    order_id: str
    account_id: str
    rules: tuple[str, ...]
    """Risk's rule ids."""
    deadline_ms: int
    """Unix milliseconds by which somebody must have decided."""


class OrderRejected(Fact, owner="orders", key="account_id", subject="order_id"):
    """The order is refused (已拒绝): by our check, by risk, or for lack of stock. Never paid."""

    order_id: str
    account_id: str
    key: str
    body_hash: str
    code: str
    """OFF_SHELF, PRICE_CHANGED, LIMIT_EXCEEDED, INSUFFICIENT_STOCK, RISK_BLOCKED, …"""
    errors: tuple[LineError, ...] = ()
    rules: tuple[str, ...] = ()
    """Risk's rule ids, with RISK_BLOCKED."""
    release: tuple[Hold, ...] = ()
    """What was reserved, or may yet be: released."""
    wanted: tuple[WantedLine, ...] | None = None
    """What was asked for, where our check refused it: no OrderPlaced has said it."""


class OrderAccepted(Fact, owner="orders", key="account_id", subject="order_id"):
    """Risk has cleared it; stock is asked for, one reservation a line."""

    order_id: str
    account_id: str
    reserve: tuple[Hold, ...]
    deadline_ms: int
    """Unix milliseconds by which inventory must have answered."""
    payment_ms: int
    """Milliseconds for which it can be paid, once stock is held."""


class LineReserved(Fact, owner="orders", key="account_id", subject="order_id"):
    """One line has its stock; others have yet to be answered."""

    order_id: str
    account_id: str
    line: int


class LineRefused(Fact, owner="orders", key="account_id", subject="order_id"):
    """One line has no stock; the rest of the order may go on without it."""

    order_id: str
    account_id: str
    line: int
    code: str
    """Why, in inventory's word."""
    available: int
    """Units that were left."""


class PaymentRequested(Fact, owner="orders", key="account_id", subject="order_id"):
    """Stock is held; from here on nobody releases it until payments has spoken."""

    order_id: str
    account_id: str
    payment_id: str
    lines: tuple[Hold, ...]
    """The lines to be paid and delivered."""
    release: tuple[Hold, ...] = ()
    """Lines left out of a partial order whose answer never came."""
    dropped: tuple[int, ...] = ()
    """Lines left out of a partial order."""
    amount: int
    """Minor units."""
    currency: str
    channel: str
    deadline_ms: int
    """Unix milliseconds until which it can be paid."""
    on_decline: OnDecline
    quotas: tuple[Hold, ...] | None = None
    """What it holds of promotions and coupons: sold with the lines, and never delivered."""


class OrderDeclined(Fact, owner="orders", key="account_id", subject="order_id"):
    """A payment was declined; the order waits for `pay` until its deadline."""

    order_id: str
    account_id: str
    payment_id: str
    request_id: str
    """The try that was declined; the payment's own id for the first."""
    code: str
    missing: int
    """Minor units that the wallet lacks."""


class CancellationRequested(Fact, owner="orders", key="account_id", subject="order_id"):
    """The buyer cancels while payment is open: payments decides."""

    order_id: str
    account_id: str
    payment_id: str
    request_id: str
    staff: str | None = None
    """Who of our people asked for it in the buyer's place."""
    reason: str | None = None


class OrderPaid(Fact, owner="orders", key="account_id", subject="order_id"):
    """Paid (处理中); its stock is sold."""

    order_id: str
    account_id: str
    payment_id: str
    lines: tuple[Hold, ...]
    amount: int
    """Minor units."""
    quotas: tuple[Hold, ...] | None = None
    """What it used up of promotions and coupons."""


class LineDelivered(Fact, owner="orders", key="account_id", subject="order_id"):
    """One line of several is delivered."""

    order_id: str
    account_id: str
    line: int


class OrderDelivered(Fact, owner="orders", key="account_id", subject="order_id"):
    """Every paid line is delivered (已发货)."""

    order_id: str
    account_id: str
    line: int
    """The line that was the last."""
    deadline_ms: int
    """Unix milliseconds at which it completes by itself."""


class OrderCompleted(Fact, owner="orders", key="account_id", subject="order_id"):
    """Done (已完成)."""

    order_id: str
    account_id: str
    by: Literal["buyer", "deadline"]


class ConfirmRefused(Fact, owner="orders", key="account_id", subject="order_id"):
    """There is nothing to confirm: the order is not delivered."""

    order_id: str
    account_id: str
    request_id: str
    code: Literal["NOT_DELIVERED", "UNKNOWN_ORDER"]


class OrderCancelled(Fact, owner="orders", key="account_id", subject="order_id"):
    """Cancelled before it was paid (已取消); its stock is released."""

    order_id: str
    account_id: str
    by: Literal["buyer", "decline"]
    """By a word (`staff` says whether one of our people gave it), or by a declined payment."""
    release: tuple[Hold, ...] = ()
    staff: str | None = None
    """Who of our people gave it up in the buyer's place."""
    reason: str | None = None
    """What they tell the buyer."""


class OrderExpired(Fact, owner="orders", key="account_id", subject="order_id"):
    """Not paid in time (已过期); its stock is released."""

    order_id: str
    account_id: str
    release: tuple[Hold, ...] = ()
