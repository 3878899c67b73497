"""Whoever looks at the shelf hears when what it shows has changed: a stock's word, a price."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from services.gateway.projections.catalogue import OfferDoc
from services.gateway.projections.queries import Read, Stock

from .catalogue import Catalogue, Snapshot
from .listening import Listener

SHELF: Final = "shelf"
"""The key that its listeners wait for; it never leaves this process."""
LOOK_EVERY_S: Final = 0.5
"""While somebody listens: one query, however many do."""
CHANGES_MAX: Final = 64
PRODUCTS_MAX: Final = 100
"""Named in one change; of more than these everything is to be looked at again."""

Word = Literal["plenty", "low", "sold_out"]

log = structlog.get_logger()


class Change(NamedTuple):
    """What has changed in one look."""

    number: int
    products: frozenset[str]
    """Empty: any of them."""


def word_of(offer: OfferDoc, stock: Stock | None) -> Word:
    """充足, 紧张 or 售罄: from what inventory has said, of cards or of a quota."""
    available = stock.available if stock else 0
    few: Word = "low" if available <= threshold_of(offer, stock) else "plenty"
    return few if available > 0 else "sold_out"


def threshold_of(offer: OfferDoc, stock: Stock | None) -> int:
    """Units at or under which it is low: as a person has set it, else as its offer says."""
    known = stock.threshold if stock else None
    return offer.low_stock if known is None else known


class ShelfWatch:
    """Looks while somebody listens, and remembers the last changes."""

    def __init__(self, read: Read, catalogue: Catalogue, listener: Listener) -> None:
        self._read, self._catalogue, self._listener = read, catalogue, listener
        self._seen: tuple[Snapshot, Mapping[str, Word]] = (Snapshot(), {})
        self._changes: deque[Change] = deque(maxlen=CHANGES_MAX)
        self.number = 0
        """Of the last change."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:  # bounded by: the task's cancellation when the process stops
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._listener.heard(SHELF):
                continue
            try:
                await self.look()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("shelf not looked at", why=type(error).__name__)

    def since(self, number: int) -> frozenset[str] | None:
        """The products that have changed after that change; empty: any may; None: none has."""
        if number == self.number:
            return None
        later = [change for change in self._changes if change.number > number]
        whole = len(later) < self.number - number or not all(c.products for c in later)
        return frozenset() if whole else frozenset().union(*(c.products for c in later))

    async def look(self) -> None:
        """Once; whoever listens is woken if anything is shown otherwise now."""
        catalogue = self._catalogue.now
        stock = await self._read.stock(list(catalogue.skus))
        words = {sku: word_of(at.offer, stock.get(sku)) for sku, at in catalogue.skus.items()}
        before, self._seen = self._seen, (catalogue, words)
        changed = moved(before, self._seen)
        if changed:
            self.number += 1
            named = changed if len(changed) <= PRODUCTS_MAX else frozenset[str]()
            self._changes.append(Change(self.number, named))
            self._listener.wake([SHELF])


def moved(
    before: tuple[Snapshot, Mapping[str, Word]], after: tuple[Snapshot, Mapping[str, Word]]
) -> frozenset[str]:
    """The products that are shown otherwise than before."""
    (old, words_before), (new, words_after) = before, after
    ids = old.products.keys() | new.products.keys()
    found = {each for each in ids if old.products.get(each) != new.products.get(each)}
    skus = words_before.keys() | words_after.keys()
    for sku in skus:
        shelf = new.skus.get(sku) or old.skus.get(sku)
        if shelf and words_before.get(sku) != words_after.get(sku):
            found.add(shelf.product.product_id)
    return frozenset(found)
