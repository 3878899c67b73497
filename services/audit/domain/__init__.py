"""audit: the laws of the whole system, kept as books that facts are entered in one by one.

Pure, and fed from outside: by the log reader, by the audit service, by the simulator. ``apply``
gives what a fact shows to be wrong, at once, in whatever order the logs of different services are
read. ``at_rest`` gives what is still missing when nothing happens any more.
"""

from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any, Final, get_args

from shared.contracts.message import Fact
from shared.kernel.ids import is_replacement

from . import (
    asides,
    cards,
    deals,
    disputes,
    invoices,
    money,
    offers,
    quotas,
    returns,
    sights,
    topups,
)
from .asides import Asides
from .cards import Cards
from .deals import Deals
from .disputes import Disputes
from .invoices import Invoices
from .money import Money
from .offers import Offers
from .quotas import Quotas
from .rest import at_rest
from .returns import Returns
from .sights import Sights
from .topups import TopUps
from .verdicts import Event
from .violation import Law, Seen, Violation, Violations

__all__ = ["WANTED", "Books", "Event", "Law", "Seen", "Violation"]


def _facts(kind: Any) -> tuple[type[Fact], ...]:
    return get_args(kind) or (kind,)


BOOKS: Final = (
    money, cards, deals, topups, sights, returns, quotas, disputes, invoices, offers,
    asides,
)  # fmt: skip
"""Each says by its Fact what is entered in it."""
WANTED: Final[frozenset[type[Fact]]] = frozenset(cls for book in BOOKS for cls in _facts(book.Fact))
"""The facts that are entered; no other need be decoded."""


class Books:
    """Money, cards and deals, over all services."""

    def __init__(self) -> None:
        self.money, self.cards, self.deals, self.topups = Money(), Cards(), Deals(), TopUps()
        self.sights, self.returns, self.quotas = Sights(), Returns(), Quotas()
        self.disputes, self.invoices = Disputes(self.deals), Invoices()
        self.offers, self.asides = Offers(), Asides(self.deals)
        books: list[tuple[Any, Callable[[Any, Seen], Violations]]] = [
            (money.Fact, self.money.apply),
            (cards.Fact, self.cards.apply),
            (deals.Fact, self._deal),
            (topups.Fact, self.topups.apply),
            (returns.Fact, self.returns.apply),
            (quotas.Fact, self.quotas.apply),
            (sights.Fact, self.sights.apply),
            (disputes.Fact, self.disputes.apply),
            (invoices.Fact, self.invoices.apply),
            (offers.Fact, self.offers.apply),
            (asides.Fact, self.asides.apply),
        ]
        self._entered = {
            cls: tuple(book for kind, book in books if cls in _facts(kind)) for cls in WANTED
        }
        self.time_ms = 0
        """The latest time seen, or that of the clock once the log has ended; Unix milliseconds."""

    def apply(self, fact: Fact, seen: Seen) -> list[Violation]:
        """Enter a fact, each one once and a source's in their order; [] where all is well."""
        self.time_ms = max(self.time_ms, seen.time_ms)
        found: list[Violation] = []
        for book in self._entered.get(type(fact), ()):
            found += book(fact, seen)
        return found

    def _deal(self, fact: Any, seen: Seen) -> Violations:
        """Stock for a replacement is none of an order's own lines."""
        if isinstance(fact, disputes.OfStock) and is_replacement(fact.reservation_id):
            return iter(())
        return self.deals.apply(fact, seen)

    def at_rest(self, patience_ms: int = 0) -> list[Violation]:
        """What is missing of all that was not touched in the last ``patience_ms``."""
        settled_ms = self.time_ms - patience_ms
        found = [
            Violation(law, deal.where, detail, order_id)
            for order_id, deal in self.deals.going.items()
            if deal.time_ms <= settled_ms
            for law, detail in at_rest(deal, self.time_ms)
        ]
        back = (self.returns.at_rest(settled_ms), self.quotas.at_rest(settled_ms))
        late = (self.cards.at_rest(settled_ms), self.disputes.at_rest(settled_ms))
        counted = (self.money.at_rest(), self.invoices.at_rest(), self.offers.at_rest(settled_ms))
        return [*found, *chain(*counted), *chain(*back), *chain(*late)]

    def in_flight(self, patience_ms: int) -> int:
        """Orders that at_rest leaves to a later audit."""
        settled_ms = self.time_ms - patience_ms
        return sum(deal.time_ms > settled_ms for deal in self.deals.going.values())

    def stages(self) -> Counter[str]:
        """Orders by where they stand."""
        counted = Counter({str(stage): n for stage, n in self.deals.settled.items() if n})
        counted.update(str(deal.stage) for deal in self.deals.going.values())
        return counted
