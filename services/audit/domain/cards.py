"""The card book: where each card is, from its claim to its sale.

A SKU's facts lie in one partition and a card's claim in another. What is within a SKU is checked
fact by fact; that a card in stock was claimed for it, at rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.contracts.inventory import (
    Card,
    CardClaimed,
    CardWithdrawn,
    CommitRefused,
    QuotaGranted,
    SoldOut,
    StockCommitted,
    StockRanLow,
    StockReceived,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.quarantine import CardCondemned, CardQuarantined, QuarantineLifted
from shared.contracts.returning import QuotaRestored

from .card_file import AVAILABLE, BEFORE, ENDS, HELD, NOBODY, SOLD, WITHDRAWN, CardFile
from .roll import Roll
from .stock import Stock, ids_of, next_place
from .violation import Law, Seen, Violation, Violations

Fact = (
    CardClaimed | StockReceived | StockReserved | StockRefused | StockReleased | StockCommitted
    | CommitRefused | CardWithdrawn | QuotaGranted | QuotaRestored | StockRanLow | SoldOut
    | CardQuarantined | QuarantineLifted | CardCondemned
)  # fmt: skip


@dataclass(slots=True)
class Cards:
    """All cards, all SKUs, all reservations."""

    files: dict[str, CardFile] = field(default_factory=dict)
    """By card id: those of which one half is still to be read."""
    hands: Roll = field(default_factory=Roll)
    """Card that was claimed and received → in whose hands it is."""
    looks: Roll = field(default_factory=Roll)
    """Those cards again, each with its SKU and its seal."""
    stocks: dict[str, Stock] = field(default_factory=dict)
    held: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Open reservation → its cards."""
    units: dict[str, int] = field(default_factory=dict)
    """Open reservation → its units of a quota, where it holds no cards."""
    ended: Roll = field(default_factory=Roll)
    """Reservation → its place in ENDS."""
    aside: set[str] = field(default_factory=set)
    """Cards that are withdrawn until somebody knows whether they are bad."""

    def apply(self, fact: Fact, seen: Seen) -> Violations:
        """Move the cards, and compare."""
        match fact:
            case CardClaimed():
                yield from self._claimed(fact, seen)
            case StockReceived():
                yield from self._received(fact, seen)
            case StockReserved():
                yield from self._reserved(fact, seen)
            case StockRefused():
                yield from self._refused(fact, seen)
            case StockReleased():
                yield from self._released(fact, seen)
            case StockCommitted():
                yield from self._committed(fact, seen)
            case CommitRefused():
                yield Violation(Law.PAID_STOCK_IS_THERE, seen.where, fact.code, fact.order_id)
            case CardWithdrawn() | CardQuarantined():
                yield from self._withdrawn(fact, seen)
            case QuarantineLifted() | CardCondemned():
                yield from self._judged(fact, seen)
            case QuotaGranted():
                self._stock(fact.sku).received += fact.units
                self._stock(fact.sku).available += fact.units
            case QuotaRestored():
                self._stock(fact.sku).sold -= fact.units
                self._stock(fact.sku).available += fact.units
            case StockRanLow():
                yield from self._counted(fact.sku, fact.available, seen)
            case SoldOut():
                yield from self._counted(fact.sku, 0, seen)

    def at_rest(self, settled_ms: int) -> Violations:
        """What only shows when claims and stock have both been read.

        Cards that came after ``settled_ms`` may still be on their way.
        """
        for card_id, card in self.files.items():
            if card.time_ms > settled_ms:
                continue
            if not card.claimed:
                detail = f"card {card_id} is in stock, and nobody claimed it"
                yield Violation(Law.CLAIM_RECEIVED, card.received, detail)
            if not card.received:
                detail = f"card {card_id} was claimed and never joined {card.sku}"
                yield Violation(Law.CLAIM_RECEIVED, card.claimed, detail)
        for sku, stock in self.stocks.items():
            if not stock.whole:
                yield Violation(Law.STOCK_ADDS_UP, f"sku {sku}", f"{stock}")

    def _claimed(self, fact: CardClaimed, seen: Seen) -> Violations:
        card = self.files.get(fact.card_id)
        claimed = card.claimed if card else BEFORE if fact.card_id in self.hands else ""
        if claimed:
            detail = f"card {fact.card_id} was claimed already: {claimed}"
            yield Violation(Law.CLAIMED_ONCE, seen.where, detail)
        yield from self._same_card(fact, seen)
        if fact.card_id not in self.hands:
            card = self._file(fact, seen)
            card.claimed = seen.where
            self._complete(fact.card_id, card)

    def _received(self, fact: StockReceived, seen: Seen) -> Violations:
        card, stock = self.files.get(fact.card_id), self._stock(fact.sku)
        received = card.received if card else BEFORE if fact.card_id in self.hands else ""
        if received:
            detail = f"card {fact.card_id} joined a stock already: {received}"
            yield Violation(Law.CLAIM_RECEIVED, seen.where, detail)
        yield from self._same_card(fact, seen)
        if fact.card_id not in self.hands:
            card = self._file(fact, seen)
            card.received, card.hands = seen.where, AVAILABLE
            self._complete(fact.card_id, card)
        self._move((fact.card_id,), AVAILABLE)
        yield from next_place(stock.tail, fact.index, seen)
        stock.received += 1
        stock.available += 1
        stock.tail += 1

    def _same_card(self, fact: CardClaimed | StockReceived, seen: Seen) -> Violations:
        if self._looks_other(fact.card_id, fact.sku, fact.sealed):
            detail = f"card {fact.card_id} was claimed and joined as two different cards"
            yield Violation(Law.CLAIM_RECEIVED, seen.where, detail)

    def _looks_other(self, card_id: str, sku: str, sealed: str) -> bool:
        """Whether the card was heard of with another SKU or seal."""
        if card := self.files.get(card_id):
            return (card.sku, card.sealed) != (sku, sealed)
        return card_id in self.hands and (card_id, sku, sealed) not in self.looks

    def _complete(self, card_id: str, card: CardFile) -> None:
        """Both halves are read: from now on it takes a few bytes."""
        if card.claimed and card.received:
            self.hands.put(card_id, card.hands)
            self.looks.put((card_id, card.sku, card.sealed))
            del self.files[card_id]

    def _reserved(self, fact: StockReserved, seen: Seen) -> Violations:
        stock, units = self._stock(fact.sku), fact.units or 0
        count = len(fact.cards) + units
        yield from self._first_answer(fact.reservation_id, fact.order_id, seen)
        yield from next_place(stock.head, fact.index, seen)
        for card in fact.cards:
            yield from self._take(card, fact, seen)
        if units > stock.available or (units and fact.cards):
            detail = f"{units} units are held, {stock.available} are left"
            yield Violation(Law.CARD_HELD_ONCE, seen.where, detail, fact.order_id)
        self.held[fact.reservation_id] = ids_of(fact.cards)
        if units:
            self.units[fact.reservation_id] = units
        stock.available -= count
        stock.reserved += count
        stock.head += count - units

    def _take(self, card: Card, fact: StockReserved, seen: Seen) -> Violations:
        hands = self._hands_of(card.card_id)
        if hands == NOBODY:
            detail = f"card {card.card_id} has never joined a stock"
        elif hands == HELD:
            detail = f"card {card.card_id} is held by {self._holder(card.card_id)}"
        elif hands in {SOLD, WITHDRAWN}:
            detail = f"card {card.card_id} is {'sold' if hands == SOLD else 'withdrawn'}"
        elif self._looks_other(card.card_id, fact.sku, card.sealed):
            detail = f"card {card.card_id} is not what joined the stock of {fact.sku}"
        else:
            detail = ""
        if detail:
            yield Violation(Law.CARD_HELD_ONCE, seen.where, detail, fact.order_id)
        self._move((card.card_id,), HELD)

    def _holder(self, card: str) -> str:
        return next((held for held, cards in self.held.items() if card in cards), "nobody")

    def _refused(self, fact: StockRefused, seen: Seen) -> Violations:
        yield from self._first_answer(fact.reservation_id, fact.order_id, seen)
        self.ended.put(fact.reservation_id, ENDS.index("refused"))
        yield from self._counted(fact.sku, fact.available, seen)

    def _released(self, fact: StockReleased, seen: Seen) -> Violations:
        cards, gone = ids_of(fact.cards), ids_of(fact.withdrawn or ())
        stock = self._stock(fact.sku)
        units = self.units.pop(fact.reservation_id, 0)
        yield from self._end(fact.reservation_id, (*cards, *gone), fact.order_id, seen)
        self.ended.put(fact.reservation_id, ENDS.index("released"))
        if units != (fact.units or 0):
            detail = f"{fact.units} units are given back, {units} were held"
            yield Violation(Law.RESERVATION_ENDS_ONCE, seen.where, detail, fact.order_id)
        self._move(gone, WITHDRAWN)
        stock.available += units
        stock.reserved -= units + len(gone)
        stock.withdrawn += len(gone)
        if not cards:
            return
        yield from next_place(stock.tail, fact.index, seen)
        self._move(cards, AVAILABLE)
        stock.available += len(cards)
        stock.reserved -= len(cards)
        stock.tail += len(cards)

    def _withdrawn(self, fact: CardWithdrawn | CardQuarantined, seen: Seen) -> Violations:
        """A card leaves the queue, and the one at its head takes its place."""
        stock, moved = self._stock(fact.sku), ids_of([fact.moved] if fact.moved else [])
        yield from next_place(stock.head, fact.head, seen)
        for card_id in (fact.card_id, *moved):
            if self._hands_of(card_id) != AVAILABLE:
                yield Violation(Law.CARD_HELD_ONCE, seen.where, f"card {card_id} is not there")
        self._move([fact.card_id], WITHDRAWN)
        if isinstance(fact, CardQuarantined):
            self.aside.add(fact.card_id)
        stock.head += 1
        stock.available -= 1
        stock.withdrawn += 1

    def _judged(self, fact: QuarantineLifted | CardCondemned, seen: Seen) -> Violations:
        """A card that was set aside is good, or is bad for ever; no other one comes back."""
        if fact.card_id not in self.aside:
            detail = f"{type(fact).__name__} of card {fact.card_id}, which was not set aside"
            yield Violation(Law.CARD_HELD_ONCE, seen.where, detail)
        self.aside.discard(fact.card_id)
        if isinstance(fact, QuarantineLifted):
            stock = self._stock(fact.sku)
            yield from next_place(stock.tail, fact.index, seen)
            if self._looks_other(fact.card_id, fact.sku, fact.sealed):
                detail = f"card {fact.card_id} comes back as another one"
                yield Violation(Law.CARD_HELD_ONCE, seen.where, detail)
            self._move([fact.card_id], AVAILABLE)
            stock.tail += 1
            stock.available += 1
            stock.withdrawn -= 1

    def _hands_of(self, card_id: str) -> int:
        file = self.files.get(card_id)
        return file.hands if file else self.hands.get(card_id)

    def _committed(self, fact: StockCommitted, seen: Seen) -> Violations:
        cards, stock = self.held.get(fact.reservation_id, ()), self._stock(fact.sku)
        yield from self._end(fact.reservation_id, cards, fact.order_id, seen)
        count = len(cards) + self.units.pop(fact.reservation_id, 0)
        if not count or count != fact.quantity:
            detail = f"{fact.quantity} committed, {count} held"
            yield Violation(Law.RESERVATION_ENDS_ONCE, seen.where, detail, fact.order_id)
        self.ended.put(fact.reservation_id, ENDS.index("sold"))
        self._move(cards, SOLD)
        stock.reserved -= count
        stock.sold += count

    def _first_answer(self, reservation: str, order: str, seen: Seen) -> Violations:
        if reservation in self.held or reservation in self.ended:
            detail = f"reservation {reservation} has been answered before"
            yield Violation(Law.RESERVED_ONCE, seen.where, detail, order)

    def _end(
        self, reservation: str, cards: tuple[str, ...], order: str, seen: Seen
    ) -> Violations:  # fmt: skip
        """Close it; one that was never answered may be closed as long as it holds nothing."""
        if ended := self.ended.get(reservation):
            detail = f"reservation {reservation} was {ENDS[ended]} already"
            yield Violation(Law.RESERVATION_ENDS_ONCE, seen.where, detail, order)
        elif sorted(self.held.pop(reservation, ())) != sorted(cards):
            detail = f"reservation {reservation} ends with other cards than it held"
            yield Violation(Law.RESERVATION_ENDS_ONCE, seen.where, detail, order)

    def _counted(self, sku: str, available: int, seen: Seen) -> Violations:
        stock = self._stock(sku)
        if stock.available != available or not stock.whole:
            detail = f"{sku}: the fact says {available} available; counted: {stock}"
            yield Violation(Law.STOCK_ADDS_UP, seen.where, detail)

    def _move(self, cards: Iterable[str], hands: int) -> None:
        for card_id in cards:
            if card_id in self.hands:
                self.hands.put(card_id, hands)
            elif card_id in self.files:
                self.files[card_id].hands = hands

    def _file(self, fact: CardClaimed | StockReceived, seen: Seen) -> CardFile:
        new = CardFile(fact.sku, fact.sealed, seen.time_ms)
        return self.files.setdefault(fact.card_id, new)

    def _stock(self, sku: str) -> Stock:
        return self.stocks.setdefault(sku, Stock())
