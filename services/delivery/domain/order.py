"""An order's delivery: exactly the lines and reservations that were paid, each of them once.

Stock and payment come from two topics, in whichever order; the end of an unpaid order from a third.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from shared.contracts.delivery import (
    CardDelivered,
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryForgotten,
    DeliveryPrepared,
    TopUpConfirmed,
    TopUpSubmitted,
)
from shared.contracts.disputes import DeliverReplacement, ReplacementDelivered
from shared.contracts.inventory import Card
from shared.contracts.message import Fact
from shared.contracts.orders import Hold
from shared.kernel.quotas import is_quota

from . import topup
from .routes import Way
from .state import Cards, Failed, Forgotten, Line, Open, Paid, Promised, State

OrderEvent = (
    DeliveryPrepared | DeliveryAwaited | CardDelivered | DeliveryForgotten | DeliveryFailed
    | TopUpSubmitted | TopUpConfirmed | ReplacementDelivered
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepare:
    """Inventory holds these cards, or these units, for this line."""

    order_id: str
    account_id: str
    line: int
    sku: str
    reservation_id: str
    cards: tuple[Card, ...]
    units: int | None
    """Of a quota, in place of cards: the line is a top-up."""
    way: Way


@dataclass(frozen=True, slots=True)
class Deliver:
    """These lines are paid."""

    order_id: str
    account_id: str
    lines: tuple[Hold, ...]
    way: Way


@dataclass(frozen=True, slots=True)
class Forget:
    """The order has ended unpaid."""

    order_id: str
    account_id: str
    reservation_ids: tuple[str, ...]
    """What it held, or may yet come to hold; none where it ended before it asked for stock."""


def decide_prepare(order: State | None, promised: State | None, command: Prepare) -> list[Fact]:
    """What is held waits for the payment, or goes straight out where that has come before it.

    ``promised`` is the top-up that was paid for the very reservation. Promotions and coupons are
    held like stock, and there is nothing of them to deliver.
    """
    if is_quota(command.sku):
        return []
    match order:
        case None:
            return [_prepared(command)]
        case Open(prepared=lines) if _line(command) not in lines:
            return [_prepared(command)]
        case Paid(awaited=lines) if _line(command) in lines and command.units:
            return [_prepared(command), _promised(promised, command)]
        case Paid(awaited=lines) if _line(command) in lines:
            card_ids = tuple(card.card_id for card in command.cards)
            return [_prepared(command), _delivered(command, command, card_ids)]
        case _:
            return []


def decide_deliver(order: State | None, cards: Mapping[str, Cards], command: Deliver) -> list[Fact]:
    """Every paid line that is prepared is delivered; the others are awaited.

    ``cards`` is by reservation. A line counts as prepared only where the very reservation that
    is paid was prepared for this line of this order.
    """
    if not command.lines:
        return []
    match order:
        case None | Open():
            prepared = order.prepared if isinstance(order, Open) else ()
            missing = tuple(hold for hold in command.lines if _line(hold) not in prepared)
            facts: list[Fact] = [
                _goes_out(command, hold, cards.get(hold.reservation_id))
                for hold in command.lines
                if hold not in missing
            ]
            return [*facts, _awaited(command, missing)] if missing else facts
        case Forgotten():
            return [_failed(command, command.lines, "ORDER_ENDED")]
        case _:
            return []


def decide_forget(order: State | None, command: Forget) -> list[Fact]:
    """What was prepared is dropped, and what comes later is not taken up.

    An order that ended before it asked for stock leaves no trace here: nothing can come for it.
    """
    if not command.reservation_ids or not isinstance(order, Open | None):
        return []
    prepared = order.prepared if isinstance(order, Open) else ()
    return [
        DeliveryForgotten(
            order_id=command.order_id,
            account_id=command.account_id,
            reservation_ids=tuple(line.reservation_id for line in prepared),
        )
    ]


class NotDelivered(Exception):
    """A replacement for what was never delivered: a bug, or something of the log is missing."""


def decide_replacement(order: State | None, command: DeliverReplacement) -> list[Fact]:
    """Other cards are the buyer's too, beside those that the line had."""
    if not isinstance(order, Paid) or order.account_id != command.account_id:
        raise NotDelivered(command.order_id)
    if any(line.reservation_id == command.reservation_id for line in order.delivered):
        return []
    return [ReplacementDelivered(**command.model_dump())]


def after(state: State | None, fact: OrderEvent) -> State | None:
    """The order after the fact."""
    match fact:
        case DeliveryPrepared():
            return _with_prepared(state, fact)
        case DeliveryAwaited(lines=holds):
            paid = _paid(state, fact.account_id)
            awaited = tuple(_line(hold) for hold in holds)
            return Paid(paid.account_id, awaited, paid.delivered)
        case CardDelivered() | ReplacementDelivered():
            paid = _paid(state, fact.account_id)
            line = _line(fact)
            awaited = tuple(other for other in paid.awaited if other != line)
            return Paid(paid.account_id, awaited, (*paid.delivered, line))
        case TopUpSubmitted():
            paid, line = _paid(state, fact.account_id), _line(fact)
            awaited = tuple(other for other in paid.awaited if other != line)
            return Paid(paid.account_id, awaited, paid.delivered)
        case TopUpConfirmed():
            paid = _paid(state, fact.account_id)
            return Paid(paid.account_id, paid.awaited, (*paid.delivered, _line(fact)))
        case DeliveryForgotten():
            return Forgotten()
        case DeliveryFailed(code="ORDER_ENDED"):
            return Failed()
        case DeliveryFailed(lines=holds):
            paid, gone = _paid(state, fact.account_id), [_line(hold) for hold in holds]
            awaited = tuple(line for line in paid.awaited if line not in gone)
            return Paid(paid.account_id, awaited, paid.delivered)
        case _ as never:
            assert_never(never)


def _with_prepared(state: State | None, fact: DeliveryPrepared) -> State:
    match state:
        case None:
            return Open(fact.account_id, (_line(fact),))
        case Open():
            return Open(state.account_id, (*state.prepared, _line(fact)))
        case _:
            return state


def _paid(state: State | None, account_id: str) -> Paid:
    return state if isinstance(state, Paid) else Paid(account_id)


def _goes_out(command: Deliver, hold: Hold, cards: Cards | None) -> Fact:
    """A paid line whose stock is held: its cards, or its target at the first supplier."""
    if hold.target:
        suppliers = command.way.routes.suppliers(hold.sku)
        return topup.first(
            command.order_id, command.account_id, hold, suppliers, command.way.now_ms
        )
    if cards is None:
        return _failed(command, (hold,), "NOTHING_HELD")
    return _delivered(command, hold, _ids(cards))


def _promised(promised: State | None, command: Prepare) -> Fact:
    """The units of a top-up that was paid before they were held."""
    hold = Hold(
        line=command.line,
        sku=command.sku,
        quantity=command.units or 0,
        reservation_id=command.reservation_id,
    )
    if not isinstance(promised, Promised):
        return _failed(command, (hold,), "NOTHING_HELD")
    paid = hold.model_copy(update={"quantity": promised.quantity, "target": promised.target})
    suppliers = command.way.routes.suppliers(command.sku)
    return topup.first(command.order_id, command.account_id, paid, suppliers, command.way.now_ms)


def _line(
    of: (
        Prepare
        | Hold
        | DeliveryPrepared
        | CardDelivered
        | ReplacementDelivered
        | TopUpSubmitted
        | TopUpConfirmed
    ),
) -> Line:
    return Line(of.line, of.sku, of.reservation_id)


def _ids(cards: Cards) -> tuple[str, ...]:
    return tuple(card.card_id for card in cards.cards)


def _prepared(command: Prepare) -> DeliveryPrepared:
    return DeliveryPrepared(
        order_id=command.order_id,
        account_id=command.account_id,
        line=command.line,
        reservation_id=command.reservation_id,
        sku=command.sku,
        cards=command.cards,
        units=command.units,
    )


def _delivered(
    command: Prepare | Deliver, line: Prepare | Hold, card_ids: tuple[str, ...]
) -> CardDelivered:
    return CardDelivered(
        order_id=command.order_id,
        account_id=command.account_id,
        line=line.line,
        reservation_id=line.reservation_id,
        sku=line.sku,
        card_ids=card_ids,
    )


def _failed(
    command: Prepare | Deliver,
    lines: tuple[Hold, ...],
    code: Literal["ORDER_ENDED", "NOTHING_HELD"],
) -> DeliveryFailed:
    return DeliveryFailed(
        order_id=command.order_id, account_id=command.account_id, lines=lines, code=code
    )


def _awaited(command: Deliver, missing: tuple[Hold, ...]) -> DeliveryAwaited:
    return DeliveryAwaited(order_id=command.order_id, account_id=command.account_id, lines=missing)
