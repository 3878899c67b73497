"""From the payment to the end: delivered line by line, confirmed by the buyer or by time."""

from msgspec.structs import replace

from shared.contracts.delivery import CardDelivered, TopUpConfirmed
from shared.contracts.message import Fact
from shared.contracts.orders import (
    ConfirmOrder,
    ConfirmRefused,
    LineDelivered,
    OrderCompleted,
    OrderDelivered,
)

from .state import AwaitingPayment, Delivered, Ended, Order, Paid, Refunding

Given = CardDelivered | TopUpConfirmed
"""Delivery's word that a line is the buyer's."""


def decide_early(order: AwaitingPayment, word: Given) -> list[Fact]:
    """Delivery's log was read before payments': the line is remembered until that is heard."""
    if word.line in order.delivered:
        return []
    return [_line_delivered(order.account_id, word)]


def decide_card(order: Paid, word: Given, deadline_ms: int) -> list[Fact]:
    """One paid line is the buyer's; with the last of them the whole order."""
    if word.line not in order.waiting:
        return []
    if len(order.waiting) == 1:
        return [delivered(word.order_id, order.account_id, word.line, deadline_ms)]
    return [_line_delivered(order.account_id, word)]


def decide_confirm(order: Order | None, command: ConfirmOrder) -> list[Fact]:
    """The buyer's last word; before there is anything to confirm it is refused."""
    match order:
        case Delivered():
            return [
                OrderCompleted(order_id=command.order_id, account_id=order.account_id, by="buyer")
            ]
        case Ended(completed=True) | Refunding(completed=True):
            return []
        case _:
            return [
                ConfirmRefused(
                    order_id=command.order_id,
                    account_id=command.account_id,
                    request_id=command.request_id,
                    code="UNKNOWN_ORDER" if order is None else "NOT_DELIVERED",
                )
            ]


def delivered(order_id: str, account_id: str, line: int, deadline_ms: int) -> OrderDelivered:
    """Every paid line is delivered, ``line`` the last; it completes by itself at the deadline."""
    return OrderDelivered(
        order_id=order_id,
        account_id=account_id,
        line=line,
        deadline_ms=deadline_ms,
    )


def done(order: Order | None, fact: OrderDelivered) -> Delivered:
    """The order, now that its buyer has the word."""
    if not isinstance(order, Paid):
        return Delivered(fact.account_id, fact.deadline_ms)
    return Delivered(
        fact.account_id, fact.deadline_ms, order.lines, order.disputed, order.invoices,
        order.underway, order.quotas,
    )  # fmt: skip


def completed(order: Order | None) -> Ended:
    """The order, now that it is completed."""
    if isinstance(order, Delivered):
        return Ended(
            completed=True, account_id=order.account_id, lines=order.lines,
            disputed=order.disputed, until_ms=order.deadline_ms, invoices=order.invoices,
            underway=order.underway, quotas=order.quotas,
        )  # fmt: skip
    return Ended(completed=True)


def completed_by_itself(order_id: str, order: Delivered) -> OrderCompleted:
    """The buyer had time to say that something is wrong, and said nothing."""
    return OrderCompleted(order_id=order_id, account_id=order.account_id, by="deadline")


def line_delivered(order: Order | None, fact: LineDelivered) -> Order | None:
    """The order, now that one of its lines is delivered."""
    match order:
        case AwaitingPayment(delivered=lines):
            return replace(order, delivered=(*lines, fact.line))
        case Paid(waiting=lines):
            return replace(order, waiting=tuple([line for line in lines if line != fact.line]))
        case _:
            return order


def _line_delivered(account_id: str, word: Given) -> LineDelivered:
    return LineDelivered(order_id=word.order_id, account_id=account_id, line=word.line)
