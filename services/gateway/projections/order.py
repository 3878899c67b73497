"""An order as buyers see it: one document, moved by the facts of orders alone. Pure."""

from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from shared.contracts.envelope import Envelope
from shared.contracts.message import Fact
from shared.contracts.orders import (
    CancellationRequested,
    Line,
    LineDelivered,
    LineRefused,
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
    WantedLine,
)

from . import order_disputes, order_ends, order_money
from .moments import time_of
from .order_disputes import DisputeDoc, DisputeFact
from .order_money import MoneyFact

Followed = (
    OrderPlaced | OrderRejected | OrderAwaitingVerification | OrderInReview | OrderAccepted
    | LineRefused | PaymentRequested | OrderDeclined | CancellationRequested | OrderPaid
    | LineDelivered | OrderDelivered | OrderCompleted | OrderCancelled | OrderExpired | MoneyFact
    | DisputeFact
)  # fmt: skip

FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    OrderPlaced, OrderRejected, OrderAccepted, LineRefused, PaymentRequested, OrderDeclined,
    CancellationRequested, OrderPaid, LineDelivered, OrderDelivered, OrderCompleted,
    OrderCancelled, OrderExpired, OrderAwaitingVerification, OrderInReview,
    *get_args(MoneyFact), *get_args(DisputeFact),
})  # fmt: skip

ENDED: Final = frozenset({"completed", "refused", "cancelled", "expired", "refunded"})
PAYABLE: Final = "awaiting_payment"
VERIFYING: Final = "awaiting_verification"
IN_REVIEW: Final = "in_review"
SCREENED: Final = frozenset({VERIFYING, IN_REVIEW})
"""A code or a person is waited for."""


class LineDoc(msgspec.Struct, frozen=True, array_like=True):
    """One line; as in contracts' Line."""

    line: int
    sku: str
    product_id: str
    product_name: str
    sku_name: str
    kind: str
    revision: int
    quantity: int
    unit_price: int
    """Minor units, each."""
    base_price: int
    """Minor units, each."""
    state: str = ""
    """Its own, where it differs from the order's: `refused`, `delivered`."""
    code: str = ""
    """Why it was refused."""
    shape: str = ""
    """What its cards are made of; empty: a single code."""
    promotion: str = ""
    """Under which its unit price stands."""
    discount: int = 0
    """Minor units, the whole line: the coupon's share."""
    dispute: DisputeDoc | None = None
    """The last one."""


class ErrorDoc(msgspec.Struct, frozen=True, array_like=True):
    """Why a line was refused; as in contracts' LineError."""

    line: int
    code: str
    unit_price: int | None
    limit: int | None


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A fact on the order's timeline."""

    type: str
    position: int
    time_ms: int
    state: str
    """The order's state after it."""
    detail: str = ""


class OrderDoc(msgspec.Struct, frozen=True, array_like=True):
    """The whole order."""

    order_id: str
    account_id: str
    shard: int
    """Of orders: with a position it names a record."""
    body_hash: str
    state: str
    placed_ms: int
    position: int
    """Of the last fact applied."""
    steps: tuple[Step, ...]
    lines: tuple[LineDoc, ...] = ()
    total: int = 0
    """Minor units, of the lines that go on."""
    currency: str = "CNY"
    pay_with: str = ""
    payment_id: str = ""
    deadline_ms: int = 0
    """Until when it can be paid, or completes by itself, Unix milliseconds; 0 = none."""
    code: str = ""
    """Why it was refused, or what it waits for."""
    declined: str = ""
    """Why the last payment was declined, while another can be tried."""
    missing: int = 0
    """Minor units that the wallet lacks."""
    errors: tuple[ErrorDoc, ...] = ()
    pay_url: str = ""
    """Where it can be paid, at a channel."""
    refunded: int = 0
    """Minor units that went back."""
    coupon: str = ""
    discount: int = 0
    """Minor units that the coupon takes off; the total is without them."""
    staff: str = ""
    """Who of our people gave it up in the buyer's place."""
    reason: str = ""
    """And what they tell the buyer."""

    @property
    def at_rest(self) -> bool:
        """Nothing happens next unless somebody acts."""
        at_rest = self.state in ENDED or self.state in SCREENED or self.state == "delivered"
        payable = self.state == PAYABLE and bool(self.pay_url)
        return at_rest or payable or bool(self.declined)


def apply(doc: OrderDoc | None, fact: Followed, envelope: Envelope, shard: int) -> OrderDoc | None:
    """The order after the fact; None where its first fact was never seen."""
    if isinstance(fact, OrderPlaced | OrderRejected) and doc is None:
        doc = _first(fact, envelope, shard)
    if doc is None:
        return None
    moved = _moved(doc, fact)
    step = Step(
        type(fact).__name__,
        envelope.position,
        time_of(envelope.time),
        moved.state,
        _detail(fact),
    )
    return replace(moved, position=envelope.position, steps=(*doc.steps, step))


def looked_at(doc: OrderDoc) -> bool:
    """Whether one of our people had to act before it could go on (B3)."""
    return any(step.type == "OrderInReview" for step in doc.steps)


def _first(fact: OrderPlaced | OrderRejected, envelope: Envelope, shard: int) -> OrderDoc:
    return OrderDoc(
        order_id=fact.order_id,
        account_id=fact.account_id,
        shard=shard,
        body_hash=fact.body_hash,
        state="received",
        placed_ms=fact.received_ms if isinstance(fact, OrderPlaced) else time_of(envelope.time),
        position=0,
        steps=(),
    )


def _moved(doc: OrderDoc, fact: Followed) -> OrderDoc:  # noqa: C901  # one case per fact, none nested
    match fact:
        case OrderPlaced():
            return _placed(doc, fact)
        case OrderRejected():
            return _rejected(doc, fact)
        case OrderAwaitingVerification():
            code, deadline_ms = "VERIFICATION_REQUIRED", fact.deadline_ms
            return replace(doc, state=VERIFYING, code=code, deadline_ms=deadline_ms)
        case OrderInReview():
            return replace(doc, state=IN_REVIEW, code="RISK_HOLD", deadline_ms=fact.deadline_ms)
        case LineRefused():
            return replace(doc, lines=_marked(doc, (fact.line,), "refused", fact.code))
        case LineDelivered():
            return replace(doc, lines=_marked(doc, (fact.line,), "delivered"))
        case PaymentRequested():
            return replace(
                doc,
                lines=_marked(doc, fact.dropped, "refused", "INSUFFICIENT_STOCK"),
                total=fact.amount,
                payment_id=fact.payment_id,
                deadline_ms=fact.deadline_ms,
            )
        case OrderDeclined():
            page = doc.pay_url if fact.code == "INSUFFICIENT_BALANCE" else ""
            return replace(doc, declined=fact.code, missing=fact.missing, pay_url=page)
        case OrderPaid():
            return replace(
                doc, state="processing", total=fact.amount, deadline_ms=0, declined="", missing=0
            )
        case OrderDelivered():
            lines = _marked(doc, (fact.line,), "delivered")
            return replace(doc, state="delivered", lines=lines, deadline_ms=fact.deadline_ms)
        case OrderCompleted() | OrderCancelled() | OrderExpired():
            return order_ends.moved(doc, fact)
        case OrderAccepted():
            screened = doc.state in SCREENED
            return replace(doc, state=PAYABLE, code="", deadline_ms=0) if screened else doc
        case CancellationRequested():
            return doc
        case _:
            return _elsewhere(doc, fact)


def _elsewhere(doc: OrderDoc, fact: MoneyFact | DisputeFact) -> OrderDoc:
    if isinstance(fact, MoneyFact):
        return order_money.moved(doc, fact)
    return order_disputes.moved(doc, fact)


def _placed(doc: OrderDoc, fact: OrderPlaced) -> OrderDoc:
    lines = tuple(map(_line, fact.lines))
    words = {"currency": fact.currency, "pay_with": fact.pay_with, "coupon": fact.coupon or ""}
    off = fact.discount or 0
    return replace(doc, state=PAYABLE, lines=lines, total=fact.total, discount=off, **words)


def _rejected(doc: OrderDoc, fact: OrderRejected) -> OrderDoc:
    errors = tuple(ErrorDoc(e.line, e.code, e.unit_price, e.limit) for e in fact.errors)
    asked = doc.lines or tuple(_asked(*each) for each in enumerate(fact.wanted or (), 1))
    total = sum(line.quantity * line.unit_price for line in asked)
    words = {"code": fact.code, "errors": errors, "lines": asked, "total": total}
    return replace(doc, state="refused", deadline_ms=0, **words)


def _line(line: Line) -> LineDoc:
    return LineDoc(
        line.line, line.sku, line.product_id, line.product_name, line.sku_name, line.kind,
        line.revision, line.quantity, line.unit_price, line.base_price,
        shape="receipt" if line.kind == "topup" else line.shape or "",
        promotion=line.promotion or "", discount=line.discount or 0,
    )  # fmt: skip


def _asked(number: int, line: WantedLine) -> LineDoc:
    """A line that our check refused: as it was asked for, whether or not there is such a thing."""
    return LineDoc(
        number, line.sku, line.product_id, "", line.sku, "", 0, line.quantity,
        line.unit_price, line.unit_price,
    )  # fmt: skip


def _marked(
    doc: OrderDoc, numbers: tuple[int, ...], state: str, code: str = ""
) -> tuple[LineDoc, ...]:
    """The lines, these ones in a state of their own; a refused one keeps its first reason."""
    if not numbers:
        return doc.lines
    return tuple(
        replace(line, state=state, code=line.code or code) if line.line in numbers else line
        for line in doc.lines
    )


def _detail(fact: Followed) -> str:
    match fact:
        case OrderRejected() | OrderDeclined():
            return fact.code
        case LineRefused() | LineDelivered() | OrderDelivered():
            return str(fact.line)
        case OrderCompleted() | OrderCancelled():
            return order_ends.detail(fact)
        case _ if isinstance(fact, MoneyFact):
            return order_money.detail(fact)
        case _ if isinstance(fact, DisputeFact):
            return str(fact.line)
        case _:
            return ""
