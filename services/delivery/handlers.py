"""Messages to delivery, as its rules take them. The limits are handed in by app.py."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.delivery import RevealCard
from shared.contracts.inventory import StockReserved
from shared.contracts.message import Message
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderRejected
from shared.contracts.payments import PaymentConfirmed
from shared.shards.service import Arrival

from .domain import Command, Deliver, Forget, Limits, Prepare, Reveal

UnpaidEnd = OrderRejected | OrderCancelled | OrderExpired


def prepare(limits: Limits, message: StockReserved, arrival: Arrival) -> Prepare:
    """Inventory holds cards for a line."""
    return Prepare(
        message.order_id,
        message.account_id,
        message.line,
        message.sku,
        message.reservation_id,
        message.cards,
    )


def deliver(limits: Limits, message: PaymentConfirmed, arrival: Arrival) -> Deliver:
    """An order's lines are paid."""
    return Deliver(message.order_id, message.account_id, message.lines)


def forget(limits: Limits, message: UnpaidEnd, arrival: Arrival) -> Forget:
    """An order has ended unpaid."""
    held = tuple(hold.reservation_id for hold in message.release)
    return Forget(message.order_id, message.account_id, held)


def reveal(limits: Limits, message: RevealCard, arrival: Arrival) -> Reveal:
    """The owner wants to read a line's codes."""
    return Reveal(message, arrival.now_ms, limits)


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "delivery.commands": {RevealCard: reveal},
    "inventory.answers": {StockReserved: prepare},
    "payments.events": {PaymentConfirmed: deliver},
    "orders.events": {OrderRejected: forget, OrderCancelled: forget, OrderExpired: forget},
}
