"""What follows from orders' facts: stock is asked for, released, sold; a payment is cancelled."""

from typing import Any, Final

from shared.contracts.disputes import (
    DeliverReplacement,
    DisputeDecided,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import CommitStock, ReleaseStock, ReserveStock
from shared.contracts.message import Fact
from shared.contracts.orders import (
    CancellationRequested,
    Hold,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.payments import CancelPayment
from shared.contracts.refunds import OrderRefunding, RefundPayment
from shared.contracts.returning import RestoreQuota
from shared.contracts.reviews import LineReviewed, PostReview
from shared.contracts.risk import EndHolding
from shared.kernel.decider import Effect, Send, ask

from .domain.bespoke import due_ms
from .domain.bespoke_state import Quoted
from .domain.dispute_state import Contested, Offering, Questioned, Replacing
from .domain.state import Accepted, Delivered

TIMED: Final = (Accepted, Delivered, Contested, Questioned, Offering, Replacing)
"""States that somebody's silence ends."""


def follows(fact: Fact) -> list[Send]:
    """What others are asked; payments reads PaymentRequested where it stands."""
    match fact:
        case OrderAccepted(reserve=asked):
            return [ask(_reserve(fact, hold)) for hold in asked]
        case OrderPaid():
            sold = (*fact.lines, *(fact.quotas or ()))
            return [*(ask(_commit(fact, hold)) for hold in sold), *_no_longer_held(fact)]
        case PaymentRequested() | OrderRejected() | OrderCancelled() | OrderExpired():
            return _released(fact)
        case OrderRefunding():
            back = [ask(_refund(fact))] if fact.amount else []
            return [*back, *(ask(_not_used(fact, hold)) for hold in fact.quotas or ())]
        case DisputeDecided() | ReplacementReserved() | ReplacementMissed():
            return _replaced(fact)
        case LineReviewed():
            return [ask(PostReview(**fact.model_dump(exclude={"request_id"})))]
        case CancellationRequested():
            return [
                ask(
                    CancelPayment(
                        payment_id=fact.payment_id,
                        order_id=fact.order_id,
                        account_id=fact.account_id,
                    )
                )
            ]
        case _:
            return []


def due(key: str, state: Any) -> int | None:
    """Inventory's answers, the buyer's last word, each word of a dispute, a quote, until then.

    As long as a line is disputed its order does not complete by itself.
    """
    if isinstance(state, Delivered) and state.disputed:
        return None
    if isinstance(state, Quoted):
        return due_ms(state)
    return state.deadline_ms if isinstance(state, TIMED) else None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None


def _reserve(fact: OrderAccepted, hold: Hold) -> ReserveStock:
    return ReserveStock(
        reservation_id=hold.reservation_id,
        sku=hold.sku,
        quantity=hold.quantity,
        order_id=fact.order_id,
        line=hold.line,
        account_id=fact.account_id,
    )


def _commit(fact: OrderPaid, hold: Hold) -> CommitStock:
    return CommitStock(
        reservation_id=hold.reservation_id,
        sku=hold.sku,
        order_id=fact.order_id,
        account_id=fact.account_id,
    )


def _not_used(fact: OrderRefunding, hold: Hold) -> RestoreQuota:
    return RestoreQuota(
        reservation_id=hold.reservation_id,
        sku=hold.sku,
        order_id=fact.order_id,
        account_id=fact.account_id,
    )


def _replaced(fact: DisputeDecided | ReplacementReserved | ReplacementMissed) -> list[Send]:
    """Other cards are asked for, sold and delivered; or given up, where they may yet be held."""
    whose: Any = {"order_id": fact.order_id, "account_id": fact.account_id, "sku": fact.sku}
    match fact:
        case DisputeDecided(reservation_id=str(held)):
            wanted: Any = {"reservation_id": held, "quantity": fact.quantity, "line": fact.line}
            return [ask(ReserveStock(**whose, **wanted))]
        case ReplacementReserved(reservation_id=held):
            given: Any = {"reservation_id": held, "cards": fact.cards, "line": fact.line}
            sold = CommitStock(**whose, reservation_id=held)
            return [ask(sold), ask(DeliverReplacement(**whose, **given))]
        case ReplacementMissed(code="NO_ANSWER" | "NO_CARDS"):
            return [ask(ReleaseStock(**whose, reservation_id=fact.reservation_id))]
        case _:
            return []


def _no_longer_held(fact: OrderPaid) -> list[Send]:
    """Risk follows few orders to their end; the other ends it reads where they stand."""
    if not any(hold.counted for hold in fact.lines):
        return []
    return [ask(EndHolding(order_id=fact.order_id, account_id=fact.account_id))]


def _refund(fact: OrderRefunding) -> RefundPayment:
    return RefundPayment(
        refund_id=fact.refund_id,
        payment_id=fact.payment_id,
        order_id=fact.order_id,
        account_id=fact.account_id,
        amount=fact.amount,
        to=fact.to,
        by=fact.by,
        reason=fact.reason,
    )


def _released(
    fact: PaymentRequested | OrderRejected | OrderCancelled | OrderExpired,
) -> list[Send]:
    return [
        ask(
            ReleaseStock(
                reservation_id=hold.reservation_id,
                sku=hold.sku,
                order_id=fact.order_id,
                account_id=fact.account_id,
            )
        )
        for hold in fact.release
    ]
