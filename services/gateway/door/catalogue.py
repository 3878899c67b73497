"""The catalogue as this process shows it: read whole, anew whenever a product has changed."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.gateway.projections import signals
from services.gateway.projections.catalogue import OfferDoc, ProductDoc, decode
from shared.contracts.catalog import Form
from shared.contracts.orders import Seen
from shared.contracts.promotions import Coupon
from shared.kernel.pricing import unit_price

from .listening import Listener

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

AGE_S_MAX: Final = 30.0
"""Read anew after this long even if nobody said that it changed."""
RETRY_S: Final = 0.5
PRODUCTS_MAX: Final = 50_000
COUPONS_MAX: Final = 50_000
COUPONS: Final = """
select coupon_id, shard, position, doc from coupon_view where not ended
order by coupon_id limit %b
"""
READ: Final = "select shard, position, doc from product_view order by product_id limit %b"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A SKU, its product, and how far the catalogue was read when it stood so."""

    product: ProductDoc
    offer: OfferDoc
    seen: Seen
    form: Form | None = None
    """What a top-up's buyer must say."""

    def price(self, level: str, quantity: int) -> int:
        """Minor units, each, for this buyer and quantity."""
        offer = self.offer
        return unit_price(offer.price, offer.member_price, offer.tiers, level, quantity)


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon that is still good, and how far the catalogue was read when it was."""

    coupon: Coupon
    seen: Seen


@dataclass(frozen=True)
class Snapshot:
    """Everything that is or was on the shelf."""

    products: Mapping[str, ProductDoc] = field(default_factory=dict)
    skus: Mapping[str, Shelf] = field(default_factory=dict)
    coupons: Mapping[str, CouponRow] = field(default_factory=dict)

    def elsewhere(self, product_id: str, skus: Iterable[str]) -> list[int]:
        """Which of them, counted from 0, another product sells: its stock would be sold twice."""
        found = (self.skus.get(sku) for sku in skus)
        return [
            number
            for number, shelf in enumerate(found)
            if shelf and shelf.product.listed and shelf.product.product_id != product_id
        ]


class Catalogue:
    """Keeps one snapshot, and replaces it whole."""

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self._pool, self._listener = pool, listener
        self.now = Snapshot()
        self._read_at_s = 0.0

    async def run(self) -> None:
        """Until cancelled: read whenever something has changed."""
        async with self._listener.watch(signals.CATALOGUE) as bell:
            while True:  # bounded by: the task's cancellation when the process stops
                try:
                    await self.read()
                except (psycopg.Error, PoolTimeout, OSError) as error:
                    log.warning("catalogue not read", why=type(error).__name__)
                    await asyncio.sleep(RETRY_S)
                else:
                    await bell.wait(AGE_S_MAX)

    async def read(self) -> None:
        """Read it whole."""
        async with self._pool.connection() as connection:
            found = await connection.execute(READ, (PRODUCTS_MAX,), binary=True)
            rows = await found.fetchall()
            asked = await connection.execute(COUPONS, (COUPONS_MAX,), binary=True)
            coupons = await asked.fetchall()
        shelves = snapshot((shard, position, decode(doc)) for shard, position, doc in rows)
        self.now = replace(shelves, coupons=good(coupons))
        self._read_at_s = time.monotonic()

    async def shelf(self, sku: str) -> Shelf | None:
        """Where this SKU stands; one that is not known is looked for once more, at most often."""
        found = self.now.skus.get(sku)
        if found is None and time.monotonic() - self._read_at_s > RETRY_S:
            await self.read()
            found = self.now.skus.get(sku)
        return found


def snapshot(rows: Any) -> Snapshot:
    """The products and their SKUs, from (shard, position, product) of each."""
    products: dict[str, ProductDoc] = {}
    skus: dict[str, Shelf] = {}
    for shard, position, product in rows:
        products[product.product_id] = product
        seen = Seen(shard=shard, position=position)
        form = Form.model_validate_json(product.form) if product.form else None
        for offer in product.offers:
            if product.listed or offer.sku not in skus:
                skus[offer.sku] = Shelf(product, offer, seen, form)
    return Snapshot(products, skus)


def good(rows: Any) -> dict[str, CouponRow]:
    """Coupons by their codes, from (code, shard, position, coupon) of each."""
    return {
        code: CouponRow(Coupon.model_validate_json(doc), Seen(shard=shard, position=position))
        for code, shard, position, doc in rows
    }
