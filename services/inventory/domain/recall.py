"""A bad card is called back: out of the queue, or marked where somebody has it already (F2).

The card leaves its place to the card at the head of the queue, so that no place is ever empty and
one card costs two blocks, however long the queue is. Who has one that has left the queue is told by
its last place: places are handed out in runs, and the row of a run says to which order.
"""

from collections.abc import Iterable
from typing import Final, Protocol, assert_never

from msgspec.structs import replace

from shared.contracts.inventory import (
    CardRecalled,
    CardWithdrawn,
    RecallCard,
    RecallRefused,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.quarantine import CardCondemned, QuarantineCard
from shared.kernel.decider import States

from .queue import BLOCK_PLACES, NOTHING, block_keys, contract_cards, emptied_keys, sku_key
from .state import Aside, Block, Kept, Sku, State, Stocked, Taken

MARK_PLACES: Final = 20
"""A run is written down at its first place and at every twentieth; never changed."""


Sought = RecallCard | QuarantineCard


class Asking(Protocol):
    """Whoever asked for something about one card, or answers that."""

    @property
    def request_id(self) -> str: ...  # said by the class
    @property
    def card_id(self) -> str: ...  # said by the class


def stocked_key(card_id: str) -> str:
    """Where a card says its place in the queue."""
    return f"stocked/{card_id}"


def request_key(message: Asking) -> str:
    """Where a request remembers its answer."""
    return f"recall/{message.request_id}/{message.card_id}"


def keys_of(command: Sought, states: States) -> Iterable[str]:
    """The card, its place, the head of the queue and whoever stands there."""
    own = [stocked_key(command.card_id), request_key(command), sku_key(command.sku)]
    place = place_of(states, command)
    if place is None:
        return [*own, *_runs(states, command)]
    sku: Sku = states[sku_key(command.sku)]
    blocks = [*block_keys(command.sku, place, 1), *block_keys(command.sku, sku.head, 1)]
    head = at(states, command.sku, sku.head)
    return [*own, *blocks, *([stocked_key(head.card_id)] if head else [])]


def keys(
    message: RecallCard | CardWithdrawn | CardRecalled | RecallRefused, states: States
) -> Iterable[str]:
    """The aggregates that a recall reads, or its fact changes."""
    match message:
        case RecallCard():
            return keys_of(message, states)
        case CardWithdrawn():
            return keys_of_withdrawn(message)
        case CardRecalled():
            return (stocked_key(message.card_id),)
        case RecallRefused():
            return (request_key(message),)
        case _ as never:
            assert_never(never)


def keys_of_withdrawn(fact: CardWithdrawn) -> Iterable[str]:
    """The card, its place, and the card that has taken it."""
    blocks = [*block_keys(fact.sku, fact.index, 1), *emptied_keys(fact.sku, fact.head, 1)]
    moved = [stocked_key(fact.moved.card_id)] if fact.moved else []
    return [stocked_key(fact.card_id), sku_key(fact.sku), *blocks, *moved]


def decide_recall(states: States, command: RecallCard) -> list[Fact]:
    """Withdrawn where nobody has it; else marked, so that it never comes back."""
    if request_key(command) in states:
        return []
    found = states.get(stocked_key(command.card_id))
    if isinstance(found, Aside) and found.sku == command.sku:
        return [CardCondemned(**command.model_dump())]
    if not isinstance(found, Stocked) or found.sku != command.sku:
        return [_refused(command)]
    if found.recalled:
        return []
    place = place_of(states, command)
    if place is None:
        return [_recalled(command, _taker(states, command))]
    sku: Sku = states[sku_key(command.sku)]
    head = at(states, command.sku, sku.head)
    moved = contract_cards([head])[0] if head and place != sku.head else None
    return [CardWithdrawn(**command.model_dump(), index=place, head=sku.head, moved=moved)]


def taken_key(sku: str, place: int) -> str:
    """Where it is written who got the cards from this place on."""
    return f"taken/{sku}/{place}"


def run_keys(sku: str, first: int, count: int) -> list[str]:
    """Where a run is written down: few places, and one of them near each of its own."""
    marks = range(first - first % MARK_PLACES + MARK_PLACES, first + count, MARK_PLACES)
    return [taken_key(sku, place) for place in ((first, *marks) if count else ())]


def taken_by(fact: StockReserved) -> list[str]:
    """Where the run is written down that the fact hands out; of units there is none."""
    return run_keys(fact.sku, fact.index, len(fact.cards))


def taken(fact: StockReserved) -> Taken:
    """Who got these cards."""
    return Taken(fact.order_id, fact.account_id, fact.line)


def placed(
    key: str,
    state: State | None,
    fact: StockReceived | StockReleased | CardWithdrawn | CardRecalled,
) -> State | None:
    """Where the card stands after the fact."""
    card_id = key.partition("/")[2]
    at = state if isinstance(state, Stocked) else Stocked()
    match fact:
        case StockReceived(index=index):
            return Stocked(index, fact.sku)
        case StockReleased(cards=cards, index=first):
            places = {card.card_id: first + number for number, card in enumerate(cards)}
            return replace(at, index=places[card_id]) if card_id in places else state
        case CardWithdrawn(index=index) if card_id != fact.card_id:
            return replace(at, index=index)
        case CardWithdrawn() | CardRecalled():
            return replace(at, recalled=True)


def place_of(states: States, command: Sought) -> int | None:
    """The card's place in the queue; None where it does not stand there (any more)."""
    found, sku = states.get(stocked_key(command.card_id)), states.get(sku_key(command.sku), NOTHING)
    if not isinstance(found, Stocked) or found.recalled or found.sku != command.sku:
        return None
    return found.index if sku.head <= found.index < sku.tail else None


def _runs(states: States, command: Sought) -> list[str]:
    """Where the run is written down that its last place is in: the nearest at or before it."""
    at, sku = states.get(stocked_key(command.card_id)), states.get(sku_key(command.sku), NOTHING)
    if not isinstance(at, Stocked) or at.recalled or at.sku != command.sku or at.index >= sku.head:
        return []
    mark = at.index - at.index % MARK_PLACES
    return [taken_key(command.sku, place) for place in range(at.index, mark - 1, -1)]


def _taker(states: States, command: RecallCard) -> Taken | None:
    """Whose order has the card."""
    runs = (states.get(key) for key in _runs(states, command))
    return next((run for run in runs if isinstance(run, Taken)), None)


def _recalled(command: RecallCard, taker: Taken | None) -> CardRecalled:
    fact = CardRecalled(**command.model_dump())
    if taker is None:
        return fact
    whose = {"order_id": taker.order_id, "account_id": taker.account_id, "line": taker.line}
    return fact.model_copy(update=whose)


def at(states: States, sku: str, place: int) -> Kept | None:
    """Who stands at a place, as far as its block is at hand."""
    (key,) = block_keys(sku, place, 1)
    block = states.get(key)
    return block.cards[place % BLOCK_PLACES] if isinstance(block, Block) else None


def _refused(command: RecallCard) -> RecallRefused:
    return RecallRefused(
        card_id=command.card_id,
        sku=command.sku,
        request_id=command.request_id,
        code="UNKNOWN_CARD",
    )
