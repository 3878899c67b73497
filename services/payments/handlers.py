"""Messages to payments, as its rules take them. The terms are handed in by app.py."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.charges import NotifyPayment, OpenDeposit
from shared.contracts.message import Message
from shared.contracts.orders import PaymentRequested
from shared.contracts.payments import CancelPayment, Deposit, RetryPayment
from shared.contracts.refunds import RefundPayment
from shared.shards.service import Arrival

from .domain import Command, Fund, Pay, Retry, Terms

Plain = Deposit | CancelPayment | NotifyPayment | RefundPayment


def pay(terms: Terms, message: PaymentRequested, arrival: Arrival) -> Pay:
    """An order holds its stock and asks for its money."""
    return Pay(message, arrival.now_ms, terms)


def retry(terms: Terms, message: RetryPayment, arrival: Arrival) -> Retry:
    """The buyer tries again."""
    return Retry(message, terms)


def fund(terms: Terms, message: OpenDeposit, arrival: Arrival) -> Fund:
    """The buyer wants money in their wallet."""
    return Fund(message, arrival.now_ms, terms)


def as_it_is(terms: Terms, message: Plain, arrival: Arrival) -> Plain:
    """All that the rules need is in it."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "orders.events": {PaymentRequested: pay},
    "payments.commands": {
        Deposit: as_it_is,
        RetryPayment: retry,
        CancelPayment: as_it_is,
        OpenDeposit: fund,
        NotifyPayment: as_it_is,
        RefundPayment: as_it_is,
    },
}
