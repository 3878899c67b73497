"""What the aggregates are called, and which of them a message is about."""

from collections.abc import Iterable
from typing import Any, assert_never

from shared.contracts.charges import (
    ChargeClosed,
    ChargeClosing,
    ChargeCreated,
    ChargeOpened,
    ChargePaid,
    ChargeRefused,
    ChargeUncertain,
    NoticeRefused,
    NotifyPayment,
    PaymentArrivedLate,
    PaymentMismatched,
    PaymentOffered,
    PaymentOpened,
)
from shared.contracts.payments import (
    DepositRefused,
    FundsDeposited,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    RetryRefused,
)
from shared.contracts.refunds import (
    RefundIssued,
    RefundPayment,
    RefundRefused,
    RefundSubmitted,
    RefundUncertain,
)
from shared.kernel.decider import States
from shared.kernel.ids import derive

from .charge import ChargeAnswered, ChargeEvent, Fund
from .refund import RefundAnswered, RefundEvent
from .state import (
    Creating,
    OpenPayment,
    Paid,
    Returning,
    ReturnUnsure,
    Uncertain,
    Waiting,
    Wallet,
)

End = PaymentConfirmed | PaymentExpired | PaymentCancelled
Event = (
    FundsDeposited | DepositRefused | PaymentDeclined | End | RetryRefused | PaymentOpened
    | PaymentOffered | ChargeEvent | PaymentArrivedLate | PaymentMismatched | NoticeRefused
    | RefundEvent
)  # fmt: skip
Moving = (
    PaymentConfirmed | FundsDeposited | PaymentArrivedLate | PaymentMismatched | RefundIssued
)  # fmt: skip
"""Facts that may move a wallet."""
ChannelMessage = (
    Fund | NotifyPayment | ChargeAnswered | ChargeEvent | NoticeRefused | PaymentOffered
    | PaymentArrivedLate | PaymentMismatched
)  # fmt: skip
RefundMessage = RefundPayment | RefundAnswered | RefundEvent


def answers(fact: Event) -> tuple[str, ...]:
    """What has its answer with this fact: a deposit, a further try, a notice."""
    match fact:
        case FundsDeposited() | DepositRefused():
            return (deposit(fact.deposit_id),)
        case PaymentDeclined() | PaymentConfirmed():
            return further(fact)
        case RetryRefused():
            return (request(fact.request_id),)
        case ChargeOpened(payment_id=None):
            return (deposit(fact.about),)
        case ChargeOpened():
            return further(fact)
        case NoticeRefused():
            return (notice(fact),)
        case (
            PaymentOpened() | PaymentOffered() | PaymentExpired() | PaymentCancelled()
            | ChargeCreated() | ChargeRefused() | ChargeClosing() | ChargeUncertain()
            | ChargeClosed() | ChargePaid() | PaymentArrivedLate() | PaymentMismatched()
            | RefundIssued() | RefundRefused() | RefundSubmitted() | RefundUncertain()
        ):  # fmt: skip
            return ()
        case _ as never:
            assert_never(never)


def of_channels(message: ChannelMessage, states: States) -> Iterable[str]:
    """The aggregates of a message about money at a channel."""
    match message:
        case Fund(asked=asked):
            return (deposit(asked.deposit_id), first_charge(asked.deposit_id, asked.deposit_id))
        case NotifyPayment():
            return (notice(message), *_at_charge(message, states))
        case ChargeAnswered():
            return _at_charge(message, states)
        case ChargeCreated() | ChargeUncertain():
            return (charge(message.charge_id),)
        case ChargeOpened():
            return (charge(message.charge_id), *of_payment(message), *answers(message))
        case ChargeRefused() | ChargeClosing() | ChargeClosed() | ChargePaid():
            return (charge(message.charge_id), *of_payment(message))
        case NoticeRefused():
            return (notice(message),)
        case PaymentOffered():
            return ()
        case PaymentArrivedLate() | PaymentMismatched():
            return (wallet(message),) if moves_wallet(message) else ()
        case _ as never:
            assert_never(never)


def of_refunds(message: RefundMessage, states: States) -> Iterable[str]:
    """The aggregates of a message about money that goes back."""
    match message:
        case RefundPayment():
            paid = states.get(payment(message.payment_id))
            paid_by = (charge(paid.charge_id),) if isinstance(paid, Paid) else ()
            return (refund(message), payment(message.payment_id), wallet(message), *paid_by)
        case RefundAnswered():
            return (refund(message), wallet(message), *around(states, refund(message)))
        case RefundIssued():
            moved = (wallet(message),) if moves_wallet(message) else ()
            return (refund(message), *of_payment(message), *moved)
        case RefundSubmitted():
            return (refund(message), *of_payment(message))
        case RefundRefused() | RefundUncertain():
            return (refund(message),)
        case _ as never:
            assert_never(never)


def of_charge(states: States, charge_id: str) -> tuple[str, ...]:
    """The payment of a charge, if it is for one."""
    bill = getattr(states.get(charge(charge_id)), "bill", None)
    return (payment(bill.payment_id),) if bill and bill.payment_id else ()


def of_payment(fact: Any) -> tuple[str, ...]:
    """The payment that a fact is about, if it is about one."""
    return (payment(fact.payment_id),) if fact.payment_id else ()


def balance(states: States, message: Any) -> int:
    """What the wallet holds, minor units."""
    found = states.get(wallet(message))
    return found.balance if isinstance(found, Wallet) else 0


def moves_wallet(fact: Moving) -> bool:
    """Whether the balance that it names is news of the wallet."""
    match fact:
        case RefundIssued():
            return fact.to == "wallet"
        case PaymentMismatched():
            return fact.code != "OTHER_CURRENCY"
        case _:
            return True


def wallet(message: Any) -> str:
    """The wallet of the account that it is about."""
    return f"wallet/{message.account_id}"


def deposit(deposit_id: str) -> str:
    """So named."""
    return f"deposit/{deposit_id}"


def payment(payment_id: str) -> str:
    """So named."""
    return f"payment/{payment_id}"


def request(request_id: str) -> str:
    """So named."""
    return f"request/{request_id}"


def charge(charge_id: str) -> str:
    """So named."""
    return f"charge/{charge_id}"


def refund(message: RefundMessage) -> str:
    """Its refund."""
    return f"refund/{message.refund_id}"


def notice(message: NotifyPayment | NoticeRefused) -> str:
    """Its notice."""
    return f"notice/{message.notice_id}"


def further(fact: PaymentDeclined | PaymentConfirmed | ChargeOpened) -> tuple[str, ...]:
    """The try to remember; the first one is remembered by its payment."""
    return () if fact.request_id == fact.payment_id else (request(fact.request_id),)


def first_charge(payment_id: str, request_id: str) -> str:
    """The charge that this try opens, if it opens one."""
    return charge(derive("charge", payment_id, request_id))


def with_charges(states: States, payment_id: str) -> tuple[str, ...]:
    """A payment, and the charges that may still be paid for it."""
    found = states.get(payment(payment_id))
    charges = found.charges if isinstance(found, OpenPayment) else ()
    return (payment(payment_id), *[charge(one.charge_id) for one in charges])


def around(states: States, key: str) -> tuple[str, ...]:
    """What else moves when an aggregate's own deadline or effect moves it."""
    match states.get(key):
        case OpenPayment(payment_id=payment_id):
            return with_charges(states, payment_id)
        case Creating(bill=bill) | Waiting(bill=bill) | Uncertain(bill=bill):
            return (payment(bill.payment_id),) if bill.payment_id else ()
        case Returning(job=job) | ReturnUnsure(job=job):
            return (payment(job.payment_id),) if job.payment_id else ()
        case _:
            return ()


def _at_charge(message: NotifyPayment | ChargeAnswered, states: States) -> tuple[str, ...]:
    """The charge, what it is for, and all that its money may move."""
    own = (charge(message.charge_id), wallet(message))
    bill = getattr(states.get(charge(message.charge_id)), "bill", None)
    if bill is None:
        return own
    back = f"refund/{derive('refund', bill.charge_id)}"
    if bill.payment_id is None:
        return (*own, back, deposit(bill.about))
    return (*own, back, request(bill.request_id), *with_charges(states, bill.payment_id))
