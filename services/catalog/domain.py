"""catalog: a product, its SKUs and what they cost.

Aggregates: `product/<product>`, and `request/<product>/<request>`, so that a repeat finds that it
was answered.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, assert_never

from msgspec import Struct

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
from shared.kernel import forms
from shared.kernel.decider import States

CURRENCIES: Final = ("CNY",)

OFFERS_MAX: Final = 1000
"""SKUs of one product."""

TIERS_MAX: Final = 20
"""Wholesale prices of one SKU."""


class Product(Struct, frozen=True, array_like=True, tag="p"):
    """`product/<product>`: what is needed to judge what is asked of it next."""

    revision: int
    listed: bool
    skus: tuple[str, ...]


class Answered(Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """`request/<product>/<request>`: this request has had its answer."""


State = Product | Answered
Command = ListProduct | ChangePrice | DelistProduct
Event = ProductListed | PriceChanged | ProductDelisted | ListingRefused


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    if isinstance(message, ListingRefused):
        return (_request(message),)
    return (_product(message), _request(message))


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    if _request(command) in states:
        return []
    product: Product | None = states.get(_product(command))
    code = _objection(product, command)
    return [_refused(command, code) if code else _done(command, product)]


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind = key.partition("/")[0]
    if kind == "request":
        return Answered()
    if kind != "product":
        return state
    skus = state.skus if isinstance(state, Product) else ()
    match fact:
        case ProductListed(listing=listing):
            return Product(fact.revision, listed=True, skus=tuple(o.sku for o in listing.offers))
        case PriceChanged():
            return Product(fact.revision, listed=True, skus=skus)
        case ProductDelisted():
            return Product(fact.revision, listed=False, skus=skus)
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
        case _ as never:
            assert_never(never)


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
        case _ as never:
            assert_never(never)


def _refused(command: Command, code: str) -> ListingRefused:
    return ListingRefused(
        product_id=command.product_id,
        request_id=command.request_id,
        by=command.by,
        code=code,
    )


def _product(message: Command | Event) -> str:
    return f"product/{message.product_id}"


def _request(message: Command | Event) -> str:
    return f"request/{message.product_id}/{message.request_id}"
