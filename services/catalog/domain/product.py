"""A product on the shelf: its offers, its prices, and what is sold for less for a while."""

from itertools import pairwise
from typing import Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.catalog import (
    ChangePrice,
    DelistProduct,
    Listing,
    ListingRefused,
    ListProduct,
    Offer,
    PriceChanged,
    ProductDelisted,
    ProductListed,
)
from shared.contracts.message import Fact
from shared.contracts.promotions import (
    EndPromotion,
    Promotion,
    PromotionEnded,
    PromotionScheduled,
    SchedulePromotion,
)
from shared.kernel import forms

CURRENCIES: Final = ("CNY",)

OFFERS_MAX: Final = 1000
"""SKUs of one product."""

PROMOTIONS_MAX: Final = 200
"""Promotions of one product, over all time."""

UNITS_MAX: Final = 10_000_000
"""Units of one promotion."""

TIERS_MAX: Final = 20
"""Wholesale prices of one SKU."""

WINDOW_H_MAX: Final = 8_760
"""Hours for which a line may be disputed: a year."""


class Product(Struct, frozen=True, array_like=True, tag="p"):
    """`product/<product>`: what is needed to judge what is asked of it next."""

    revision: int
    listed: bool
    skus: tuple[str, ...]
    promotions: tuple[str, ...] = ()
    """Every promotion that it ever had."""
    ended: tuple[str, ...] = ()
    """Those that were ended before their time."""


Command = ListProduct | ChangePrice | DelistProduct | SchedulePromotion | EndPromotion
Event = (
    ProductListed | PriceChanged | ProductDelisted | PromotionScheduled | PromotionEnded
    | ListingRefused
)  # fmt: skip


def decide(product: Product | None, command: Command) -> Fact:
    """What a request about a product that has had no answer yet comes to."""
    code = _objection(product, command)
    return _refused(command, code) if code else _done(command, product)


def evolve(state: Product | None, fact: Event) -> Product | None:
    """The product after the fact."""
    product = state or Product(0, listed=False, skus=())
    match fact:
        case ProductListed(listing=listing):
            skus = tuple(offer.sku for offer in listing.offers)
            return replace(product, revision=fact.revision, listed=True, skus=skus)
        case PriceChanged():
            return replace(product, revision=fact.revision)
        case ProductDelisted():
            return replace(product, revision=fact.revision, listed=False)
        case PromotionScheduled(promotion=promotion):
            known = (*product.promotions, promotion.promotion_id)
            return replace(product, revision=fact.revision, promotions=known)
        case PromotionEnded():
            ended = (*product.ended, fact.promotion_id)
            return replace(product, revision=fact.revision, ended=ended)
        case ListingRefused():
            return state
        case _ as never:
            assert_never(never)


def _objection(product: Product | None, command: Command) -> str | None:
    match command:
        case ListProduct():
            return _flaw(command.listing)
        case ChangePrice():
            return _not_listed(product, command.sku) or _bad_prices(command)
        case DelistProduct():
            return _not_listed(product)
        case SchedulePromotion(promotion=promotion):
            return _not_listed(product, promotion.sku) or _bad_promotion(product, promotion)
        case EndPromotion():
            known = product is not None and command.promotion_id in product.promotions
            ended = product is not None and command.promotion_id in product.ended
            return None if known and not ended else "UNKNOWN_PROMOTION"
        case _ as never:
            assert_never(never)


def _bad_promotion(product: Product | None, promotion: Promotion) -> str | None:
    known = product.promotions if product else ()
    if promotion.promotion_id in known:
        return "PROMOTION_EXISTS"
    if len(known) >= PROMOTIONS_MAX:
        return "TOO_MANY_PROMOTIONS"
    counted = 1 <= promotion.per_account <= promotion.units <= UNITS_MAX
    lasts = promotion.starts_ms < promotion.ends_ms
    return None if promotion.price > 0 and counted and lasts else "BAD_PROMOTION"


def _flaw(listing: Listing) -> str | None:
    """Why this cannot be put on the shelf; None when it can."""
    if not listing.offers or not listing.category:
        return "EMPTY"
    if listing.currency not in CURRENCIES:
        return "BAD_CURRENCY"
    if len(listing.offers) > OFFERS_MAX:
        return "TOO_MANY_OFFERS"
    if len({offer.sku for offer in listing.offers}) < len(listing.offers):
        return "DUPLICATE_SKU"
    if listing.form and forms.flawed(listing.form):
        return "BAD_FORM"
    window_h = listing.refund_window_h
    if window_h is not None and not 1 <= window_h <= WINDOW_H_MAX:
        return "BAD_WINDOW"
    return next(filter(None, map(_bad_offer, listing.offers)), None)


def _bad_offer(offer: Offer) -> str | None:
    if not offer.sku or offer.quantity_max < 1 or offer.low_stock < 0:
        return "BAD_OFFER"
    return "BAD_PRICE" if offer.face_value < 0 else _bad_prices(offer)


def _bad_prices(offer: Offer | ChangePrice) -> str | None:
    """A member pays no more than retail; from tier to tier more units cost less each."""
    if not 0 < offer.member_price <= offer.price:
        return "BAD_PRICE"
    steps = [(1, offer.price), *((tier.quantity_min, tier.price) for tier in offer.tiers)]
    rising = all(few < many and dear > cheap for (few, dear), (many, cheap) in pairwise(steps))
    if not rising or steps[-1][1] < 1 or len(offer.tiers) > TIERS_MAX:
        return "BAD_TIERS"
    return None


def _not_listed(product: Product | None, sku: str | None = None) -> str | None:
    if product is None:
        return "UNKNOWN_PRODUCT"
    if not product.listed:
        return "OFF_SHELF"
    return "UNKNOWN_SKU" if sku is not None and sku not in product.skus else None


def _done(command: Command, product: Product | None) -> Fact:
    revision = 1 if product is None else product.revision + 1
    match command:
        case ListProduct():
            return ProductListed(
                product_id=command.product_id,
                request_id=command.request_id,
                by=command.by,
                revision=revision,
                listing=command.listing,
            )
        case ChangePrice():
            return PriceChanged(
                product_id=command.product_id,
                request_id=command.request_id,
                by=command.by,
                revision=revision,
                sku=command.sku,
                price=command.price,
                member_price=command.member_price,
                tiers=command.tiers,
            )
        case DelistProduct():
            return ProductDelisted(
                product_id=command.product_id,
                request_id=command.request_id,
                by=command.by,
                revision=revision,
                reason=command.reason,
            )
        case SchedulePromotion():
            return PromotionScheduled(
                product_id=command.product_id,
                request_id=command.request_id,
                by=command.by,
                revision=revision,
                promotion=command.promotion,
            )
        case EndPromotion():
            return PromotionEnded(
                product_id=command.product_id,
                request_id=command.request_id,
                by=command.by,
                revision=revision,
                promotion_id=command.promotion_id,
                reason=command.reason,
            )
        case _ as never:
            assert_never(never)


def _refused(command: Command, code: str) -> ListingRefused:
    return ListingRefused(
        product_id=command.product_id,
        request_id=command.request_id,
        by=command.by,
        code=code,
    )
