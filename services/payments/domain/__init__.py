"""payments: the wallet ledger, the channels, and the one place where an order's payment ends.

Aggregates: `wallet/<account>`, `payment/<payment id>`, `charge/<charge id>` (money asked for at a
channel), `refund/<refund id>`, and, so that a repeat finds its answer again, `deposit/<deposit
id>`, `request/<request id>` (a further try) and `notice/<notice id>` (one that was refused).
"""

from collections.abc import Iterable
from typing import assert_never

from shared.contracts.charges import (
    NotifyPayment,
    PaymentOpened,
)
from shared.contracts.message import Fact
from shared.contracts.payments import (
    WALLET,
    CancelPayment,
    Deposit,
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
from shared.kernel.decider import Elapsed, States

from . import charge, memory, naming, notice, payment, refund, wallet
from .charge import ChargeAnswered, ChargeEvent, Fund
from .limits import Limits, Terms
from .naming import Event, Moving
from .payment import Pay, Retry
from .refund import RefundAnswered, RefundEvent
from .state import Answered, OpenPayment, Paid, ReturnUnsure, State, Wallet

__all__ = [
    "ChargeAnswered", "Command", "Event", "Fund", "Limits", "Pay", "RefundAnswered", "Retry",
    "State", "Terms", "decide", "evolve", "keys",
]  # fmt: skip

Command = (
    Deposit | Pay | Retry | CancelPayment | Fund | NotifyPayment | ChargeAnswered | RefundPayment
    | RefundAnswered | Elapsed
)  # fmt: skip


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Deposit() | FundsDeposited():
            return (naming.wallet(message), naming.deposit(message.deposit_id))
        case Pay(asked=asked):
            own = (naming.payment(asked.payment_id), naming.wallet(asked))
            if asked.channel == WALLET:
                return own
            return (*own, naming.first_charge(asked.payment_id, asked.payment_id))
        case PaymentConfirmed():
            return (
                naming.payment(message.payment_id),
                naming.wallet(message),
                *naming.further(message),
            )
        case PaymentDeclined():
            return (naming.payment(message.payment_id), *naming.further(message))
        case Retry(asked=asked):
            return (
                naming.request(asked.request_id),
                naming.wallet(asked),
                naming.first_charge(asked.payment_id, asked.request_id),
                *naming.with_charges(states, asked.payment_id),
            )
        case CancelPayment():
            return naming.with_charges(states, message.payment_id)
        case PaymentExpired() | PaymentCancelled() | PaymentOpened():
            return (naming.payment(message.payment_id),)
        case RetryRefused():
            return (naming.request(message.request_id),)
        case DepositRefused():
            return (naming.deposit(message.deposit_id),)
        case Elapsed(key=key):
            return (key, *naming.around(states, key))
        case (
            RefundPayment() | RefundAnswered() | RefundIssued() | RefundSubmitted()
            | RefundRefused() | RefundUncertain()
        ):  # fmt: skip
            return naming.of_refunds(message, states)
        case _:
            return naming.of_channels(message, states)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Deposit():
            if naming.deposit(command.deposit_id) in states:
                return []
            return [wallet.decide_deposit(naming.balance(states, command), command)]
        case Pay(asked=asked):
            if naming.payment(asked.payment_id) in states:
                return []
            return payment.decide_pay(naming.balance(states, asked), command)
        case Retry(asked=asked):
            if naming.request(asked.request_id) in states:
                return []
            found = states.get(naming.payment(asked.payment_id))
            return payment.decide_retry(found, naming.balance(states, asked), command)
        case CancelPayment():
            return payment.decide_cancel(states.get(naming.payment(command.payment_id)), command)
        case Fund(asked=asked):
            known = naming.deposit(asked.deposit_id) in states
            return [] if known else [charge.decide_fund(command)]
        case NotifyPayment():
            if naming.notice(command) in states:
                return []
            return notice.decide_notice(*_charged(states, command), command)
        case ChargeAnswered():
            return charge.decide_answer(*_charged(states, command), command)
        case RefundPayment():
            if naming.refund(command) in states:
                return []
            return refund.decide_refund(*_paid(states, command), command)
        case RefundAnswered():
            balance = naming.balance(states, command)
            return refund.decide_answer(states.get(naming.refund(command)), balance, command)
        case Elapsed(key=key):
            return _decide_elapsed(states.get(key), command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind, _, name = key.partition("/")
    match kind:
        case "wallet" if isinstance(fact, Moving) and fact.account_id == name:
            return Wallet(fact.balance) if naming.moves_wallet(fact) else state
        case "payment" if isinstance(fact, memory.PaymentEvent) and fact.payment_id == name:
            return memory.after(state, fact)
        case "charge" if isinstance(fact, ChargeEvent) and fact.charge_id == name:
            return charge.after(state, fact)
        case "refund" if isinstance(fact, RefundEvent) and fact.refund_id == name:
            return refund.after(state, fact)
        case _:
            return Answered() if key in naming.answers(fact) else state


def _decide_elapsed(found: State | None, command: Elapsed) -> list[Fact]:
    match found:
        case OpenPayment():
            return payment.decide_elapsed(found, command)
        case ReturnUnsure():
            return refund.decide_elapsed(found, command)
        case _:
            return charge.decide_elapsed(found, command)


def _paid(states: States, command: RefundPayment) -> tuple[State | None, State | None, int]:
    """The payment, the charge that paid it, and the wallet's balance."""
    found = states.get(naming.payment(command.payment_id))
    paid_by = states.get(naming.charge(found.charge_id)) if isinstance(found, Paid) else None
    return found, paid_by, naming.balance(states, command)


def _charged(
    states: States, command: NotifyPayment | ChargeAnswered
) -> tuple[State | None, State | None, int]:
    """The charge, the payment that it is for, and the wallet's balance."""
    found = states.get(naming.charge(command.charge_id))
    paying = [states.get(key) for key in naming.of_charge(states, command.charge_id)]
    return found, paying[0] if paying else None, naming.balance(states, command)
