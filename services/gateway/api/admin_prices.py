"""What everything costs, and what is planned, running and used of promotions and coupons (A9)."""

import time
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.catalogue import Shelf
from services.gateway.projections.catalogue import ProductDoc, PromotionDoc
from services.gateway.projections.queries import Stock
from shared.contracts.envelope import rfc3339
from shared.contracts.promotions import Coupon
from shared.kernel.pricing import floor, lowest, may_hold
from shared.kernel.quotas import coupon_sku, promotion_sku

from .asking import door_of, operator
from .bodies import json_answer
from .order_json import money
from .pages import cursor_of, limit_of, page
from .routes import Route
from .shapes import Money, Shape

ASKED_LENGTH_MAX: Final = 100
Stage = Literal["planned", "running", "used_up", "over"]


class PriceTier(Shape):
    """The price of each from so many on."""

    quantity_min: int
    price: Money


class Priced(Shape):
    """A SKU on the shelf, and what it costs whom."""

    sku: str
    product_id: str
    product: str
    """What the product is called."""
    name: str
    face_value: Money
    price: Money
    member_price: Money
    tiers: list[PriceTier]
    cost: Money | None
    """What one costs the shop; none: nobody has said."""
    lowest: Money
    """The least that anybody pays for one, without a promotion or a coupon."""
    below_cost: str | None
    """Why it may be sold for less."""
    promotions: int
    """Planned or running."""


class Prices(Shape):
    """A page of SKUs, by their ids."""

    items: list[Priced]
    next_cursor: str | None


class PlannedPromotion(Shape):
    """A promotion that was not ended: units = left + held by orders not paid yet + sold."""

    promotion_id: str
    product_id: str
    sku: str
    name: str
    stage: Stage
    price: Money
    instead_of: Money
    """What one costs without it."""
    below_cost: bool
    """The shop's cost has risen above it since, so that it is not in force."""
    starts_at: str
    ends_at: str
    units: int
    per_account: int
    left: int
    held: int
    sold: int


class PlannedPromotions(Shape):
    """A page of promotions, by when they start."""

    items: list[PlannedPromotion]
    next_cursor: str | None


class IssuedCoupon(Shape):
    """A coupon that was not ended: uses = left + held by orders not paid yet + used."""

    code: str
    stage: Stage
    off: Money
    percent: int
    amount_min: Money
    skus: list[str]
    starts_at: str
    ends_at: str
    uses: int
    per_account: int
    left: int
    held: int
    used: int


class IssuedCoupons(Shape):
    """A page of coupons, by their codes."""

    items: list[IssuedCoupon]
    next_cursor: str | None


async def read_prices(request: Request) -> Response:
    """What is on the shelf, by SKU; `q`: with this in its name or id."""
    await operator("stock", "finance", "auditor")(request)
    limit, after = limit_of(request), (cursor_of(request, tuple[str]) or ("",))[0]
    asked = request.query_params.get("q", "").strip().casefold()[:ASKED_LENGTH_MAX]
    shelves = door_of(request).catalogue.now.skus
    found = [
        sku for sku, shelf in sorted(shelves.items())
        if sku > after and shelf.product.listed and asked in f"{sku} {_name(shelf)}".casefold()
    ][: limit + 1]  # fmt: skip
    now_ms = _now_ms()
    items = [_priced(sku, shelves[sku], now_ms) for sku in found]
    return json_answer(page(items, [(sku,) for sku in found], limit))


async def read_promotions(request: Request) -> Response:
    """All that were not ended, whenever they hold, with what is left of each."""
    await operator("stock", "finance", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or (0, "")
    door = door_of(request)
    known = [(p, each) for p in door.catalogue.now.products.values() for each in p.promotions]
    keyed = sorted(((each.starts_ms, each.promotion_id), product, each) for product, each in known)
    shown = [row for row in keyed if row[0] > tuple(after)][: limit + 1]
    names = [promotion_sku(product.product_id, each.promotion_id) for _, product, each in shown]
    stock = await door.read.stock(names)
    now_ms = _now_ms()
    items = [
        promotion_json(product, each, stock.get(name), now_ms)
        for (_, product, each), name in zip(shown, names, strict=True)
    ]
    return json_answer(page(items, [row[0] for row in shown], limit))


async def read_coupons(request: Request) -> Response:
    """All that were not ended, with how often each was used."""
    await operator("finance", "support", "auditor")(request)
    limit, after = limit_of(request), (cursor_of(request, tuple[str]) or ("",))[0]
    door = door_of(request)
    coupons = door.catalogue.now.coupons
    codes = [code for code in sorted(coupons) if code > after][: limit + 1]
    stock = await door.read.stock([coupon_sku(code) for code in codes])
    now_ms = _now_ms()
    items = [
        _coupon(code, coupons[code].coupon, stock.get(coupon_sku(code)), now_ms) for code in codes
    ]
    return json_answer(page(items, [(code,) for code in codes], limit))


def stage(starts_ms: int, ends_ms: int, left: int, now_ms: int) -> Stage:
    """Where in its life something is that holds for a while, and only so often."""
    if now_ms >= ends_ms:
        return "over"
    if now_ms < starts_ms:
        return "planned"
    return "running" if left > 0 else "used_up"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _name(shelf: Shelf) -> str:
    return f"{shelf.product.name} {shelf.offer.name}".strip()


def _priced(sku: str, shelf: Shelf, now_ms: int) -> dict[str, Any]:
    product, offer, currency = shelf.product, shelf.offer, shelf.product.currency
    open_ones = [p for p in product.promotions if p.sku == sku and p.ends_ms > now_ms]
    return {
        "sku": sku,
        "product_id": product.product_id,
        "product": product.name,
        "name": _name(shelf),
        "face_value": money(offer.face_value, currency),
        "price": money(offer.price, currency),
        "member_price": money(offer.member_price, currency),
        "tiers": [
            {"quantity_min": tier.quantity_min, "price": money(tier.price, currency)}
            for tier in offer.tiers
        ],
        "cost": money(offer.cost, currency) if offer.cost else None,
        "lowest": money(lowest(offer.price, offer.member_price, offer.tiers), currency),
        "below_cost": offer.below_cost or None,
        "promotions": len(open_ones),
    }


def promotion_json(
    product: ProductDoc, each: PromotionDoc, stock: Stock | None, now_ms: int
) -> dict[str, Any]:
    """What those who plan it are told of it; also of one that no buyer is shown."""
    offer = next((offer for offer in product.offers if offer.sku == each.sku), None)
    left = stock.available if stock else 0
    known = left if stock else each.units
    return {
        "promotion_id": each.promotion_id,
        "product_id": product.product_id,
        "sku": each.sku,
        "name": f"{product.name} {offer.name if offer else each.sku}".strip(),
        "stage": stage(each.starts_ms, each.ends_ms, known, now_ms),
        "price": money(each.price, product.currency),
        "instead_of": money(offer.price if offer else each.price, product.currency),
        "below_cost": offer is not None and not may_hold(each, floor(offer)),
        "starts_at": rfc3339(each.starts_ms),
        "ends_at": rfc3339(each.ends_ms),
        "units": each.units,
        "per_account": each.per_account,
        "left": left,
        "held": stock.reserved if stock else 0,
        "sold": stock.sold if stock else 0,
    }


def _coupon(code: str, coupon: Coupon, stock: Stock | None, now_ms: int) -> dict[str, Any]:
    left = stock.available if stock else 0
    known = left if stock else coupon.uses
    return {
        "code": code,
        "stage": stage(coupon.starts_ms, coupon.ends_ms, known, now_ms),
        "off": money(coupon.off, coupon.currency),
        "percent": coupon.percent,
        "amount_min": money(coupon.amount_min, coupon.currency),
        "skus": list(coupon.skus),
        "starts_at": rfc3339(coupon.starts_ms),
        "ends_at": rfc3339(coupon.ends_ms),
        "uses": coupon.uses,
        "per_account": coupon.per_account,
        "left": left,
        "held": stock.reserved if stock else 0,
        "used": stock.sold if stock else 0,
    }


ROUTES: Final = (
    Route("GET", "/v1/admin/prices", read_prices, "全部价格 · What everything costs", "operator",
          answer=Prices, query=("q", "limit", "cursor")),
    Route("GET", "/v1/admin/promotions", read_promotions, "全部促销 · All promotions", "operator",
          answer=PlannedPromotions, query=("limit", "cursor")),
    Route("GET", "/v1/admin/coupons", read_coupons, "全部优惠券 · All coupons", "operator",
          answer=IssuedCoupons, query=("limit", "cursor")),
)  # fmt: skip
