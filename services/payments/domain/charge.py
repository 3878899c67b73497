"""A charge: money asked for at a channel, from its creation to its certain end."""

from dataclasses import dataclass
from typing import Any, Literal, assert_never

from shared.contracts.charges import (
    ChargeClosed,
    ChargeClosing,
    ChargeCreated,
    ChargeOpened,
    ChargePaid,
    ChargeRefused,
    ChargeUncertain,
    OpenDeposit,
    PaymentOffered,
)
from shared.contracts.message import Fact
from shared.contracts.payments import DepositRefused
from shared.kernel.decider import Elapsed
from shared.kernel.ids import derive

from . import payment, receipt, wallet
from .limits import Limits, Terms
from .receipt import Told
from .state import (
    Bill,
    Closed,
    Closing,
    Creating,
    OpenPayment,
    Settled,
    State,
    Uncertain,
    Waiting,
)

ChargeEvent = (
    ChargeOpened | ChargeCreated | ChargeRefused | ChargeClosing | ChargeUncertain | ChargeClosed
    | ChargePaid
)  # fmt: skip
Said = Literal["CREATED", "REFUSED", "PAID", "CLOSED", "UNKNOWN"]


@dataclass(frozen=True, slots=True)
class ChargeAnswered:
    """What a channel said to one call, as its adapter understood it."""

    charge_id: str
    account_id: str
    call_id: str
    """The charge's own id for its creation."""
    code: Said
    now_ms: int
    limits: Limits
    their_id: str = ""
    """With CREATED and PAID."""
    pay_url: str = ""
    """With CREATED."""
    amount: int = 0
    """Minor units that were paid, with PAID."""
    currency: str = ""
    """With PAID."""
    reason: str = ""
    """The channel's, with REFUSED."""


@dataclass(frozen=True, slots=True)
class Fund:
    """A buyer wants to put money into their wallet, through a channel."""

    asked: OpenDeposit
    now_ms: int
    terms: Terms


def decide_fund(command: Fund) -> Fact:
    """The charge for a deposit, or why there is none."""
    asked, limits = command.asked, command.terms.limits
    if code := wallet.objection(asked.amount, asked.currency):
        return wallet.refused(asked.deposit_id, asked.account_id, code)
    merchant = command.terms.merchants.get(asked.channel)
    if merchant is None:
        return wallet.refused(asked.deposit_id, asked.account_id, "UNKNOWN_CHANNEL")
    deadline_ms = command.now_ms + limits.deposit_ms
    return ChargeOpened(
        charge_id=derive("charge", asked.deposit_id, asked.deposit_id),
        about=asked.deposit_id,
        account_id=asked.account_id,
        request_id=asked.deposit_id,
        channel=asked.channel,
        merchant=merchant,
        amount=asked.amount,
        currency=asked.currency,
        deadline_ms=deadline_ms,
        expire_ms=deadline_ms + limits.grace_ms,
    )


def decide_answer(
    charge: State | None, found: State | None, balance: int, command: ChargeAnswered
) -> list[Fact]:
    """What is known now; ``found`` is the payment that it is for, ``balance`` the wallet's."""
    match charge, command.code:
        case Creating(bill=bill), "CREATED":
            return _created(bill, found, command)
        case Creating(bill=bill), "REFUSED":
            return _refused(bill, found, balance, command)
        case ((Creating() | Waiting() | Closing() | Uncertain() | Closed()), "PAID"):
            told = Told(command.their_id, command.amount, command.currency, "answer")
            return receipt.received(charge.bill, found, balance, told)
        case Closing(bill=bill, call_id=command.call_id), "CLOSED":
            return _closed(bill, found)
        case (
            Closing(bill=bill, call_id=command.call_id, calls=calls),
            "UNKNOWN" | "REFUSED" | "CREATED",
        ):  # it has not said what became of it: only paid and closed are ends
            return [
                ChargeUncertain(
                    charge_id=bill.charge_id,
                    about=bill.about,
                    account_id=bill.account_id,
                    calls=calls,
                    ask_ms=command.now_ms + command.limits.pause_ms(calls),
                )
            ]
        case _:
            return []


def decide_elapsed(charge: State | None, command: Elapsed) -> list[Fact]:
    """A deposit was not paid in time, or it is time to ask the channel again."""
    match charge:
        case Creating(bill=bill) | Waiting(bill=bill) if bill.payment_id is None:
            late = command.now_ms >= bill.deadline_ms
            return [payment.closing(bill.charge_id, bill.about, bill.account_id, None)] * late
        case Uncertain(bill=bill, calls=calls, ask_ms=ask_ms) if command.now_ms >= ask_ms:
            whose = (bill.charge_id, bill.about, bill.account_id, bill.payment_id)
            return [payment.closing(*whose, calls=calls + 1)]
        case _:
            return []


def after(state: State | None, fact: ChargeEvent) -> State | None:
    """The charge after the fact. Total."""
    match fact:
        case ChargeOpened():
            return Creating(_bill(fact))
        case ChargeCreated():
            return Waiting(state.bill, fact.their_id) if isinstance(state, Creating) else state
        case ChargeClosing():
            bill = _bill_of(state)
            return Closing(bill, _theirs(state), fact.call_id, fact.calls) if bill else state
        case ChargeUncertain():
            bill = _bill_of(state)
            return Uncertain(bill, _theirs(state), fact.calls, fact.ask_ms) if bill else state
        case ChargeClosed() | ChargeRefused():
            bill = _bill_of(state)
            return Closed(bill, _theirs(state)) if bill else state
        case ChargePaid():
            bill = _bill_of(state)
            return Settled(bill, fact.their_id, fact.amount, fact.currency) if bill else state
        case _ as never:
            assert_never(never)


def _bill(fact: ChargeOpened) -> Bill:
    return Bill(
        fact.charge_id, fact.about, fact.account_id, fact.payment_id, fact.request_id,
        fact.channel, fact.merchant, fact.amount, fact.currency, fact.deadline_ms,
    )  # fmt: skip


def _bill_of(state: State | None) -> Bill | None:
    """What is asked for; None where nothing can be settled any more."""
    if isinstance(state, Creating | Waiting | Closing | Uncertain | Closed):
        return state.bill
    return None


def _theirs(state: Any) -> str:
    return getattr(state, "their_id", "")


def _created(bill: Bill, found: State | None, command: ChargeAnswered) -> list[Fact]:
    created = ChargeCreated(
        charge_id=bill.charge_id,
        about=bill.about,
        account_id=bill.account_id,
        their_id=command.their_id,
        pay_url=command.pay_url,
    )
    if not isinstance(found, OpenPayment):
        return [created]
    offered = PaymentOffered(
        payment_id=found.payment_id,
        order_id=found.order_id,
        account_id=found.account_id,
        charge_id=bill.charge_id,
        channel=bill.channel,
        pay_url=command.pay_url,
    )
    return [created, offered]


def _refused(bill: Bill, found: State | None, balance: int, command: ChargeAnswered) -> list[Fact]:
    refused = ChargeRefused(
        charge_id=bill.charge_id,
        about=bill.about,
        account_id=bill.account_id,
        payment_id=bill.payment_id,
        code=command.reason,
    )
    if bill.payment_id is None:
        return [refused, wallet.refused(bill.about, bill.account_id, "CHANNEL_REFUSED")]
    return [refused, *receipt.turned_down(bill, found, balance, "CHANNEL_REFUSED")]


def _closed(bill: Bill, found: State | None) -> list[Fact]:
    """Nobody has paid it; with the last of them its payment has expired."""
    closed = ChargeClosed(
        charge_id=bill.charge_id,
        about=bill.about,
        account_id=bill.account_id,
        payment_id=bill.payment_id,
    )
    if bill.payment_id is None:
        never = DepositRefused(deposit_id=bill.about, account_id=bill.account_id, code="NOT_PAID")
        return [closed, never]
    if isinstance(found, OpenPayment):
        others = [one for one in found.charges if one.charge_id != bill.charge_id]
        return [closed] if others else [closed, payment.expired(found)]
    return [closed]
