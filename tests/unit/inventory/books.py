"""The second opinion of the inventory laws: where everything is, told from the facts alone."""

from shared.contracts.inventory import (
    CardRecalled,
    CardWithdrawn,
    QuotaGranted,
    SoldOut,
    StockCommitted,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.quarantine import CardCondemned, CardQuarantined, QuarantineLifted
from shared.contracts.returning import QuotaRestored

SKUS = ("jcard-100", "steam-50")


class Books:
    """Where each card is, told from the facts alone, by a reader that knows no aggregate."""

    def __init__(self) -> None:
        self.queues: dict[str, list[str]] = {sku: [] for sku in SKUS}
        self.held: dict[str, list[str]] = {}
        self.sold: list[str] = []
        self.received = 0
        self.quota = dict.fromkeys(SKUS, 0)
        self.units: dict[str, int] = {}
        self.granted = self.spent = 0
        self.gone: list[str] = []
        self.bad: set[str] = set()
        self.aside: set[str] = set()

    def read(self, fact: Fact) -> None:
        if self._read_units(fact) or self._read_recall(fact):
            return
        match fact:
            case StockReceived():
                self.queues[fact.sku].append(fact.card_id)
                self.received += 1
            case StockReserved():
                ids = [card.card_id for card in fact.cards]
                queue = self.queues[fact.sku]
                assert queue[: len(ids)] == ids, "handed out in the order in which they joined"
                del queue[: len(ids)]
                assert not self.bad & set(ids), "nobody gets a card that was called back"
                self.held[fact.reservation_id] = ids
            case StockReleased():
                back = self.held.pop(fact.reservation_id, [])
                good = [card.card_id for card in fact.cards]
                bad = [card.card_id for card in fact.withdrawn or ()]
                assert set(bad) == self.bad & set(back)
                assert good == [card for card in back if card not in bad]
                self.queues[fact.sku] += good
                self.gone += bad
            case StockCommitted():
                self.sold += self.held.pop(fact.reservation_id)
            case SoldOut():
                assert not self.queues[fact.sku]
                assert not self.quota[fact.sku]

    def _read_units(self, fact: Fact) -> bool:
        """Whether the fact is about a quota."""
        match fact:
            case QuotaGranted():
                self.quota[fact.sku] += fact.units
                self.granted += fact.units
            case StockReserved(units=int(units)):
                assert fact.cards == ()
                self.quota[fact.sku] -= units
                self.units[fact.reservation_id] = units
            case StockReleased() if fact.units or fact.reservation_id in self.units:
                assert fact.cards == ()
                assert fact.units == self.units.pop(fact.reservation_id)
                self.quota[fact.sku] += fact.units
            case StockCommitted() if fact.reservation_id in self.units:
                assert fact.quantity == self.units.pop(fact.reservation_id)
                self.spent += fact.quantity
            case QuotaRestored():
                self.quota[fact.sku] += fact.units
                self.spent -= fact.units
            case _:
                return False
        return True

    def _read_recall(self, fact: Fact) -> bool:
        """Whether the fact is about a card that is called back."""
        match fact:
            case CardWithdrawn() | CardQuarantined():
                queue = self.queues[fact.sku]
                place, first = queue.index(fact.card_id), queue.pop(0)
                if fact.moved:
                    assert first == fact.moved.card_id
                    queue[place - 1] = first
                assert (fact.moved is None) == (place == 0)
                self.gone.append(fact.card_id)
                if isinstance(fact, CardQuarantined):
                    self.aside.add(fact.card_id)
                else:
                    self.bad.add(fact.card_id)
            case QuarantineLifted():
                self.aside.remove(fact.card_id)
                self.gone.remove(fact.card_id)
                self.queues[fact.sku].append(fact.card_id)
            case CardCondemned():
                self.aside.remove(fact.card_id)
                self.bad.add(fact.card_id)
            case CardRecalled():
                self.bad.add(fact.card_id)
            case _:
                return False
        return True

    @property
    def everywhere(self) -> list[str]:
        queued = [card for queue in self.queues.values() for card in queue]
        held = [card for cards in self.held.values() for card in cards]
        return [*queued, *held, *self.sold, *self.gone]
