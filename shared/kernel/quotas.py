"""Promotions and coupons are used up like stock: each is a SKU of inventory that has no cards.

Their SKUs begin with a sign that no SKU of a product may begin with. In an order they stand beyond
its lines: the coupon at QUOTAS_FROM, the promotion of line n at QUOTAS_FROM + n.
"""

from typing import Final

SIGN: Final = "~"
QUOTAS_FROM: Final = 10_000
"""No order has so many lines; part of what is on record, never changed."""


def coupon_sku(coupon_id: str) -> str:
    """The SKU that counts a coupon's uses."""
    return f"{SIGN}coupon/{coupon_id}"


def promotion_sku(product_id: str, promotion_id: str) -> str:
    """The SKU that counts the units of a product's promotion."""
    return f"{SIGN}promotion/{product_id}/{promotion_id}"


def is_quota(sku: str) -> bool:
    """Whether this is no product's SKU."""
    return sku.startswith(SIGN)


def line_of(number: int) -> int:
    """The line that a place beyond the lines is about; 0: the whole order."""
    return number - QUOTAS_FROM if number >= QUOTAS_FROM else number
