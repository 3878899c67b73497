"""Money has arrived at a channel: whatever it was for, it is somebody's, and never dropped."""

from typing import Literal, NamedTuple

from shared.contracts.charges import ChargePaid, PaymentArrivedLate, PaymentMismatched
from shared.contracts.message import Fact
from shared.contracts.payments import (
    FundsDeposited,
    PaymentConfirmed,
    PaymentDeclined,
    Posting,
)
from shared.contracts.refunds import RefundSubmitted
from shared.kernel.ids import derive

from . import payment
from .state import Bill, Ended, OpenPayment, Paid, Return, State
from .wallet import CURRENCY, moved

Wrong = Literal["CHANNEL_REFUSED", "WRONG_AMOUNT", "WRONG_CURRENCY"]


class Told(NamedTuple):
    """What a channel says that it was paid."""

    their_id: str
    amount: int
    """Minor units."""
    currency: str
    told_by: Literal["notice", "answer"]


def received(bill: Bill, found: State | None, balance: int, told: Told) -> list[Fact]:
    """Where the money goes. ``found`` is the payment it is for, ``balance`` the wallet's."""
    paid = ChargePaid(
        charge_id=bill.charge_id,
        about=bill.about,
        account_id=bill.account_id,
        payment_id=bill.payment_id,
        channel=bill.channel,
        their_id=told.their_id,
        amount=told.amount,
        currency=told.currency,
        told_by=told.told_by,
    )
    if told.currency != bill.currency:
        back = submitted(_returned(bill, told), 1, source=f"unclaimed:{told.currency}")
        wrong = _mismatched(bill, balance, told, "OTHER_CURRENCY")
        return [paid, wrong, back, *turned_down(bill, found, balance, "WRONG_CURRENCY")]
    if told.amount != bill.amount:
        code: Literal["TOO_LITTLE", "TOO_MUCH"]
        code = "TOO_LITTLE" if told.amount < bill.amount else "TOO_MUCH"
        wrong, after = _mismatched(bill, balance, told, code), balance + told.amount
        return [paid, wrong, *turned_down(bill, found, after, "WRONG_AMOUNT")]
    if bill.payment_id is None:
        return [paid, _deposited(bill, balance)]
    if isinstance(found, OpenPayment):
        others = [one for one in found.charges if one.charge_id != bill.charge_id]
        return [paid, _confirmed(bill, found, balance), *payment.closings(found, others)]
    return [paid, _late(bill, found, balance)]


def turned_down(bill: Bill, found: State | None, balance: int, code: Wrong) -> list[Fact]:
    """An open payment is not paid by this charge; it ends where nothing else is waited for."""
    if not isinstance(found, OpenPayment):
        return []
    declined = PaymentDeclined(
        payment_id=found.payment_id,
        order_id=found.order_id,
        account_id=found.account_id,
        request_id=bill.request_id,
        code=code,
        lines=payment.holds(found),
        amount=found.amount,
        balance=balance,
        currency=found.currency,
        channel=bill.channel,
        deadline_ms=found.deadline_ms,
        on_decline=found.on_decline,
    )
    others = [one for one in found.charges if one.charge_id != bill.charge_id]
    if found.on_decline == "cancel" and not others:
        return [declined, payment.cancelled(found, "decline")]
    return [declined]


def submitted(job: Return, calls: int, source: str) -> RefundSubmitted:
    """Money goes back to its channel; out of the account ``source`` the first time."""
    there = outside("refunding", job.channel, job.currency)
    return RefundSubmitted(
        refund_id=job.refund_id,
        payment_id=job.payment_id,
        order_id=job.order_id,
        account_id=job.account_id,
        charge_id=job.charge_id,
        their_id=job.their_id,
        channel=job.channel,
        amount=job.amount,
        currency=job.currency,
        by=job.by,
        reason=job.reason,
        postings=moved(job.amount, source, there) if calls == 1 else (),
        call_id=derive("call", job.refund_id, str(calls)),
        calls=calls,
    )


def outside(account: str, channel: str, currency: str) -> str:
    """The account of a channel: one for each currency."""
    name = f"{account}:{channel}"
    return name if currency == CURRENCY else f"{name}:{currency}"


def _returned(bill: Bill, told: Told) -> Return:
    return Return(
        derive("refund", bill.charge_id), None, bill.about, bill.account_id, bill.charge_id,
        told.their_id, bill.channel, told.amount, told.currency, "payments", "OTHER_CURRENCY",
    )  # fmt: skip


def _mismatched(
    bill: Bill, balance: int, told: Told, code: Literal["TOO_LITTLE", "TOO_MUCH", "OTHER_CURRENCY"]
) -> PaymentMismatched:
    ours = told.currency == CURRENCY
    taker = f"wallet:{bill.account_id}" if ours else f"unclaimed:{told.currency}"
    giver = outside("cash", bill.channel, told.currency)
    return PaymentMismatched(
        charge_id=bill.charge_id,
        about=bill.about,
        account_id=bill.account_id,
        payment_id=bill.payment_id,
        code=code,
        asked=bill.amount,
        amount=told.amount,
        currency=told.currency,
        channel=bill.channel,
        postings=moved(told.amount, giver, taker),
        balance=balance + told.amount if ours else balance,
    )


def _deposited(bill: Bill, balance: int) -> FundsDeposited:
    return FundsDeposited(
        deposit_id=bill.about,
        account_id=bill.account_id,
        amount=bill.amount,
        currency=bill.currency,
        source=bill.channel,
        by="channel",
        reason=bill.charge_id,
        postings=_to_wallet(bill),
        balance=balance + bill.amount,
    )


def _confirmed(bill: Bill, found: OpenPayment, balance: int) -> PaymentConfirmed:
    return PaymentConfirmed(
        payment_id=found.payment_id,
        order_id=found.order_id,
        account_id=found.account_id,
        request_id=bill.request_id,
        lines=payment.holds(found),
        amount=found.amount,
        currency=found.currency,
        channel=bill.channel,
        postings=moved(found.amount, f"cash:{bill.channel}", "sales"),
        balance=balance,
        charge_id=bill.charge_id,
    )


def _late(bill: Bill, found: State | None, balance: int) -> PaymentArrivedLate:
    assert bill.payment_id is not None, "a deposit is never late"
    code: Literal["EXPIRED", "CANCELLED", "PAID_ALREADY"] = "EXPIRED"
    if isinstance(found, Paid):
        code = "PAID_ALREADY"
    elif isinstance(found, Ended) and found.cancelled:
        code = "CANCELLED"
    return PaymentArrivedLate(
        payment_id=bill.payment_id,
        order_id=bill.about,
        account_id=bill.account_id,
        charge_id=bill.charge_id,
        code=code,
        amount=bill.amount,
        currency=bill.currency,
        channel=bill.channel,
        postings=_to_wallet(bill),
        balance=balance + bill.amount,
    )


def _to_wallet(bill: Bill) -> tuple[Posting, ...]:
    return moved(bill.amount, f"cash:{bill.channel}", f"wallet:{bill.account_id}")
