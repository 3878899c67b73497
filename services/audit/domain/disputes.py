"""The book of disputes: each ends once, with what it says, and other cards are conserved too.

What orders says of a dispute lies in one partition and is checked fact by fact. What inventory
and delivery say of the cards given in place is compared when the second of them has been read,
and what is missing is missed at rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.disputes import (
    BuyerAsked,
    DisputeClosed,
    DisputeDecided,
    DisputeOpened,
    EvidenceAdded,
    ReplacementDelivered,
    ReplacementMissed,
    ReplacementReserved,
)
from shared.contracts.inventory import (
    Card,
    StockCommitted,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.refunds import OrderRefunding
from shared.kernel.ids import is_replacement

from .deals import Deals
from .roll import Roll
from .stock import ids_of
from .violation import Law, Seen, Violation, Violations

Word = DisputeOpened | EvidenceAdded | BuyerAsked
OfDispute = Word | DisputeDecided | DisputeClosed | ReplacementMissed
OfStock = StockReserved | StockRefused | StockReleased | StockCommitted
OfCards = ReplacementReserved | ReplacementDelivered
Fact = OfDispute | OfCards | OfStock | OrderRefunding

REMEDIES: Final = {"replaced": (True, False), "refunded": (False, True), "rejected": (False, False)}
"""Outcome → whether other cards were given, whether money went back."""


@dataclass(slots=True)
class Dispute:
    """One that is open."""

    order_id: str
    line: int
    where: str
    time_ms: int
    deadline_ms: int
    """Until when whoever has the word may speak, Unix milliseconds."""
    decided: bool = False
    replaced: bool = False
    repaid: bool = False


@dataclass(slots=True)
class Again:
    """Cards given in place of others: what three services say of one reservation."""

    order_id: str
    where: str
    time_ms: int
    cards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By who says so."""
    ended: str = ""
    """How inventory closed it."""

    @property
    def done(self) -> bool:
        """Whether all has been said that there is to say."""
        given = {"orders", "delivery"} <= set(self.cards)
        return (self.ended == "sold" and given) or self.ended in {"refused", "released"}


class Disputes:
    """Disputes until they have ended, and replacements until they are settled."""

    def __init__(self, deals: Deals) -> None:
        self.deals = deals
        self.going: dict[str, Dispute] = {}
        self.lines: set[tuple[str, int]] = set()
        """Order and line of each."""
        self.ended = Roll()
        self.again: dict[str, Again] = {}
        """By reservation."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Write down what is said, and compare."""
        for law, detail in self._said(fact, seen):
            yield Violation(law, seen.where, detail, fact.order_id)

    def at_rest(self, settled_ms: int) -> Violations:
        """Left lying, or decided and not ended; cards of which the others do not know."""
        for dispute_id, dispute in self.going.items():
            if not dispute.decided and dispute.deadline_ms <= settled_ms:
                detail = f"dispute {dispute_id} was to be answered by {dispute.deadline_ms}"
                yield Violation(Law.NOTHING_STUCK, dispute.where, detail, dispute.order_id)
            if dispute.decided and not dispute.repaid and dispute.time_ms <= settled_ms:
                detail = f"dispute {dispute_id} is decided and has not ended"
                yield Violation(
                    Law.DISPUTE_ENDS_ONCE, dispute.where, detail, dispute.order_id
                )  # fmt: skip
        for held, again in self.again.items():
            if again.time_ms <= settled_ms:
                said = ", ".join(sorted(again.cards)) or "nobody"
                detail = f"{held} is {again.ended or 'held'}; its cards are told by {said}"
                yield Violation(
                    Law.REPLACED_AS_RESERVED, again.where, detail, again.order_id
                )  # fmt: skip

    def _said(self, fact: Fact, seen: Seen) -> Iterator[tuple[Law, str]]:
        match fact:
            case DisputeOpened() | DisputeDecided() | DisputeClosed():
                yield from self._dispute(fact, seen)
            case EvidenceAdded() | BuyerAsked():
                if found := self.going.get(fact.dispute_id):
                    found.deadline_ms, found.where = fact.deadline_ms, seen.where
                else:
                    yield Law.DISPUTE_ENDS_ONCE, f"a word about {fact.dispute_id}, not open"
            case OrderRefunding(dispute_id=str(dispute_id)):
                yield from self._remedied(dispute_id, seen, repaid=True)
            case OrderRefunding() if fact.by != "delivery":
                if any((fact.order_id, part.line) in self.lines for part in fact.lines):
                    yield Law.DISPUTE_ENDS_ONCE, "money goes back beside what is to be decided"
            case ReplacementReserved():
                yield from self._remedied(fact.dispute_id, seen, replaced=True)
                yield from self._cards(fact.reservation_id, fact.cards, "orders", fact, seen)
            case ReplacementDelivered():
                yield from self.deals.give(fact.order_id, ids_of(fact.cards))
                yield from self._cards(fact.reservation_id, fact.cards, "delivery", fact, seen)
            case StockReserved() | StockRefused() | StockReleased() | StockCommitted():
                if is_replacement(fact.reservation_id):
                    yield from self._stock(fact, seen)
            case OrderRefunding() | ReplacementMissed():
                pass

    def _dispute(
        self, fact: DisputeOpened | DisputeDecided | DisputeClosed, seen: Seen
    ) -> Iterator[tuple[Law, str]]:
        name, at = fact.dispute_id, (fact.order_id, fact.line)
        found = self.going.get(name)
        if isinstance(fact, DisputeOpened):
            if found or name in self.ended or at in self.lines:
                yield Law.DISPUTE_ENDS_ONCE, f"line {fact.line} is disputed twice at once"
            self.lines.add(at)
            self.going[name] = Dispute(*at, seen.where, seen.time_ms, fact.deadline_ms)
        elif found is None:
            yield Law.DISPUTE_ENDS_ONCE, f"{type(fact).__name__} of {name}, which is not open"
        elif isinstance(fact, DisputeDecided):
            if found.decided:
                yield Law.DISPUTE_ENDS_ONCE, f"dispute {name} is decided twice"
            found.decided, found.where, found.time_ms = True, seen.where, seen.time_ms
        else:
            if (found.replaced, found.repaid) != REMEDIES[fact.outcome]:
                remedies = f"replaced: {found.replaced}, repaid: {found.repaid}"
                yield Law.DISPUTE_ENDS_ONCE, f"dispute {name} ends {fact.outcome}; {remedies}"
            del self.going[name]
            self.lines.discard(at)
            self.ended.put(name)

    def _remedied(
        self, name: str, seen: Seen, *, replaced: bool = False, repaid: bool = False
    ) -> Iterator[tuple[Law, str]]:
        found = self.going.get(name)
        if found is None or not found.decided or found.replaced or found.repaid:
            yield Law.DISPUTE_ENDS_ONCE, f"a remedy for {name}, which waits for none"
            return
        found.replaced, found.repaid = replaced, repaid
        found.where, found.time_ms = seen.where, seen.time_ms

    def _stock(self, fact: OfStock, seen: Seen) -> Iterator[tuple[Law, str]]:
        if isinstance(fact, StockReserved):
            yield from self._cards(fact.reservation_id, fact.cards, "inventory", fact, seen)
            return
        again = self._again(fact.reservation_id, fact.order_id, seen)
        ends = {StockRefused: "refused", StockReleased: "released", StockCommitted: "sold"}
        again.ended = ends[type(fact)]
        self._settle(fact.reservation_id, again)

    def _cards(
        self, held: str, cards: tuple[Card, ...], who: str, fact: OfCards | StockReserved,
        seen: Seen,
    ) -> Iterator[tuple[Law, str]]:  # fmt: skip
        again = self._again(held, fact.order_id, seen)
        if who in again.cards:
            yield Law.REPLACED_AS_RESERVED, f"{held} is told by {who} for the second time"
        again.cards[who] = ids_of(cards)
        if len(set(again.cards.values())) > 1:
            yield Law.REPLACED_AS_RESERVED, f"{held} has other cards than were reserved for it"
        self._settle(held, again)

    def _again(self, held: str, order_id: str, seen: Seen) -> Again:
        found = self.again.setdefault(held, Again(order_id, seen.where, seen.time_ms))
        found.where, found.time_ms = seen.where, max(found.time_ms, seen.time_ms)
        return found

    def _settle(self, held: str, again: Again) -> None:
        if again.done and (again.ended != "sold" or "inventory" in again.cards):
            del self.again[held]
