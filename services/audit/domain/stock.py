"""One SKU of the card book: how much of it is where."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.inventory import Card

from .violation import Law, Seen, Violation, Violations


@dataclass(slots=True)
class Stock:
    """One SKU's cards, or the units of its quota, counted from its facts."""

    received: int = 0
    available: int = 0
    reserved: int = 0
    sold: int = 0
    withdrawn: int = 0
    head: int = 0
    """The place in the queue that is handed out next."""
    tail: int = 0
    """The place that the next card gets."""

    @property
    def whole(self) -> bool:
        """Whether every card that came is somewhere."""
        parts = (self.available, self.reserved, self.sold, self.withdrawn)
        return self.received == sum(parts) and min(parts) >= 0


def next_place(expected: int, index: int, seen: Seen) -> Violations:
    """Each place of the queue is given once, in order."""
    if index != expected:
        detail = f"place {index} is given, {expected} is next"
        yield Violation(Law.QUEUE_IN_ORDER, seen.where, detail)


def ids_of(cards: Iterable[Card]) -> tuple[str, ...]:
    """What the cards are called."""
    return tuple([card.card_id for card in cards])
