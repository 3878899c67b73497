"""delivery: has this line been delivered, and who was shown its codes.

Aggregates: `order/<order>`, `cards/<reservation>`, `reveal/<request>`, `meter/<account>`. The cards
are rows of their own, so that an order stays small however many cards it has.
"""

from collections.abc import Iterable
from typing import assert_never

from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryForgotten,
    DeliveryPrepared,
    RevealCard,
    RevealRefused,
)
from shared.contracts.message import Fact
from shared.kernel.decider import States

from . import order, reveal
from .order import Deliver, Forget, OrderEvent, Prepare
from .reveal import Limits, Reveal
from .state import Answered, Cards, Kept, Open, State

__all__ = [
    "Command", "Deliver", "Event", "Forget", "Limits", "Prepare", "Reveal", "State",
    "decide", "evolve", "keys",
]  # fmt: skip

Command = Prepare | Deliver | Forget | Reveal
Event = OrderEvent | CardRevealed | RevealRefused


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Prepare() | DeliveryPrepared():
            return (_order(message), _cards(message.reservation_id))
        case Deliver(lines=holds):
            return (_order(message), *(_cards(hold.reservation_id) for hold in holds))
        case Forget():
            return (_order(message), *_prepared(states, message))
        case DeliveryForgotten(reservation_ids=dropped):
            return (_order(message), *map(_cards, dropped))
        case DeliveryAwaited() | CardDelivered() | DeliveryFailed():
            return (_order(message),)
        case Reveal(asked=asked):
            return (_reveal(asked), _order(asked), _meter(asked), *_delivered(states, asked))
        case CardRevealed():
            return (_reveal(message), _meter(message))
        case RevealRefused():
            return (_reveal(message),)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Prepare():
            return order.decide_prepare(states.get(_order(command)), command)
        case Deliver(lines=holds):
            found = {hold.reservation_id: states.get(_cards(hold.reservation_id)) for hold in holds}
            cards = {held: kept for held, kept in found.items() if isinstance(kept, Cards)}
            return order.decide_deliver(states.get(_order(command)), cards, command)
        case Forget():
            return order.decide_forget(states.get(_order(command)), command)
        case Reveal(asked=asked):
            if _reveal(asked) in states:
                return []
            shown = next((states[key] for key in _delivered(states, asked)), None)
            return reveal.decide_reveal(shown, states.get(_meter(asked)), command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind = key.partition("/")[0]
    match fact:
        case (
            DeliveryPrepared()
            | DeliveryAwaited()
            | CardDelivered()
            | DeliveryForgotten()
            | DeliveryFailed()
        ) if kind == "order":
            return order.after(state, fact)
        case DeliveryPrepared(cards=cards):
            kept = tuple([Kept(card.card_id, card.sealed) for card in cards])
            return Cards(kept) if kind == "cards" else state
        case DeliveryForgotten():
            return None if kind == "cards" else state
        case CardRevealed() if kind == "meter":
            return reveal.counted(state, fact)
        case CardRevealed() | RevealRefused():
            return Answered() if kind == "reveal" else state
        case DeliveryAwaited() | CardDelivered() | DeliveryFailed():
            return state
        case _ as never:
            assert_never(never)


def _prepared(states: States, command: Forget) -> list[str]:
    found = states.get(_order(command))
    return (
        [_cards(line.reservation_id) for line in found.prepared] if isinstance(found, Open) else []
    )


def _delivered(states: States, asked: RevealCard) -> list[str]:
    line = reveal.delivered_line(states.get(_order(asked)), asked)
    return [] if line is None else [_cards(line.reservation_id)]


def _order(message: Prepare | Deliver | Forget | RevealCard | OrderEvent) -> str:
    return f"order/{message.order_id}"


def _cards(reservation_id: str) -> str:
    return f"cards/{reservation_id}"


def _reveal(message: RevealCard | CardRevealed | RevealRefused) -> str:
    return f"reveal/{message.request_id}"


def _meter(message: RevealCard | CardRevealed) -> str:
    return f"meter/{message.account_id}"
