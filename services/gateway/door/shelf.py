"""Whoever looks at the shelf hears when what it shows has changed: a stock's word, a price."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from services.gateway.projections.catalogue import OfferDoc, ProductDoc
from services.gateway.projections.queries import Read, Stock
from shared.kernel.quotas import promotion_sku

from .catalogue import Catalogue, Snapshot
from .listening import Listener

SHELF: Final = "shelf"
"""The key that its listeners wait for; it never leaves this process."""
LOOK_EVERY_S: Final = 0.5
"""While somebody listens: one query, however many do."""
CHANGES_MAX: Final = 64
PRODUCTS_MAX: Final = 100
"""Named in one change; of more than these everything is to be looked at again."""

EXACT_MAX: Final = 100
"""Units left of a promotion from which on each one counts; above, only the first two digits do."""

Word = Literal["plenty", "low", "sold_out"]

log = structlog.get_logger()


class Change(NamedTuple):
    """What has changed in one look."""

    number: int
    products: frozenset[str]
    """Empty: any of them."""


class Shown(NamedTuple):
    """What the shelf shows, as far as its watchers are told."""

    snapshot: Snapshot
    words: Mapping[str, Word]
    """By SKU."""
    promoted: Mapping[str, int]
    """By the SKU that counts a running promotion: about how many are left. Nobody publishes a
    fact when one begins or ends by its own time, or is used up."""


def quotas_of(product: ProductDoc) -> list[str]:
    """The SKUs that count a product's promotions of this moment."""
    now_ms = time.time_ns() // 1_000_000
    running = (each for each in product.promotions if each.starts_ms <= now_ms < each.ends_ms)
    return [promotion_sku(product.product_id, each.promotion_id) for each in running]


def about(left: int) -> int:
    """As exactly as a change is told: of thousands who look, each asks again."""
    step = 1
    while left // step >= EXACT_MAX:  # bounded by: the digits of a number of units
        step *= 10
    return left // step * step


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
        self._seen = Shown(Snapshot(), {}, {})
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
        quotas = [sku for each in catalogue.products.values() for sku in quotas_of(each)]
        stock = await self._read.stock([*catalogue.skus, *quotas])
        words = {sku: word_of(at.offer, stock.get(sku)) for sku, at in catalogue.skus.items()}
        promoted = {sku: about(stock[sku].available) for sku in quotas if sku in stock}
        before, self._seen = self._seen, Shown(catalogue, words, promoted)
        changed = moved(before, self._seen)
        if changed:
            self.number += 1
            named = changed if len(changed) <= PRODUCTS_MAX else frozenset[str]()
            self._changes.append(Change(self.number, named))
            self._listener.wake([SHELF])


def moved(before: Shown, after: Shown) -> frozenset[str]:
    """The products that are shown otherwise than before."""
    old, new = before.snapshot, after.snapshot
    ids = old.products.keys() | new.products.keys()
    found = {each for each in ids if old.products.get(each) != new.products.get(each)}
    skus = before.words.keys() | after.words.keys()
    for sku in skus:
        shelf = new.skus.get(sku) or old.skus.get(sku)
        if shelf and before.words.get(sku) != after.words.get(sku):
            found.add(shelf.product.product_id)
    if before.promoted != after.promoted:
        for product in new.products.values():
            counting = [
                promotion_sku(product.product_id, p.promotion_id) for p in product.promotions
            ]
            if any(before.promoted.get(sku) != after.promoted.get(sku) for sku in counting):
                found.add(product.product_id)
    return frozenset(found)
