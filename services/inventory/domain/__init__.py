"""inventory: which card goes to which order line.

Aggregates: `card/<card id>` and `turned/<card id>/<import>/<line>` in the card's shard;
`sku/<sku>`, `block/<sku>/<n>`, `taken/<sku>/<place>`, `stocked/<card id>`, `reservation/<id>`,
`returned/<id>` and `granted/<request>` in the SKU's.
"""

from collections import ChainMap
from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec.structs import replace

from shared.contracts.inventory import (
    CardClaimed,
    CardRecalled,
    CardRefused,
    CardWithdrawn,
    ClaimCard,
    CommitRefused,
    CommitStock,
    GrantQuota,
    QuotaGranted,
    QuotaRefused,
    RecallCard,
    RecallRefused,
    ReceiveStock,
    ReleaseStock,
    ReserveStock,
    SoldOut,
    StockCommitted,
    StockRanLow,
    StockReceived,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.quarantine import (
    CardCondemned,
    CardQuarantined,
    LiftQuarantine,
    QuarantineCard,
    QuarantineLifted,
    QuarantineRefused,
)
from shared.contracts.returning import QuotaRestored, RestoreQuota, RestoreRefused
from shared.contracts.thresholds import SetThreshold, ThresholdRefused, ThresholdSet
from shared.kernel.decider import States

from . import claim, quarantine, queue, quota, recall, reservation, threshold
from .queue import NOTHING, block_keys, cards_at, emptied_keys, sku_key
from .quota import UNITS_MAX
from .recall import run_keys, stocked_key, taken_by
from .reservation import Limits, Reserve
from .state import Claimed, Held, Recalled, Sku, State, Stocked, Turned

__all__ = [
    "UNITS_MAX", "Command", "Event", "Limits", "Reserve", "State", "ahead", "decide", "evolve",
    "keys",
]  # fmt: skip

Command = (
    ClaimCard | ReceiveStock | Reserve | ReleaseStock | CommitStock | RestoreQuota | GrantQuota
    | RecallCard | QuarantineCard | LiftQuarantine | SetThreshold
)  # fmt: skip
Event = (
    CardClaimed | CardRefused
    | StockReceived | StockReserved | StockRefused | StockReleased | StockCommitted | CommitRefused
    | QuotaRestored | RestoreRefused | QuotaGranted | QuotaRefused
    | CardWithdrawn | CardRecalled | RecallRefused
    | CardQuarantined | QuarantineLifted | CardCondemned | QuarantineRefused
    | StockRanLow | SoldOut | ThresholdSet | ThresholdRefused
)  # fmt: skip
OfSku = ReceiveStock | ReserveStock | ReleaseStock
OfReservation = (
    ReserveStock | ReleaseStock | CommitStock | RestoreQuota
    | StockReserved | StockRefused | StockReleased | StockCommitted | CommitRefused
)  # fmt: skip


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    match message:
        case Reserve(asked=asked):
            blocks = _reserved_blocks(states, message)
            return (_reservation(asked), sku_key(asked.sku), *blocks)
        case StockReserved():
            blocks = emptied_keys(message.sku, message.index, len(message.cards))
            return (_reservation(message), sku_key(message.sku), *blocks, *taken_by(message))
        case CommitStock() | StockCommitted():
            return (_reservation(message), sku_key(message.sku))
        case ReleaseStock():
            return (_reservation(message), sku_key(message.sku), *_given_back(states, message))
        case StockReleased():
            blocks = block_keys(message.sku, message.index, len(message.cards))
            cards = [stocked_key(card.card_id) for card in message.cards]
            return (_reservation(message), sku_key(message.sku), *blocks, *cards)
        case RecallCard() | CardWithdrawn() | CardRecalled() | RecallRefused():
            return recall.keys(message, states)
        case QuarantineCard() | LiftQuarantine() | CardQuarantined() | QuarantineLifted():
            return quarantine.keys(message, states)
        case CardCondemned() | QuarantineRefused():
            return quarantine.keys(message, states)
        case ReceiveStock():
            blocks = block_keys(message.sku, _sku(states, message).tail, 1)
            return (_stocked(message), sku_key(message.sku), *blocks)
        case StockReceived():
            blocks = block_keys(message.sku, message.index, 1)
            return (_stocked(message), sku_key(message.sku), *blocks)
        case StockRefused() | CommitRefused():
            return (_reservation(message),)
        case GrantQuota() | QuotaGranted() | QuotaRefused():
            return quota.keys(message)
        case RestoreQuota() | QuotaRestored() | RestoreRefused():
            return quota.keys(message)
        case SetThreshold() | ThresholdSet() | ThresholdRefused():
            return threshold.keys(message)
        case StockRanLow():
            return (sku_key(message.sku),)
        case SoldOut():
            return ()
        case ClaimCard():
            return (_card(message), _turned(message))
        case CardClaimed():
            return (_card(message),)
        case CardRefused():
            return (_turned(message),)
        case _ as never:
            assert_never(never)


def ahead(commands: Sequence[Command], states: States) -> Iterable[str]:
    """What these name once those before them are decided: each reservation moves its queue on."""
    moving: ChainMap[str, State] = ChainMap({}, dict(states))
    for command in commands:
        match command:
            case Reserve(asked=asked) if _reservation(asked) not in states:
                yield from _reserved_blocks(moving, command)
                sku = _sku(moving, asked)
                if reservation.may_hold(sku, command):
                    moving[sku_key(asked.sku)] = replace(sku, head=sku.head + asked.quantity)
            case ReleaseStock():
                yield from _given_back(states, command)
            case _:
                continue


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Reserve():
            return _reserve(states, command)
        case CommitStock():
            return reservation.decide_commit(states.get(_reservation(command)), command)
        case ReleaseStock():
            sku = _sku(states, command)
            found = states.get(_reservation(command))
            return reservation.decide_release(sku, found, _recalled(states, found), command)
        case RecallCard():
            return recall.decide_recall(states, command)
        case QuarantineCard() | LiftQuarantine():
            return quarantine.decide(states, command)
        case ReceiveStock():
            return _receive(states, command)
        case GrantQuota() | RestoreQuota():
            return quota.decide(states, command)
        case SetThreshold():
            return threshold.decide(states, command)
        case ClaimCard():
            card = states.get(_card(command))
            return claim.decide_claim(card, _turned(command) in states, command)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind = key.partition("/")[0]
    match fact:
        case (
            StockReceived()
            | StockReserved()
            | StockReleased()
            | StockCommitted()
            | StockRanLow()
            | QuotaGranted()
            | QuotaRestored()
            | CardWithdrawn()
            | CardQuarantined()
            | QuarantineLifted()
        ) if kind == "sku":
            return queue.counted(state, fact)
        case _ if kind == "block" and isinstance(fact, queue.Moving):
            return queue.moved(key, state, fact)
        case StockReceived() | StockReleased() | CardWithdrawn() | CardRecalled() if (
            kind == "stocked"
        ):
            return recall.placed(key, state, fact)
        case CardQuarantined() | QuarantineLifted() | CardCondemned() | QuarantineRefused():
            if kind == "recall":
                return Recalled()
            return quarantine.placed(key, state, fact) if kind == "stocked" else state
        case RecallRefused():
            return Recalled() if kind == "recall" else state
        case StockReceived() | CardWithdrawn() | CardRecalled() | StockRanLow() | SoldOut():
            return state
        case QuotaGranted() | QuotaRefused() | QuotaRestored() | RestoreRefused():
            return quota.answered(fact) if kind in {"granted", "returned"} else state
        case StockReserved() if kind == "taken":
            return recall.taken(fact)
        case (
            StockReserved() | StockRefused() | StockReleased() | StockCommitted() | CommitRefused()
        ):
            return reservation.after(state, fact) if kind == "reservation" else state
        case CardClaimed():
            return Claimed(fact.import_id, fact.line) if kind == "card" else state
        case CardRefused():
            return Turned() if kind == "turned" else state
        case ThresholdSet() | ThresholdRefused():
            return threshold.after(key, state, fact)
        case _ as never:
            assert_never(never)


def _receive(states: States, command: ReceiveStock) -> list[Fact]:
    if _stocked(command) in states:
        return []
    return [
        StockReceived(
            card_id=command.card_id,
            sku=command.sku,
            sealed=command.sealed,
            import_id=command.import_id,
            line=command.line,
            index=_sku(states, command).tail,
        )
    ]


def _reserve(states: States, command: Reserve) -> list[Fact]:
    asked = command.asked
    if _reservation(asked) in states:
        return []
    sku = _sku(states, asked)
    if not reservation.may_hold(sku, command):
        if reservation.may_hold_units(sku, command):
            return reservation.reserved(sku, (), command)
        return [reservation.refused(sku, command)]
    blocks = [states[key] for key in block_keys(asked.sku, sku.head, asked.quantity)]
    return reservation.reserved(sku, cards_at(blocks, sku.head, asked.quantity), command)


def _reserved_blocks(states: States, command: Reserve) -> list[str]:
    """Where the cards lie that it would get, if it gets any; and where that is written down."""
    sku = _sku(states, command.asked)
    if not reservation.may_hold(sku, command):
        return []
    blocks = block_keys(command.asked.sku, sku.head, command.asked.quantity)
    return [*blocks, *run_keys(command.asked.sku, sku.head, command.asked.quantity)]


def _given_back(states: States, command: ReleaseStock) -> list[str]:
    """Where the cards will lie that it gives back, if it gives any; and the cards themselves."""
    held = states.get(_reservation(command))
    if not isinstance(held, Held):
        return []
    blocks = block_keys(command.sku, _sku(states, command).tail, len(held.cards))
    return [*blocks, *(stocked_key(card.card_id) for card in held.cards)]


def _recalled(states: States, held: State | None) -> frozenset[str]:
    """The cards of a reservation that nobody may get any more."""
    cards = held.cards if isinstance(held, Held) else ()
    found = {card.card_id: states.get(stocked_key(card.card_id)) for card in cards}
    return frozenset(
        card_id for card_id, at in found.items() if isinstance(at, Stocked) and at.recalled
    )


def _sku(states: States, message: OfSku) -> Sku:
    found: Sku = states.get(sku_key(message.sku), NOTHING)
    return found


def _card(message: ClaimCard | CardClaimed) -> str:
    return f"card/{message.card_id}"


def _turned(message: ClaimCard | CardRefused) -> str:
    return f"turned/{message.card_id}/{message.import_id}/{message.line}"


def _stocked(message: ReceiveStock | StockReceived) -> str:
    return stocked_key(message.card_id)


def _reservation(message: OfReservation) -> str:
    return f"reservation/{message.reservation_id}"
