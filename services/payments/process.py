"""What follows from payments' facts: channels are called; nothing is sent to other services."""

from typing import Any, Final, NamedTuple

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain.state import (
    Bill,
    Closing,
    Creating,
    OpenPayment,
    Return,
    Returning,
    ReturnUnsure,
    Uncertain,
    Waiting,
)

CHANNEL: Final = "channel"
"""The kind of effect that calls a payment channel."""


class Create(NamedTuple):
    """The channel is to know a charge, and to have a page for it."""

    bill: Bill


class Close(NamedTuple):
    """The channel is asked what became of a charge, and to close it where it is not paid."""

    bill: Bill
    their_id: str
    call_id: str


class GiveBack(NamedTuple):
    """The channel is to give money back."""

    job: Return
    call_id: str


def follows(fact: Fact) -> list[Send]:
    """Orders and delivery read payments' facts on payments' own log."""
    return []


def due(key: str, state: Any) -> int | None:
    """When a payment or deposit expires, or a channel is asked again; Unix milliseconds."""
    match state:
        case OpenPayment():
            return state.due_ms
        case Creating(bill=bill) | Waiting(bill=bill):
            return bill.deadline_ms if bill.payment_id is None else None
        case Uncertain(ask_ms=ask_ms) | ReturnUnsure(ask_ms=ask_ms):
            return ask_ms
        case _:
            return None


def effect(key: str, state: Any) -> Effect | None:
    """The call to a channel that a charge or a refund waits for; the wallet is our own."""
    match state:
        case Creating(bill=bill):
            return Effect(bill.charge_id, CHANNEL, Create(bill))
        case Closing(bill=bill, their_id=their_id, call_id=call_id):
            return Effect(call_id, CHANNEL, Close(bill, their_id, call_id))
        case Returning(job=job, call_id=call_id):
            return Effect(call_id, CHANNEL, GiveBack(job, call_id))
        case _:
            return None
