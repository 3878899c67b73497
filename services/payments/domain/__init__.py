"""payments: the wallet ledger, and the one place where an order's payment ends.

Aggregates: `wallet/<account>`, `payment/<payment id>`, and, so that a repeat finds its answer
again, `deposit/<deposit id>` and `request/<request id>` (a further try).
"""

from collections.abc import Iterable
from typing import Any, assert_never

from shared.contracts.message import Fact
from shared.contracts.orders import PaymentRequested
from shared.contracts.payments import (
    CancelPayment,
    Deposit,
    DepositRefused,
    FundsDeposited,
    PaymentCancelled,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentExpired,
    RetryPayment,
    RetryRefused,
)
from shared.kernel.decider import Elapsed, States

from . import payment, wallet
from .payment import Pay
from .state import Answered, Ended, State, Wallet

__all__ = ["Command", "Event", "Pay", "State", "decide", "evolve", "keys"]

Command = Deposit | Pay | RetryPayment | CancelPayment | Elapsed
End = PaymentConfirmed | PaymentExpired | PaymentCancelled
Event = FundsDeposited | DepositRefused | PaymentDeclined | End | RetryRefused


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Deposit() | FundsDeposited():
            return (_wallet(message), _deposit(message))
        case DepositRefused():
            return (_deposit(message),)
        case Pay(asked=asked):
            return (_payment(asked), _wallet(asked))
        case RetryPayment():
            return (_request(message), _payment(message), _wallet(message))
        case PaymentConfirmed():
            return (_payment(message), _wallet(message), *_further(message))
        case PaymentDeclined():
            return (_payment(message), *_further(message))
        case CancelPayment() | PaymentExpired() | PaymentCancelled():
            return (_payment(message),)
        case RetryRefused():
            return (_request(message),)
        case Elapsed(key=key):
            return (key,)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Deposit():
            if _deposit(command) in states:
                return []
            return [wallet.decide_deposit(_balance(states, command), command)]
        case Pay(asked=asked):
            if _payment(asked) in states:
                return []
            return payment.decide_pay(_balance(states, asked), command)
        case RetryPayment():
            if _request(command) in states:
                return []
            balance = _balance(states, command)
            return [payment.decide_retry(states.get(_payment(command)), balance, command)]
        case CancelPayment():
            return payment.decide_cancel(states.get(_payment(command)), command)
        case Elapsed():
            return payment.decide_elapsed(states.get(command.key), command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    match fact:
        case FundsDeposited() | PaymentConfirmed() if key == _wallet(fact):
            return Wallet(fact.balance)
        case FundsDeposited() | DepositRefused():
            return Answered() if key == _deposit(fact) else state
        case PaymentDeclined() if key == _payment(fact):
            return state if isinstance(state, Ended) else payment.opened(fact)
        case PaymentConfirmed() | PaymentExpired() | PaymentCancelled() if key == _payment(fact):
            return Ended()
        case PaymentDeclined() | PaymentConfirmed() | RetryRefused():
            return Answered() if key == _request(fact) else state
        case PaymentExpired() | PaymentCancelled():
            return state
        case _ as never:
            assert_never(never)


def _balance(states: States, message: Deposit | PaymentRequested | RetryPayment) -> int:
    found: Any = states.get(_wallet(message))
    return found.balance if isinstance(found, Wallet) else 0


def _wallet(
    message: Deposit | FundsDeposited | PaymentRequested | RetryPayment | PaymentConfirmed,
) -> str:
    return f"wallet/{message.account_id}"


def _deposit(message: Deposit | FundsDeposited | DepositRefused) -> str:
    return f"deposit/{message.deposit_id}"


def _payment(
    message: PaymentRequested | RetryPayment | CancelPayment | PaymentDeclined | End,
) -> str:
    return f"payment/{message.payment_id}"


def _request(message: RetryPayment | RetryRefused | PaymentDeclined | PaymentConfirmed) -> str:
    return f"request/{message.request_id}"


def _further(fact: PaymentDeclined | PaymentConfirmed) -> tuple[str, ...]:
    """The try to remember; the first one is remembered by its payment."""
    return () if fact.request_id == fact.payment_id else (_request(fact),)
