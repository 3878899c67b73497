"""Promotions as buyers see them: one that is used up is not shown."""

import time
from collections.abc import Mapping
from typing import Any

from services.gateway.projections.catalogue import OfferDoc, ProductDoc, PromotionDoc
from services.gateway.projections.queries import Stock
from shared.contracts.envelope import rfc3339
from shared.kernel.pricing import best_promotion, floor
from shared.kernel.quotas import promotion_sku


def shown_promotion(
    product: ProductDoc, offer: OfferDoc, price: int, stock: Mapping[str, Stock]
) -> PromotionDoc | None:
    """The promotion that beats this price now, and of which something is left."""
    if not product.promotions:
        return None
    there = [p for p in product.promotions if p.sku == offer.sku and _left(product, p, stock)]
    return best_promotion(there, price, time.time_ns() // 1_000_000, floor(offer))


def promotion_json(
    product: ProductDoc, promotion: PromotionDoc | None, stock: Mapping[str, Stock]
) -> dict[str, Any] | None:
    """What a buyer is told of it."""
    if promotion is None:
        return None
    return {
        "promotion_id": promotion.promotion_id,
        "ends_at": rfc3339(promotion.ends_ms),
        "left": _left(product, promotion, stock),
        "per_account": promotion.per_account,
    }


def _left(product: ProductDoc, promotion: PromotionDoc, stock: Mapping[str, Stock]) -> int:
    """Units that can still be sold at its price."""
    found = stock.get(promotion_sku(product.product_id, promotion.promotion_id))
    return found.available if found else 0
