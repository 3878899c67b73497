"""What a payment remembers after each of its facts. Total: it never raises."""

from typing import assert_never

from msgspec.structs import replace

from shared.contracts.charges import (
    ChargeClosed,
    ChargeClosing,
    ChargeOpened,
    ChargePaid,
    ChargeRefused,
    PaymentOpened,
)
from shared.contracts.payments import (
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
)
from shared.contracts.refunds import RefundIssued, RefundSubmitted

from .state import Ended, OpenCharge, OpenLine, OpenPayment, Paid, State

PaymentEvent = (
    PaymentConfirmed | PaymentDeclined | PaymentExpired | PaymentCancelled | PaymentOpened
    | ChargeOpened | ChargeClosing | ChargeClosed | ChargeRefused | ChargePaid
    | RefundIssued | RefundSubmitted
)  # fmt: skip


def after(state: State | None, fact: PaymentEvent) -> State | None:
    """The payment after the fact."""
    match fact:
        case PaymentConfirmed():
            return Paid(fact.account_id, fact.amount, fact.channel, fact.charge_id or "")
        case PaymentDeclined() | PaymentOpened():
            return _opened(fact) if state is None else state
        case PaymentExpired():
            return Ended()
        case PaymentCancelled():
            return Ended(cancelled=True)
        case ChargeOpened():
            opened = OpenCharge(fact.charge_id, fact.channel, fact.expire_ms)
            return _with(state, fact.charge_id, opened)
        case ChargeClosing():
            return _closing(state, fact.charge_id)
        case ChargeClosed() | ChargeRefused() | ChargePaid():
            return _with(state, fact.charge_id)
        case RefundIssued(turned_down=None, to="wallet") | RefundSubmitted(calls=1):
            return _refunded(state, fact.amount)
        case RefundIssued() | RefundSubmitted():
            return state
        case _ as never:
            assert_never(never)


def _opened(fact: PaymentDeclined | PaymentOpened) -> OpenPayment:
    """What an open payment must remember to be tried again."""
    return OpenPayment(
        fact.payment_id,
        fact.order_id,
        fact.account_id,
        tuple(
            OpenLine(h.line, h.sku, h.quantity, h.reservation_id, h.target, h.counted)
            for h in fact.lines
        ),
        fact.amount,
        fact.currency,
        fact.channel,
        fact.deadline_ms,
        fact.on_decline,
    )


def _with(state: State | None, charge_id: str, *more: OpenCharge) -> State | None:
    """The payment, this charge as it is now or not open any more."""
    if not isinstance(state, OpenPayment):
        return state
    others = [one for one in state.charges if one.charge_id != charge_id]
    return replace(state, charges=(*others, *more))


def _closing(state: State | None, charge_id: str) -> State | None:
    if not isinstance(state, OpenPayment):
        return state
    charges = [
        replace(one, closing=True) if one.charge_id == charge_id else one for one in state.charges
    ]
    return replace(state, charges=tuple(charges))


def _refunded(state: State | None, amount: int) -> State | None:
    return replace(state, refunded=state.refunded + amount) if isinstance(state, Paid) else state
