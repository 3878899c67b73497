"""Messages to payments, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.message import Message
from shared.contracts.orders import PaymentRequested
from shared.contracts.payments import CancelPayment, Deposit, RetryPayment
from shared.shards.service import Arrival, Handler

from .domain import Pay


def deposit(message: Deposit, arrival: Arrival) -> Deposit:
    """Money for a wallet."""
    return message


def pay(message: PaymentRequested, arrival: Arrival) -> Pay:
    """An order holds its stock and asks for its money."""
    return Pay(message, arrival.now_ms)


def retry(message: RetryPayment, arrival: Arrival) -> RetryPayment:
    """The buyer tries again."""
    return message


def cancel(message: CancelPayment, arrival: Arrival) -> CancelPayment:
    """The buyer no longer wants it."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "orders.events": {PaymentRequested: pay},
    "payments.commands": {Deposit: deposit, RetryPayment: retry, CancelPayment: cancel},
}
