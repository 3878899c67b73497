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
from shared.kernel.pricing import lowest

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


Command = ListProduct | ChangePrice | DelistProduct | SchedulePromotion | EndPromotion
Event = (
    ProductListed | PriceChanged | ProductDelisted | PromotionScheduled | PromotionEnded
    | ListingRefused
)  # fmt: skip

DONE: Final[dict[type[Command], type[Fact]]] = {
    ListProduct: ProductListed,
    ChangePrice: PriceChanged,
    DelistProduct: ProductDelisted,
    SchedulePromotion: PromotionScheduled,
    EndPromotion: PromotionEnded,
}
"""A fact says what its command said, and which revision of the product that makes."""


class Product(Struct, frozen=True, array_like=True, tag="p"):
    """`product/<product>`: what is needed to judge what is asked of it next."""

    revision: int
    listed: bool
    skus: tuple[str, ...]
    promotions: tuple[str, ...] = ()
    """Every promotion that it ever had."""
    ended: tuple[str, ...] = ()
    """Those that were ended before their time."""
    costs: tuple[tuple[str, int], ...] = ()
    """SKU and what one costs the shop, minor units, where that is known."""
    below: tuple[str, ...] = ()
    """SKUs of which somebody has said why they may be sold for less."""

    def cost(self, sku: str) -> int:
        """Minor units; 0 where nobody has said."""
        return dict(self.costs).get(sku, 0)


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
            costs = tuple((offer.sku, offer.cost) for offer in listing.offers if offer.cost)
            below = tuple(offer.sku for offer in listing.offers if offer.below_cost)
            after = replace(product, revision=fact.revision, listed=True, skus=skus)
            return replace(after, costs=costs, below=below)
        case PriceChanged():
            others = (pair for pair in product.costs if pair[0] != fact.sku)
            below = tuple(sku for sku in product.below if sku != fact.sku)
            return replace(
                product,
                revision=fact.revision,
                costs=(*others, *_known(fact.sku, _cost(product, fact))),
                below=(*below, fact.sku) if fact.below_cost else below,
            )
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
            least = _cost(product, command)
            return _not_listed(product, command.sku) or _bad_prices(command, least)
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
    if promotion.price <= 0 or not counted or not lasts:
        return "BAD_PROMOTION"
    if product is None or promotion.sku in product.below or promotion.below_cost:
        return None
    return "BELOW_COST" if promotion.price < product.cost(promotion.sku) else None


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
    return "BAD_PRICE" if offer.face_value < 0 else _bad_prices(offer, offer.cost or 0)


def _known(sku: str, cost: int) -> tuple[tuple[str, int], ...]:
    return ((sku, cost),) if cost else ()


def _cost(product: Product | None, said: ChangePrice | PriceChanged) -> int:
    """What one costs the shop from here on, minor units; 0 where nobody has said."""
    if said.cost is not None:
        return said.cost
    return product.cost(said.sku) if product else 0


def _bad_prices(offer: Offer | ChangePrice, cost: int) -> str | None:
    """A member pays no more than retail; from tier to tier more units cost less each.

    Nobody pays less than ``cost``, unless somebody says why.
    """
    if not 0 < offer.member_price <= offer.price or cost < 0:
        return "BAD_PRICE"
    steps = [(1, offer.price), *((tier.quantity_min, tier.price) for tier in offer.tiers)]
    rising = all(few < many and dear > cheap for (few, dear), (many, cheap) in pairwise(steps))
    if not rising or steps[-1][1] < 1 or len(offer.tiers) > TIERS_MAX:
        return "BAD_TIERS"
    under = lowest(offer.price, offer.member_price, offer.tiers) < cost
    return "BELOW_COST" if under and not offer.below_cost else None


def _not_listed(product: Product | None, sku: str | None = None) -> str | None:
    if product is None:
        return "UNKNOWN_PRODUCT"
    if not product.listed:
        return "OFF_SHELF"
    return "UNKNOWN_SKU" if sku is not None and sku not in product.skus else None


def _done(command: Command, product: Product | None) -> Fact:
    """What was asked for has come about as it was asked."""
    revision = 1 if product is None else product.revision + 1
    return DONE[type(command)].model_validate({**dict(command), "revision": revision})


def _refused(command: Command, code: str) -> ListingRefused:
    return ListingRefused(
        product_id=command.product_id,
        request_id=command.request_id,
        by=command.by,
        code=code,
    )
