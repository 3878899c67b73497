"""What a product costs the shop: for those who buy and those who count; no buyer is told (A9)."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.projections.catalogue import OfferDoc
from shared.kernel.pricing import lowest

from .asking import door_of, operator
from .bodies import json_answer
from .problems import Problem
from .routes import Route
from .shapes import Shape


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


async def read_costs(request: Request) -> Response:
    """What each SKU of a product costs the shop."""
    await operator("stock", "finance", "auditor")(request)
    product_id = request.path_params["product_id"]
    product = door_of(request).catalogue.now.products.get(product_id)
    if product is None:
        raise Problem("UNKNOWN_PRODUCT")
    items = list(map(_cost, product.offers))
    return json_answer({"product_id": product_id, "currency": product.currency, "items": items})


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
)  # fmt: skip
