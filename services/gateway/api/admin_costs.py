"""What a product costs the shop: for those who buy and those who count; no buyer is told (A9)."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.projections.catalogue import OfferDoc
from shared.contracts.envelope import rfc3339
from shared.kernel.pricing import lowest

from .asking import door_of, operator
from .bodies import json_answer
from .order_json import money
from .pages import cursor_of, limit_of, page
from .problems import Problem
from .routes import Route
from .shapes import Money, Shape
from .stock_paths import sku_of

NEWEST: Final = 2**31 - 1
"""No revision of a product comes after this one."""


class Cost(Shape):
    """One SKU, each in minor units of the product's currency."""

    sku: str
    cost: int | None
    """None: nobody has said."""
    lowest: int
    """The least that anybody pays for one, without a promotion or a coupon."""
    below_cost: str | None
    """Why it may be sold for less."""


class Costs(Shape):
    """All SKUs of a product."""

    product_id: str
    currency: str
    items: list[Cost]


class PriceWhy(Shape):
    """What a SKU has cost from a moment on, who said so, and why."""

    time: str
    revision: int
    price: Money
    member_price: Money
    cost: Money | None
    """None: nothing was said of it then."""
    below_cost: str | None
    by: str
    reason: str | None


class PricesWhy(Shape):
    """A page of a SKU's prices, the newest first."""

    items: list[PriceWhy]
    next_cursor: str | None


async def read_costs(request: Request) -> Response:
    """What each SKU of a product costs the shop."""
    await operator("stock", "finance", "auditor")(request)
    product_id = request.path_params["product_id"]
    product = door_of(request).catalogue.now.products.get(product_id)
    if product is None:
        raise Problem("UNKNOWN_PRODUCT")
    items = list(map(_cost, product.offers))
    return json_answer({"product_id": product_id, "currency": product.currency, "items": items})


async def read_prices_why(request: Request) -> Response:
    """What a SKU has cost buyers and the shop, who said so, and why."""
    await operator("stock", "finance", "auditor")(request)
    product_id, sku = request.path_params["product_id"], sku_of(request)
    door, limit = door_of(request), limit_of(request)
    product = door.catalogue.now.products.get(product_id)
    if product is None:
        raise Problem("UNKNOWN_PRODUCT")
    (before,) = cursor_of(request, tuple[int]) or (NEWEST,)
    rows = await door.read.prices_why(product_id, sku, before, limit + 1)
    items = [_why(row, product.currency) for row in rows]
    return json_answer(page(items, [(row[1],) for row in rows], limit))


def _why(row: tuple[Any, ...], currency: str) -> dict[str, Any]:
    time_ms, revision, _, price, member_price, cost, below_cost, by, reason = row
    return {
        "time": rfc3339(time_ms),
        "revision": revision,
        "price": money(price, currency),
        "member_price": money(member_price, currency),
        "cost": None if cost is None else money(cost, currency),
        "below_cost": below_cost or None,
        "by": by,
        "reason": reason or None,
    }


def _cost(offer: OfferDoc) -> dict[str, Any]:
    return {
        "sku": offer.sku,
        "cost": offer.cost or None,
        "lowest": lowest(offer.price, offer.member_price, offer.tiers),
        "below_cost": offer.below_cost or None,
    }


ROUTES: Final = (
    Route("GET", "/v1/admin/products/{product_id}/costs", read_costs,
          "商品成本 · What a product costs the shop", "operator", answer=Costs),
    Route("GET", "/v1/admin/products/{product_id}/skus/{sku}/prices", read_prices_why,
          "改价记录 · What a SKU has cost, and why", "operator", answer=PricesWhy,
          query=("limit", "cursor")),
)  # fmt: skip
