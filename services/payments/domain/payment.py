"""A payment: tried, and tried again, until it ends in exactly one of three ways."""

from dataclasses import dataclass
from typing import Final

from shared.contracts.message import Fact
from shared.contracts.orders import Hold, PaymentRequested
from shared.contracts.payments import (
    CancelPayment,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    RetryPayment,
    RetryRefused,
)
from shared.kernel.decider import Elapsed

from .state import Ended, OpenLine, OpenPayment, State
from .wallet import CURRENCY, moved

WALLET: Final = "wallet"
"""The channel that is our own ledger."""


@dataclass(frozen=True, slots=True)
class Pay:
    """An order asks for its money."""

    asked: PaymentRequested
    now_ms: int


def decide_pay(balance: int, command: Pay) -> list[Fact]:
    """The first try. A payment that can never be paid ends with it."""
    asked = command.asked
    if command.now_ms >= asked.deadline_ms:
        return [_expired(asked)]
    tried = _attempt(asked, asked.payment_id, balance)
    if isinstance(tried, PaymentConfirmed):
        return [tried]
    if tried.code == "UNKNOWN_CHANNEL" or asked.on_decline == "cancel":
        cancelled = PaymentCancelled(
            payment_id=asked.payment_id,
            order_id=asked.order_id,
            account_id=asked.account_id,
            by="decline",
        )
        return [tried, cancelled]
    return [tried]


def decide_retry(
    payment: State | None, balance: int, command: RetryPayment
) -> PaymentConfirmed | PaymentDeclined | RetryRefused:
    """A further try. Whether it is in time is told by when our door received it."""
    match payment:
        case Ended():
            return _refused(command, ended=True)
        case OpenPayment(account_id=command.account_id):
            # One that came too late does not end the payment: another that came in time may
            # still be on its way here.
            if command.received_ms >= payment.deadline_ms:
                return _refused(command, ended=True)
            return _attempt(payment, command.request_id, balance)
        case _:
            return _refused(command, ended=False)


def decide_cancel(payment: State | None, command: CancelPayment) -> list[Fact]:
    """The buyer's word against a payment that is open, or that we have not heard of yet.

    Orders' facts and our commands are two topics: this word may overtake the PaymentRequested
    that it is about. The payment has then ended before it begins.
    """
    match payment:
        case None | OpenPayment(account_id=command.account_id):
            return [
                PaymentCancelled(
                    payment_id=command.payment_id,
                    order_id=command.order_id,
                    account_id=command.account_id,
                    by="buyer",
                )
            ]
        case _:
            return []


def decide_elapsed(payment: State | None, command: Elapsed) -> list[Fact]:
    """The deadline of a payment that is still open."""
    if isinstance(payment, OpenPayment) and command.now_ms >= payment.deadline_ms:
        return [_expired(payment)]
    return []


def opened(fact: PaymentDeclined) -> OpenPayment:
    """What a declined payment must remember to be tried again."""
    return OpenPayment(
        fact.payment_id,
        fact.order_id,
        fact.account_id,
        tuple(OpenLine(h.line, h.sku, h.quantity, h.reservation_id, h.target) for h in fact.lines),
        fact.amount,
        fact.currency,
        fact.channel,
        fact.deadline_ms,
        fact.on_decline,
    )


def _attempt(
    payment: PaymentRequested | OpenPayment, request_id: str, balance: int
) -> PaymentConfirmed | PaymentDeclined:
    """Take the money if it is there."""
    assert payment.amount >= 0, "an order never asks for less than nothing"
    by_wallet = payment.channel == WALLET and payment.currency == CURRENCY
    if not by_wallet or balance < payment.amount:
        return PaymentDeclined(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            account_id=payment.account_id,
            request_id=request_id,
            code="INSUFFICIENT_BALANCE" if by_wallet else "UNKNOWN_CHANNEL",
            lines=_holds(payment),
            amount=payment.amount,
            balance=balance,
            currency=payment.currency,
            channel=payment.channel,
            deadline_ms=payment.deadline_ms,
            on_decline=payment.on_decline,
        )
    return PaymentConfirmed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        account_id=payment.account_id,
        request_id=request_id,
        lines=_holds(payment),
        amount=payment.amount,
        currency=payment.currency,
        channel=payment.channel,
        postings=moved(payment.amount, f"wallet:{payment.account_id}", "sales"),
        balance=balance - payment.amount,
    )


def _holds(payment: PaymentRequested | OpenPayment) -> tuple[Hold, ...]:
    if isinstance(payment, PaymentRequested):
        return payment.lines
    return tuple(
        Hold(
            line=o.line,
            sku=o.sku,
            quantity=o.quantity,
            reservation_id=o.reservation_id,
            target=o.target,
        )
        for o in payment.lines
    )


def _expired(payment: PaymentRequested | OpenPayment) -> PaymentExpired:
    return PaymentExpired(
        payment_id=payment.payment_id, order_id=payment.order_id, account_id=payment.account_id
    )


def _refused(command: RetryPayment, *, ended: bool) -> RetryRefused:
    return RetryRefused(
        payment_id=command.payment_id,
        order_id=command.order_id,
        account_id=command.account_id,
        request_id=command.request_id,
        code="PAYMENT_ENDED" if ended else "PAYMENT_UNKNOWN",
    )
