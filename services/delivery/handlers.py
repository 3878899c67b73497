"""Messages to delivery, as its rules take them. Limits and routes are handed in by app.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.delivery import ResolveTopUp, RevealCard
from shared.contracts.disputes import DeliverReplacement
from shared.contracts.inventory import StockReserved
from shared.contracts.message import Message
from shared.contracts.orders import OrderCancelled, OrderExpired, OrderRejected
from shared.contracts.payments import PaymentConfirmed
from shared.shards.service import Arrival

from .domain import Command, Deliver, Forget, Limits, Prepare, Reveal, Routes, Way

UnpaidEnd = OrderRejected | OrderCancelled | OrderExpired


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation may set."""

    limits: Limits
    routes: Routes


def prepare(rules: Rules, message: StockReserved, arrival: Arrival) -> Prepare:
    """Inventory holds cards or units for a line."""
    return Prepare(
        message.order_id,
        message.account_id,
        message.line,
        message.sku,
        message.reservation_id,
        message.cards,
        message.units,
        Way(arrival.now_ms, rules.routes),
    )


def deliver(rules: Rules, message: PaymentConfirmed, arrival: Arrival) -> Deliver:
    """An order's lines are paid."""
    way = Way(arrival.now_ms, rules.routes)
    return Deliver(message.order_id, message.account_id, message.lines, way)


def forget(rules: Rules, message: UnpaidEnd, arrival: Arrival) -> Forget:
    """An order has ended unpaid."""
    held = tuple(hold.reservation_id for hold in message.release)
    return Forget(message.order_id, message.account_id, held)


def reveal(rules: Rules, message: RevealCard, arrival: Arrival) -> Reveal:
    """The owner wants to read a line's codes."""
    return Reveal(message, arrival.now_ms, rules.limits)


def resolve(rules: Rules, message: ResolveTopUp, arrival: Arrival) -> ResolveTopUp:
    """A person takes a top-up that nobody knows about."""
    return message


def replace(rules: Rules, message: DeliverReplacement, arrival: Arrival) -> DeliverReplacement:
    """A dispute has come to other cards."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Callable[..., Command]]]] = {
    "delivery.commands": {
        RevealCard: reveal,
        ResolveTopUp: resolve,
        DeliverReplacement: replace,
    },
    "inventory.answers": {StockReserved: prepare},
    "payments.events": {PaymentConfirmed: deliver},
    "orders.events": {OrderRejected: forget, OrderCancelled: forget, OrderExpired: forget},
}
