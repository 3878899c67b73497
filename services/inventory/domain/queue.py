"""A SKU's queue: cards join at the tail and leave at the head, each place is used once.

The cards lie in blocks of a hundred places, so that a hot SKU costs one small row a turn.
"""

from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from msgspec.structs import replace

from shared.contracts.inventory import (
    Card,
    CardWithdrawn,
    QuotaGranted,
    StockCommitted,
    StockRanLow,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.quarantine import CardQuarantined, QuarantineLifted
from shared.contracts.returning import QuotaRestored

from .state import Block, Kept, Sku, State

BLOCK_PLACES: Final = 100
"""Places in one block of the queue; part of what is on record, never changed."""

RECOVERED_TIMES: Final = 2
"""Stock has recovered above so many times the threshold; before that, low is not said again."""

Moving = (
    StockReceived | StockReserved | StockReleased | CardWithdrawn | CardQuarantined
    | QuarantineLifted
)  # fmt: skip
"""What changes the blocks of a queue."""
NOTHING: Final = Sku()


def sku_key(sku: str) -> str:
    """The aggregate that counts this SKU's cards."""
    return f"sku/{sku}"


def block_keys(sku: str, first: int, count: int) -> list[str]:
    """The blocks in which ``count`` places from ``first`` on lie."""
    if count < 1:
        return []
    blocks = range(first // BLOCK_PLACES, (first + count - 1) // BLOCK_PLACES + 1)
    return [f"block/{sku}/{number}" for number in blocks]


def emptied_keys(sku: str, first: int, count: int) -> list[str]:
    """The blocks whose last place is among the ``count`` from ``first`` on.

    Only these change when cards are handed out.
    """
    blocks = range(first // BLOCK_PLACES, (first + count) // BLOCK_PLACES)
    return [f"block/{sku}/{number}" for number in blocks]


def cards_at(blocks: Sequence[Block], first: int, count: int) -> tuple[Card, ...]:
    """The cards at ``count`` places from ``first`` on, which these adjacent blocks hold."""
    kept: list[Kept] = []
    start = first % BLOCK_PLACES
    for block in blocks:
        kept += block.cards[start : start + count - len(kept)]
        start = 0
    assert len(kept) == count, "the blocks hold what the queue counts"
    return contract_cards(kept)


def contract_cards(kept: Iterable[Kept]) -> tuple[Card, ...]:
    """Cards as facts carry them."""
    return tuple([Card(card_id=card.card_id, sealed=card.sealed) for card in kept])


def kept_cards(cards: Iterable[Card]) -> tuple[Kept, ...]:
    """Cards as aggregates carry them."""
    return tuple([Kept(card.card_id, card.sealed) for card in cards])


def counted(
    state: State | None,
    fact: (
        StockReceived
        | StockReserved
        | StockReleased
        | StockCommitted
        | StockRanLow
        | QuotaGranted
        | QuotaRestored
        | CardWithdrawn
        | CardQuarantined
        | QuarantineLifted
    ),
) -> Sku:
    """The SKU after the fact."""
    sku = state if isinstance(state, Sku) else NOTHING
    match fact:
        case StockReceived():
            return _recovered(replace(sku, tail=sku.tail + 1, received=sku.received + 1))
        case QuotaGranted(units=units):
            return _recovered(replace(sku, quota=sku.quota + units, received=sku.received + units))
        case QuotaRestored(units=units):
            return _recovered(replace(sku, quota=sku.quota + units, sold=sku.sold - units))
        case StockReserved(units=int(units)):
            return replace(sku, quota=sku.quota - units, reserved=sku.reserved + units)
        case StockReleased(units=int(units)):
            back = replace(sku, quota=sku.quota + units, reserved=sku.reserved - units)
            return _recovered(back)
        case StockReserved(cards=cards):
            count = len(cards)
            return replace(sku, head=sku.head + count, reserved=sku.reserved + count)
        case StockReleased(cards=cards):
            count, gone = len(cards), len(fact.withdrawn or ())
            tail, reserved = sku.tail + count, sku.reserved - count - gone
            withdrawn = sku.withdrawn + gone
            return _recovered(replace(sku, tail=tail, reserved=reserved, withdrawn=withdrawn))
        case CardWithdrawn() | CardQuarantined():
            return replace(sku, head=sku.head + 1, withdrawn=sku.withdrawn + 1)
        case QuarantineLifted():
            return _recovered(replace(sku, tail=sku.tail + 1, withdrawn=sku.withdrawn - 1))
        case StockCommitted(quantity=count):
            return replace(sku, reserved=sku.reserved - count, sold=sku.sold + count)
        case StockRanLow(threshold=threshold):
            return replace(sku, low_until=RECOVERED_TIMES * threshold)
        case _ as never:
            assert_never(never)


def moved(
    key: str,
    block: State | None,
    fact: Moving,
) -> State | None:
    """A block after cards have joined it, or left it: None when the last of it has left."""
    begin = int(key.rpartition("/")[2]) * BLOCK_PLACES
    match fact:
        case StockReceived() | QuarantineLifted():
            return _joined(block, (Kept(fact.card_id, fact.sealed),))
        case StockReleased(cards=cards, index=first):
            own = cards[max(0, begin - first) : max(0, begin + BLOCK_PLACES - first)]
            return _joined(block, kept_cards(own))
        case StockReserved(cards=cards, index=first):
            return None if first + len(cards) >= begin + BLOCK_PLACES else block
        case CardWithdrawn() | CardQuarantined():
            if fact.head + 1 == begin + BLOCK_PLACES:
                return None
            return _exchanged(block, fact.index - begin, fact.moved)
        case _ as never:
            assert_never(never)


def _recovered(sku: Sku) -> Sku:
    if sku.low_until is not None and sku.available > sku.low_until:
        return replace(sku, low_until=None)
    return sku


def _exchanged(block: State | None, place: int, moved: Card | None) -> State | None:
    if not isinstance(block, Block) or moved is None or not 0 <= place < len(block.cards):
        return block
    cards = list(block.cards)
    cards[place] = Kept(moved.card_id, moved.sealed)
    return Block(tuple(cards))


def _joined(block: State | None, cards: tuple[Kept, ...]) -> Block:
    return Block((*block.cards, *cards) if isinstance(block, Block) else cards)
