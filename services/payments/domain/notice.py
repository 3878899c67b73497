"""A channel's signed notice, held against all that is bound together in its charge."""

from typing import Literal

from shared.contracts.charges import NoticeRefused, NotifyPayment
from shared.contracts.message import Fact

from . import receipt
from .receipt import Told
from .state import Closed, Closing, Creating, Settled, State, Uncertain, Waiting

Code = Literal[
    "UNKNOWN_CHARGE", "OTHER_CHANNEL", "OTHER_MERCHANT", "OTHER_PAYMENT", "CONTRADICTION"
]


def decide_notice(
    charge: State | None, found: State | None, balance: int, command: NotifyPayment
) -> list[Fact]:
    """The money is entered, once; [] where it was before; refused where it cannot be so."""
    if not isinstance(charge, Creating | Waiting | Closing | Uncertain | Closed | Settled):
        return [_refused(command, "UNKNOWN_CHARGE")]
    if code := _objection(charge, command):
        return [_refused(command, code)]
    if isinstance(charge, Settled):
        return []
    told = Told(command.their_id, command.amount, command.currency, "notice")
    return receipt.received(charge.bill, found, balance, told)


def _objection(
    charge: Creating | Waiting | Closing | Uncertain | Closed | Settled, command: NotifyPayment
) -> Code | None:
    """A channel may tell of the money before it has answered that it knows the charge."""
    bill, theirs = charge.bill, "" if isinstance(charge, Creating) else charge.their_id
    if bill.account_id != command.account_id:
        return "UNKNOWN_CHARGE"
    if bill.channel != command.channel:
        return "OTHER_CHANNEL"
    if bill.merchant != command.merchant:
        return "OTHER_MERCHANT"
    if theirs and theirs != command.their_id:
        return "OTHER_PAYMENT"
    if isinstance(charge, Settled):
        same = (charge.amount, charge.currency) == (command.amount, command.currency)
        return None if same else "CONTRADICTION"
    return None


def _refused(command: NotifyPayment, code: Code) -> NoticeRefused:
    return NoticeRefused(
        notice_id=command.notice_id,
        account_id=command.account_id,
        charge_id=command.charge_id,
        channel=command.channel,
        their_id=command.their_id,
        amount=command.amount,
        currency=command.currency,
        code=code,
    )
