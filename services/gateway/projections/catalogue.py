"""Products as they are offered, their price history, and what became of each listing request."""

from collections.abc import Sequence
from typing import Any, Final, assert_never

import msgspec
import psycopg
from msgspec.structs import replace

from shared.contracts.catalog import (
    ListingRefused,
    Offer,
    PriceChanged,
    ProductDelisted,
    ProductListed,
)
from shared.contracts.message import Fact
from shared.contracts.promotions import PromotionEnded, PromotionScheduled
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .signals import Signals
from .sounds import sounds_of

Revised = ProductListed | PriceChanged | ProductDelisted | PromotionScheduled | PromotionEnded
Followed = Revised | ListingRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    ProductListed, PriceChanged, ProductDelisted, PromotionScheduled, PromotionEnded,
    ListingRefused,
})  # fmt: skip

LOAD: Final = "select product_id, doc from product_view where product_id = any(%b::text[])"
SAVE: Final = """
insert into product_view (product_id, shard, position, doc)
select * from unnest(%b::text[], %b::int[], %b::bigint[], %b::bytea[])
on conflict (product_id) do update
set shard = excluded.shard, position = excluded.position, doc = excluded.doc
"""
PRICES: Final = """
insert into price_view (
    product_id, revision, sku, time_ms, price, member_price, tiers, cost, below_cost, by_whom,
    reason
)
select * from unnest(
    %b::text[], %b::int[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[],
    %b::bigint[], %b::text[], %b::text[], %b::text[]
)
on conflict do nothing
"""
GUIDES: Final = """
insert into guide_view (product_id, revision, guide)
select * from unnest(%b::text[], %b::int[], %b::text[]) on conflict do nothing
"""
REQUESTS: Final = """
insert into product_request_view (request_id, product_id, revision, code)
select * from unnest(%b::text[], %b::text[], %b::int[], %b::text[])
on conflict do nothing
"""


class TierDoc(msgspec.Struct, frozen=True, array_like=True):
    """As in contracts' Tier."""

    quantity_min: int
    price: int


class PromotionDoc(msgspec.Struct, frozen=True, array_like=True):
    """As in contracts' Promotion."""

    promotion_id: str
    sku: str
    price: int
    starts_ms: int
    ends_ms: int
    units: int
    per_account: int
    below_cost: str = ""


class OfferDoc(msgspec.Struct, frozen=True, array_like=True):
    """As in contracts' Offer."""

    sku: str
    name: str
    face_value: int
    price: int
    member_price: int
    tiers: tuple[TierDoc, ...]
    quantity_max: int
    low_stock: int
    cost: int = 0
    """Minor units: what one costs the shop; no buyer is told. 0: nobody has said."""
    below_cost: str = ""
    """Why it may be sold for less."""


class ProductDoc(msgspec.Struct, frozen=True, array_like=True):
    """A product, listed or not."""

    product_id: str
    revision: int
    listed: bool
    name: str
    category: tuple[str, ...]
    kind: str
    currency: str
    guide: str
    search: tuple[str, ...]
    offers: tuple[OfferDoc, ...]
    form: str = ""
    """As in contracts' Form, as JSON; empty where nothing must be said."""
    shape: str = ""
    """What its cards are made of; empty: a single code."""
    sounds: tuple[str, ...] = ()
    """Its name and category in pinyin, and in their initials."""
    promotions: tuple[PromotionDoc, ...] = ()
    """Those that were not ended, whenever they hold."""
    refund_window_h: int = 0
    """Hours after delivery for which a line may be disputed; 0: nothing is said."""


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(ProductDoc)


def decode(stored: bytes) -> ProductDoc:
    """The document as it was stored."""
    return _decoder.decode(stored)


def apply(doc: ProductDoc | None, fact: Followed) -> ProductDoc | None:
    """The product after the fact."""
    match fact:
        case ProductListed(listing=listing):
            return ProductDoc(
                fact.product_id, fact.revision, True, listing.name, listing.category,
                listing.kind, listing.currency, listing.guide, listing.search,
                tuple(map(_offer, listing.offers)),
                listing.form.model_dump_json() if listing.form else "", listing.shape or "",
                sounds_of((listing.name, *listing.category)),
                doc.promotions if doc else (),
                listing.refund_window_h or 0,
            )  # fmt: skip
        case PriceChanged() if doc:
            offers = tuple(_repriced(o, fact) if o.sku == fact.sku else o for o in doc.offers)
            return replace(doc, revision=fact.revision, offers=offers)
        case ProductDelisted() if doc:
            return replace(doc, revision=fact.revision, listed=False)
        case PromotionScheduled(promotion=one) if doc:
            made = PromotionDoc(
                one.promotion_id, one.sku, one.price, one.starts_ms, one.ends_ms, one.units,
                one.per_account, one.below_cost or "",
            )  # fmt: skip
            return replace(doc, revision=fact.revision, promotions=(*doc.promotions, made))
        case PromotionEnded() if doc:
            left = tuple(p for p in doc.promotions if p.promotion_id != fact.promotion_id)
            return replace(doc, revision=fact.revision, promotions=left)
        case PriceChanged() | ProductDelisted() | PromotionScheduled() | PromotionEnded():
            return doc
        case ListingRefused():
            return doc
        case _ as never:
            assert_never(never)


def _offer(offer: Offer) -> OfferDoc:
    tiers = tuple(TierDoc(tier.quantity_min, tier.price) for tier in offer.tiers)
    return OfferDoc(
        offer.sku, offer.name, offer.face_value, offer.price, offer.member_price, tiers,
        offer.quantity_max, offer.low_stock, offer.cost or 0, offer.below_cost or "",
    )  # fmt: skip


def _repriced(offer: OfferDoc, fact: PriceChanged) -> OfferDoc:
    tiers = tuple(TierDoc(tier.quantity_min, tier.price) for tier in fact.tiers)
    cost = offer.cost if fact.cost is None else fact.cost
    return replace(
        offer, price=fact.price, member_price=fact.member_price, tiers=tiers, cost=cost,
        below_cost=fact.below_cost or "",
    )  # fmt: skip


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the catalogue's facts: few, and never on an order's path."""
    touched = sorted({each.envelope.subject for each in landed})
    found = await connection.execute(LOAD, (touched,), binary=True)
    docs = {
        key: msgspec.msgpack.decode(doc, type=ProductDoc) for key, doc in await found.fetchall()
    }
    places: dict[str, tuple[int, int]] = {}
    for fact, envelope, where in landed:
        asked: Any = fact
        doc = apply(docs.get(asked.product_id), asked)
        if doc is not None:
            docs[asked.product_id] = doc
            places[asked.product_id] = (where.partition, envelope.position)
        changed[signals.request(asked.request_id)] = None
    changed[signals.CATALOGUE] = None
    rows = sorted(places)
    await connection.execute(
        SAVE,
        (
            rows,
            [places[key][0] for key in rows],
            [places[key][1] for key in rows],
            [_encoder.encode(docs[key]) for key in rows],
        ),
    )
    await _keep_prices(connection, landed)
    await _keep_guides(connection, landed)
    await _keep_requests(connection, landed)


async def _keep_prices(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    prices = [
        row
        for fact, envelope, _ in landed
        if isinstance(fact, ProductListed | PriceChanged)
        for row in price_rows(fact, time_of(envelope.time))
    ]
    if prices:
        await connection.execute(PRICES, tuple(map(list, zip(*prices, strict=True))))


def price_rows(fact: ProductListed | PriceChanged, time_ms: int) -> list[tuple[Any, ...]]:
    """What each SKU that the fact is about costs from then on, who said so, and why."""
    priced = fact.listing.offers if isinstance(fact, ProductListed) else (fact,)
    reason = fact.reason if isinstance(fact, PriceChanged) else None
    return [
        (
            fact.product_id, fact.revision, each.sku, time_ms, each.price, each.member_price,
            msgspec.msgpack.encode([(tier.quantity_min, tier.price) for tier in each.tiers]),
            each.cost, each.below_cost or "", fact.by, reason or "",
        )
        for each in priced
    ]  # fmt: skip


async def _keep_guides(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """What each listing says of how to use it; a price change leaves that as it was."""
    rows = [
        (fact.product_id, fact.revision, fact.listing.guide)
        for fact, _, _ in landed
        if isinstance(fact, ProductListed)
    ]
    if rows:
        await connection.execute(GUIDES, tuple(map(list, zip(*rows, strict=True))))


async def _keep_requests(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]
) -> None:
    answers = {}
    for fact, _, _ in landed:
        if isinstance(fact, ListingRefused):
            answers[fact.request_id] = (fact.product_id, 0, fact.code)
        elif isinstance(fact, Revised):
            answers[fact.request_id] = (fact.product_id, fact.revision, "")
    rows = [(key, *answers[key]) for key in sorted(answers)]
    await connection.execute(REQUESTS, tuple(map(list, zip(*rows, strict=True))))
