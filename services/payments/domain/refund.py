"""Money back: to the wallet at once, or to the channel it came from; never more than was paid."""

from dataclasses import dataclass
from typing import Literal, assert_never

from shared.contracts.message import Fact
from shared.contracts.payments import Posting
from shared.contracts.refunds import (
    RefundIssued,
    RefundPayment,
    RefundRefused,
    RefundSubmitted,
    RefundUncertain,
)
from shared.kernel.decider import Elapsed

from . import receipt
from .limits import Limits
from .state import Answered, Paid, Return, Returning, ReturnUnsure, Settled, State
from .wallet import CURRENCY, moved

RefundEvent = RefundIssued | RefundRefused | RefundSubmitted | RefundUncertain


@dataclass(frozen=True, slots=True)
class RefundAnswered:
    """What a channel said to a refund that was sent to it."""

    refund_id: str
    account_id: str
    call_id: str
    code: Literal["DONE", "REFUSED", "UNKNOWN"]
    now_ms: int
    limits: Limits
    reason: str = ""
    """The channel's, with REFUSED."""


def decide_refund(
    payment: State | None, charge: State | None, balance: int, command: RefundPayment
) -> list[Fact]:
    """``charge`` is the one that paid it, None where the wallet did."""
    if not isinstance(payment, Paid) or payment.account_id != command.account_id:
        return [_refused(command, "NOT_PAID")]
    if command.amount <= 0:
        return [_refused(command, "BAD_AMOUNT")]
    if payment.refunded + command.amount > payment.amount:
        return [_refused(command, "MORE_THAN_PAID")]
    job = Return(
        command.refund_id, command.payment_id, command.order_id, command.account_id, "", "", "",
        command.amount, CURRENCY, command.by, command.reason,
    )  # fmt: skip
    if command.to == "source" and isinstance(charge, Settled):
        return [receipt.submitted(_through(job, charge), 1, source="sales")]
    return [_to_wallet(job, balance, "sales")]


def decide_answer(refund: State | None, balance: int, command: RefundAnswered) -> list[Fact]:
    """What became of it. While nobody knows the money goes nowhere else."""
    if not isinstance(refund, Returning | ReturnUnsure):
        return []
    job = refund.job
    match command.code:
        case "DONE":
            return [_to_channel(job, balance)]
        case _ if not isinstance(refund, Returning) or refund.call_id != command.call_id:
            return []
        case "REFUSED":
            return [_turned_down(job, refund.calls, balance, command)]
        case "UNKNOWN":
            return [_uncertain(job, refund.calls, command)]
        case _ as never:
            assert_never(never)


def decide_elapsed(refund: ReturnUnsure, command: Elapsed) -> list[Fact]:
    """The same refund again: its channel knows it by its id."""
    if command.now_ms < refund.ask_ms:
        return []
    return [receipt.submitted(refund.job, refund.calls + 1, source="")]


def after(state: State | None, fact: RefundEvent) -> State | None:
    """The refund after the fact. Total."""
    match fact:
        case RefundSubmitted():
            job = Return(
                fact.refund_id, fact.payment_id, fact.order_id, fact.account_id, fact.charge_id,
                fact.their_id, fact.channel, fact.amount, fact.currency, fact.by, fact.reason,
            )  # fmt: skip
            return Returning(job, fact.call_id, fact.calls)
        case RefundUncertain():
            if not isinstance(state, Returning):
                return state
            return ReturnUnsure(state.job, fact.calls, fact.ask_ms)
        case RefundIssued() | RefundRefused():
            return Answered()
        case _ as never:
            assert_never(never)


def _through(job: Return, charge: Settled) -> Return:
    return Return(
        job.refund_id, job.payment_id, job.order_id, job.account_id, charge.bill.charge_id,
        charge.their_id, charge.bill.channel, job.amount, job.currency, job.by, job.reason,
    )  # fmt: skip


def _to_wallet(job: Return, balance: int, source: str) -> RefundIssued:
    postings = moved(job.amount, source, f"wallet:{job.account_id}")
    return _issued(job, "wallet", postings, balance + job.amount)


def _to_channel(job: Return, balance: int) -> RefundIssued:
    there = receipt.outside("refunding", job.channel, job.currency)
    cash = receipt.outside("cash", job.channel, job.currency)
    return _issued(job, "channel", moved(job.amount, there, cash), balance)


def _turned_down(job: Return, calls: int, balance: int, command: RefundAnswered) -> Fact:
    """What the channel will not take back is the buyer's all the same: it is in the wallet.

    A currency that no wallet holds is sent again later: there is nowhere else for it.
    """
    if job.currency != CURRENCY:
        return _uncertain(job, calls, command)
    there = receipt.outside("refunding", job.channel, job.currency)
    issued = _to_wallet(job, balance, there)
    return issued.model_copy(update={"turned_down": command.reason or "REFUSED"})


def _uncertain(job: Return, calls: int, command: RefundAnswered) -> RefundUncertain:
    return RefundUncertain(
        refund_id=job.refund_id,
        order_id=job.order_id,
        account_id=job.account_id,
        calls=calls,
        ask_ms=command.now_ms + command.limits.pause_ms(calls),
    )


def _issued(
    job: Return, to: Literal["wallet", "channel"], postings: tuple[Posting, ...], balance: int
) -> RefundIssued:
    return RefundIssued(
        refund_id=job.refund_id,
        payment_id=job.payment_id,
        order_id=job.order_id,
        account_id=job.account_id,
        amount=job.amount,
        currency=job.currency,
        to=to,
        by=job.by,
        reason=job.reason,
        postings=postings,
        balance=balance,
    )


def _refused(
    command: RefundPayment, code: Literal["NOT_PAID", "MORE_THAN_PAID", "BAD_AMOUNT"]
) -> RefundRefused:
    return RefundRefused(
        refund_id=command.refund_id,
        payment_id=command.payment_id,
        order_id=command.order_id,
        account_id=command.account_id,
        code=code,
    )
