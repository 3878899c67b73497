"""The shelf: what the catalogue offers, SKU by SKU; a table that every worker of orders holds.

Rows: `sku/<sku>` → Offered; `product/<product id>` → the SKUs of that product;
`promoted/<product id>` → its promotions; `coupon/<coupon>` → Coupon.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.contracts.catalog import PriceChanged, ProductDelisted, ProductListed
from shared.contracts.message import Fact, Message
from shared.contracts.orders import PlaceOrder, Seen
from shared.contracts.promotions import (
    Coupon,
    CouponEnded,
    CouponIssued,
    Promotion,
    PromotionEnded,
    PromotionScheduled,
)
from shared.kernel import forms
from shared.shards.service import Table

from .domain import Offered

Rows = dict[str, Any]


def apply(rows: Rows, fact: Fact) -> None:
    """Fold a fact of the catalogue into the shelf."""
    match fact:
        case ProductListed():
            _clear(rows, fact.product_id)
            _list(rows, fact)
        case PriceChanged():
            _reprice(rows, fact)
        case ProductDelisted():
            _clear(rows, fact.product_id)
        case PromotionScheduled():
            kept = rows.get(f"promoted/{fact.product_id}", ())
            _promote(rows, fact.product_id, fact.revision, (*kept, fact.promotion))
        case PromotionEnded():
            kept = rows.get(f"promoted/{fact.product_id}", ())
            left = tuple(each for each in kept if each.promotion_id != fact.promotion_id)
            _promote(rows, fact.product_id, fact.revision, left)
        case CouponIssued():
            rows[f"coupon/{fact.coupon_id}"] = fact.coupon
        case CouponEnded():
            rows.pop(f"coupon/{fact.coupon_id}", None)
        case _:
            pass


def seen(message: Message) -> tuple[Seen, ...]:
    """How far the sender of an order had read the catalogue."""
    return message.catalogue if isinstance(message, PlaceOrder) else ()


def shelf(rows: Mapping[str, Any], skus: Iterable[str]) -> dict[str, Offered]:
    """What is on the shelf of these SKUs."""
    found = {sku: rows.get(f"sku/{sku}") for sku in skus}
    return {sku: offered for sku, offered in found.items() if offered is not None}


def coupon(rows: Mapping[str, Any], coupon_id: str | None) -> Coupon | None:
    """What a coupon is worth; None where there is none, or none any more."""
    found: Coupon | None = rows.get(f"coupon/{coupon_id}") if coupon_id else None
    return found


def _promote(rows: Rows, product_id: str, revision: int, kept: tuple[Promotion, ...]) -> None:
    """The product's promotions, each with the SKU that it is about."""
    rows[f"promoted/{product_id}"] = kept
    for sku, offered in _of(rows, product_id):
        mine = _about(sku, kept)
        rows[f"sku/{sku}"] = replace(offered, revision=revision, promotions=mine)


def _about(sku: str, promotions: Iterable[Promotion]) -> tuple[Promotion, ...]:
    return tuple(each for each in promotions if each.sku == sku)


def _list(rows: Rows, fact: ProductListed) -> None:
    listing = fact.listing
    form_id = forms.form_id(listing.form) if listing.form else None
    for offer in listing.offers:
        rows[f"sku/{offer.sku}"] = Offered(
            fact.product_id, listing.name, listing.kind, listing.currency, fact.revision, offer,
            form_id if listing.kind == "topup" else None, listing.shape,
            _about(offer.sku, rows.get(f"promoted/{fact.product_id}", ())),
            listing.refund_window_h,
        )  # fmt: skip
    rows[f"product/{fact.product_id}"] = tuple(offer.sku for offer in listing.offers)


def _reprice(rows: Rows, fact: PriceChanged) -> None:
    """The revision moves for the whole product, the price for one SKU of it."""
    for sku, offered in _of(rows, fact.product_id):
        offer = offered.offer
        if sku == fact.sku:
            cost = offer.cost if fact.cost is None else fact.cost
            words = {"price": fact.price, "member_price": fact.member_price, "tiers": fact.tiers}
            why = {"cost": cost, "below_cost": fact.below_cost}
            offer = offer.model_copy(update={**words, **why})
        rows[f"sku/{sku}"] = replace(offered, revision=fact.revision, offer=offer)


def _clear(rows: Rows, product_id: str) -> None:
    for sku, _ in _of(rows, product_id):
        del rows[f"sku/{sku}"]
    rows.pop(f"product/{product_id}", None)


def _of(rows: Rows, product_id: str) -> list[tuple[str, Offered]]:
    """The product's SKUs that are still its own."""
    found = [(sku, rows.get(f"sku/{sku}")) for sku in rows.get(f"product/{product_id}", ())]
    return [(sku, row) for sku, row in found if row and row.product_id == product_id]


FOLLOWS: Final[frozenset[type[Fact]]] = frozenset({
    ProductListed, PriceChanged, ProductDelisted, PromotionScheduled, PromotionEnded,
    CouponIssued, CouponEnded,
})  # fmt: skip
"""What apply() folds: a product's reviews and waitlists are on the same topic."""

CATALOGUE: Final = Table(topic="catalog.events", follows=FOLLOWS, apply=apply, seen=seen)
