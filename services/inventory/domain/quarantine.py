"""A card that may be bad is set aside: out of the queue, and back when it is found to be good (F2).

Only who holds nothing yet is spared: a card that somebody has is called back, or stays theirs. Set
aside it counts as withdrawn, and a card that is called back meanwhile never comes back.
"""

from collections.abc import Iterable
from typing import assert_never

from shared.contracts.message import Fact
from shared.contracts.quarantine import (
    CardCondemned,
    CardQuarantined,
    LiftQuarantine,
    QuarantineCard,
    QuarantineLifted,
    QuarantineRefused,
)
from shared.kernel.decider import States

from .queue import NOTHING, block_keys, contract_cards, emptied_keys, sku_key
from .recall import at, keys_of, place_of, request_key, stocked_key
from .state import Aside, Sku, State, Stocked

Command = QuarantineCard | LiftQuarantine
Event = CardQuarantined | QuarantineLifted | CardCondemned | QuarantineRefused


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The card, what its request was answered, its queue, and the places that change."""
    card, asked = stocked_key(message.card_id), request_key(message)
    match message:
        case QuarantineCard():
            return keys_of(message, states)
        case LiftQuarantine():
            sku: Sku = states.get(sku_key(message.sku), NOTHING)
            return (card, asked, sku_key(message.sku), *block_keys(message.sku, sku.tail, 1))
        case CardQuarantined():
            blocks = [
                *block_keys(message.sku, message.index, 1),
                *emptied_keys(message.sku, message.head, 1),
            ]
            moved = [stocked_key(message.moved.card_id)] if message.moved else []
            return (card, asked, sku_key(message.sku), *blocks, *moved)
        case QuarantineLifted():
            blocks = block_keys(message.sku, message.index, 1)
            return (card, asked, sku_key(message.sku), *blocks)
        case CardCondemned() | QuarantineRefused():
            return (card, asked)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """Set aside, or good again; each request is answered once."""
    if request_key(command) in states:
        return []
    found = states.get(stocked_key(command.card_id))
    if not isinstance(found, Stocked | Aside) or found.sku != command.sku:
        return [_refused(command, "UNKNOWN_CARD")]
    sku: Sku = states[sku_key(command.sku)]
    if isinstance(command, LiftQuarantine):
        if not isinstance(found, Aside):
            return [_refused(command, "NOT_QUARANTINED")]
        return [QuarantineLifted(**command.model_dump(), sealed=found.sealed, index=sku.tail)]
    place = place_of(states, command)
    if place is None:
        return [_refused(command, "NOT_AVAILABLE")]
    card, head = at(states, command.sku, place), at(states, command.sku, sku.head)
    moved = contract_cards([head])[0] if head and place != sku.head else None
    sealed = card.sealed if card else ""
    words = {**command.model_dump(), "sealed": sealed, "index": place, "head": sku.head}
    return [CardQuarantined(**words, moved=moved)]


def placed(key: str, state: State | None, fact: Event) -> State | None:
    """Where the card stands after the fact."""
    mine = key == stocked_key(fact.card_id)
    match fact:
        case CardQuarantined() if mine:
            return Aside(fact.sku, fact.sealed)
        case CardQuarantined():
            return Stocked(fact.index, fact.sku)
        case QuarantineLifted():
            return Stocked(fact.index, fact.sku) if mine else state
        case CardCondemned():
            return Stocked(-1, fact.sku, recalled=True) if mine else state
        case QuarantineRefused():
            return state
        case _ as never:
            assert_never(never)


def _refused(command: Command, code: str) -> QuarantineRefused:
    return QuarantineRefused.model_validate(
        {**command.model_dump(include={"card_id", "sku", "request_id"}), "code": code}
    )
