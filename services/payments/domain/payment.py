"""A payment: tried, and tried again, until it ends in exactly one of three ways."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.contracts.charges import ChargeClosing, ChargeOpened, PaymentOpened
from shared.contracts.message import Fact
from shared.contracts.orders import Hold, PaymentRequested
from shared.contracts.payments import (
    WALLET,
    CancelPayment,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    RetryPayment,
    RetryRefused,
)
from shared.kernel.decider import Elapsed
from shared.kernel.ids import derive

from .limits import Terms
from .state import Ended, OpenCharge, OpenPayment, Paid, State
from .wallet import CURRENCY, moved

NO_TERMS: Final = Terms()
Refusal = Literal["PAYMENT_UNKNOWN", "PAYMENT_ENDED", "UNKNOWN_CHANNEL", "CHARGE_OPEN"]


@dataclass(frozen=True, slots=True)
class Pay:
    """An order asks for its money."""

    asked: PaymentRequested
    now_ms: int
    terms: Terms = field(default=NO_TERMS)


@dataclass(frozen=True, slots=True)
class Retry:
    """The buyer tries again."""

    asked: RetryPayment
    terms: Terms = field(default=NO_TERMS)


def decide_pay(balance: int, command: Pay) -> list[Fact]:
    """The first try. A payment that can never be paid ends with it."""
    asked = command.asked
    if command.now_ms >= asked.deadline_ms:
        return [expired(asked)]
    if asked.channel != WALLET and (
        charge := _charge(asked, asked.channel, asked.payment_id, command.terms)
    ):
        return [_opened(asked), charge]
    tried = _attempt(asked, asked.channel, asked.payment_id, balance)
    if isinstance(tried, PaymentConfirmed):
        return [tried]
    if tried.code == "UNKNOWN_CHANNEL" or asked.on_decline == "cancel":
        return [tried, cancelled(asked, "decline")]
    return [tried]


def decide_retry(payment: State | None, balance: int, command: Retry) -> list[Fact]:
    """A further try. Whether it is in time is told by when our door received it."""
    asked = command.asked
    match payment:
        case Ended() | Paid():
            return [_refused(asked, "PAYMENT_ENDED")]
        case OpenPayment(account_id=asked.account_id):
            # One that came too late does not end the payment: another that came in time may
            # still be on its way here.
            if asked.received_ms >= payment.deadline_ms:
                return [_refused(asked, "PAYMENT_ENDED")]
            channel = asked.channel or payment.channel
            if channel == WALLET:
                return _from_wallet(payment, balance, asked)
            return [_at_channel(payment, channel, command)]
        case _:
            return [_refused(asked, "PAYMENT_UNKNOWN")]


def decide_cancel(payment: State | None, command: CancelPayment) -> list[Fact]:
    """The buyer's word against a payment that is open, or that we have not heard of yet.

    Orders' facts and our commands are two topics: this word may overtake the PaymentRequested
    that it is about. The payment has then ended before it begins.
    """
    match payment:
        case None:
            return [cancelled(command, "buyer")]
        case OpenPayment(account_id=command.account_id):
            return [cancelled(command, "buyer"), *closings(payment, payment.charges)]
        case _:
            return []


def decide_elapsed(payment: OpenPayment, command: Elapsed) -> list[Fact]:
    """The deadline of a payment that is still open: first its channels are asked."""
    if command.now_ms < payment.due_ms:
        return []
    return closings(payment, payment.charges) or [expired(payment)]


def closings(payment: OpenPayment, charges: Iterable[OpenCharge]) -> list[Fact]:
    """These charges are to be closed, each at its channel, unless that is being done."""
    return [
        closing(one.charge_id, payment.order_id, payment.account_id, payment.payment_id)
        for one in charges
        if not one.closing
    ]


def closing(
    charge_id: str, about: str, account_id: str, payment_id: str | None, calls: int = 1
) -> ChargeClosing:
    """A charge's channel is asked what became of it."""
    return ChargeClosing(
        charge_id=charge_id,
        about=about,
        account_id=account_id,
        payment_id=payment_id,
        call_id=derive("call", charge_id, str(calls)),
        calls=calls,
    )


def expired(payment: PaymentRequested | OpenPayment) -> PaymentExpired:
    """Not paid in time."""
    return PaymentExpired(
        payment_id=payment.payment_id, order_id=payment.order_id, account_id=payment.account_id
    )


def cancelled(
    payment: PaymentRequested | OpenPayment | CancelPayment, by: Literal["buyer", "decline"]
) -> PaymentCancelled:
    """Given up before it was paid."""
    return PaymentCancelled(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        account_id=payment.account_id,
        by=by,
    )


def holds(payment: PaymentRequested | OpenPayment) -> tuple[Hold, ...]:
    """The lines to be paid, as facts name them."""
    if isinstance(payment, PaymentRequested):
        return payment.lines
    return tuple(
        Hold(
            line=o.line,
            sku=o.sku,
            quantity=o.quantity,
            reservation_id=o.reservation_id,
            target=o.target,
            counted=o.counted,
        )
        for o in payment.lines
    )


def _from_wallet(payment: OpenPayment, balance: int, asked: RetryPayment) -> list[Fact]:
    """Once it is paid the channels are told that nobody need pay there any more."""
    tried = _attempt(payment, WALLET, asked.request_id, balance)
    if isinstance(tried, PaymentConfirmed):
        return [tried, *closings(payment, payment.charges)]
    return [tried]


def _at_channel(payment: OpenPayment, channel: str, command: Retry) -> Fact:
    if any(one.channel == channel for one in payment.charges):
        return _refused(command.asked, "CHARGE_OPEN")
    charge = _charge(payment, channel, command.asked.request_id, command.terms)
    return charge or _refused(command.asked, "UNKNOWN_CHANNEL")


def _charge(
    payment: PaymentRequested | OpenPayment, channel: str, request_id: str, terms: Terms
) -> ChargeOpened | None:
    """What is asked for at the channel; None where we have none of that name."""
    merchant = terms.merchants.get(channel)
    if merchant is None or payment.currency != CURRENCY or payment.amount <= 0:
        return None
    return ChargeOpened(
        charge_id=derive("charge", payment.payment_id, request_id),
        about=payment.order_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
        request_id=request_id,
        channel=channel,
        merchant=merchant,
        amount=payment.amount,
        currency=payment.currency,
        deadline_ms=payment.deadline_ms,
        expire_ms=payment.deadline_ms + terms.limits.grace_ms,
    )


def _opened(asked: PaymentRequested) -> PaymentOpened:
    return PaymentOpened(
        payment_id=asked.payment_id,
        order_id=asked.order_id,
        account_id=asked.account_id,
        lines=asked.lines,
        amount=asked.amount,
        currency=asked.currency,
        channel=asked.channel,
        deadline_ms=asked.deadline_ms,
        on_decline=asked.on_decline,
    )


def _attempt(
    payment: PaymentRequested | OpenPayment, channel: str, request_id: str, balance: int
) -> PaymentConfirmed | PaymentDeclined:
    """Take the money out of the wallet if it is there."""
    assert payment.amount >= 0, "an order never asks for less than nothing"
    by_wallet = channel == WALLET and payment.currency == CURRENCY
    if not by_wallet or balance < payment.amount:
        return PaymentDeclined(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            account_id=payment.account_id,
            request_id=request_id,
            code="INSUFFICIENT_BALANCE" if by_wallet else "UNKNOWN_CHANNEL",
            lines=holds(payment),
            amount=payment.amount,
            balance=balance,
            currency=payment.currency,
            channel=channel,
            deadline_ms=payment.deadline_ms,
            on_decline=payment.on_decline,
        )
    return PaymentConfirmed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        account_id=payment.account_id,
        request_id=request_id,
        lines=holds(payment),
        amount=payment.amount,
        currency=payment.currency,
        channel=channel,
        postings=moved(payment.amount, f"wallet:{payment.account_id}", "sales"),
        balance=balance - payment.amount,
    )


def _refused(asked: RetryPayment, code: Refusal) -> RetryRefused:
    return RetryRefused(
        payment_id=asked.payment_id,
        order_id=asked.order_id,
        account_id=asked.account_id,
        request_id=asked.request_id,
        code=code,
    )
