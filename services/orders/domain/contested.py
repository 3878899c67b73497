"""Everything that is about a dispute, as one part of orders' rules: what it reads, what it says."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.disputes import ReplacementDelivered
from shared.contracts.inventory import CardRecalled, StockRefused, StockReserved
from shared.contracts.message import Fact
from shared.contracts.refunds import RefundIssued
from shared.kernel import ids
from shared.kernel.decider import Elapsed, States

from . import disputed, disputing, refunding, remedies
from .dispute_state import Dispute, Open
from .disputed import DISPUTE, RECALLED, SAID, DisputeFact, dispute_key
from .disputing import Claim
from .state import Order, Underway
from .words import Heard, TooEarly


def concerns(message: Any) -> bool:
    """Whether a command, or a fact, is about a dispute."""
    match message:
        case Heard(word=StockReserved(reservation_id=held) | StockRefused(reservation_id=held)):
            return ids.is_replacement(held)
        case Heard(word=CardRecalled() | ReplacementDelivered()):
            return True
        case Elapsed(key=key):
            return key.startswith(DISPUTE)
        case _:
            return isinstance(message, Claim | DisputeFact)


def keys(message: Any, states: States) -> Iterable[str]:
    """The aggregates that it reads or changes."""
    match message:
        case Heard(word=word):
            return disputed.keys(word, states)  # type: ignore[arg-type]  # concerns() has looked
        case Claim(said=said):
            return disputed.keys(said, states)
        case Elapsed(key=key):
            return disputed.keys_in_time(key, states)
        case fact:
            return disputed.keys(fact, states)


def decide(states: States, command: Any) -> list[Fact]:
    """What happens; [] where it has happened before."""
    match command:
        case Claim(said=said):
            return [] if SAID + said.request_id in states else _decide_claim(states, command)
        case Heard(word=StockReserved() | StockRefused() as word):
            order = states.get(f"order/{word.order_id}")
            return remedies.decide_stock(order, _dispute(states, word), word)
        case Heard(word=ReplacementDelivered() as word):
            return remedies.decide_delivered(_dispute(states, word), word)
        case Heard(word=CardRecalled() as word):
            return _decide_recalled(states, command, word)
        case Elapsed(key=key):
            order = states.get(f"order/{key.split('/')[1]}")
            return disputing.decide_elapsed(order, states.get(key), command)
        case never:
            raise AssertionError(f"concerns() lets nothing else through: {never}")


def decide_issued(states: States, word: RefundIssued) -> list[Fact]:
    """Money is back; where a dispute was about it, that has come to its end."""
    found = states.get(f"refund/{word.refund_id}")
    facts = refunding.decide_issued(states.get(f"order/{word.order_id}"), found, word)
    if not facts or not isinstance(found, Underway) or not found.disputed:
        return facts
    dispute = states.get(dispute_key(word.order_id, found.disputed))
    if not isinstance(dispute, Open):
        return facts
    return [*facts, remedies.closed(word.order_id, dispute.case, "refunded", "DECIDED")]


def _decide_claim(states: States, claim: Claim) -> list[Fact]:
    """Somebody else's order is not there for who asks."""
    order: Order | None = states.get(f"order/{claim.said.order_id}")
    mine = order is not None and order.account_id == claim.said.account_id
    return disputing.decide_claim(order if mine else None, _dispute(states, claim.said), claim)


def _decide_recalled(states: States, heard: Heard, word: CardRecalled) -> list[Fact]:
    order = states.get(f"order/{word.order_id}")
    if order is None:
        raise TooEarly(word)
    if RECALLED + word.card_id in states:
        return []
    dispute = _dispute(states, word)
    return remedies.decide_recalled(order, dispute, word, heard.now_ms, heard.limits)


def _dispute(
    states: States,
    message: remedies.Word | StockReserved | StockRefused | ReplacementDelivered | CardRecalled,
) -> Dispute | None:
    return states.get(dispute_key(message.order_id or "", message.line or 0))
