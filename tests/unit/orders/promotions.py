"""A shelf with a promotion, and a coupon: the words in which reduced orders are told."""

from dataclasses import replace
from typing import Any, Final

from services.orders.domain import Place
from shared.contracts.orders import Quota, WantedLine
from shared.contracts.promotions import Coupon, Promotion
from shared.kernel.quotas import QUOTAS_FROM, coupon_sku, promotion_sku
from tests.unit.orders import examples as say

COUPON_ID: Final = "SPRING"
FLASH: Final = 900
"""Minor units: what jw-10 costs in the promotion, in place of 985."""
USES: Final = Quota(number=QUOTAS_FROM, sku=coupon_sku(COUPON_ID), units=1)


def promotion(**changes: Any) -> Promotion:
    words: Any = {"promotion_id": "flash", "sku": "jw-10", "price": FLASH, "units": 500}
    when: Any = {"starts_ms": say.NOW_MS, "ends_ms": say.NOW_MS + 1, "per_account": 3}
    return Promotion(**{**words, **when, **changes})


def coupon(**changes: Any) -> Coupon:
    words: Any = {"off": 100, "percent": 0, "amount_min": 500, "currency": "CNY", "skus": ()}
    when: Any = {"starts_ms": say.NOW_MS, "ends_ms": say.NOW_MS + 1, "uses": 9, "per_account": 1}
    return Coupon(**{**words, **when, **changes})


def units(line: int = 1, count: int = 1) -> Quota:
    """What line ``line`` uses up of the promotion."""
    return Quota(number=QUOTAS_FROM + line, sku=promotion_sku("jw", "flash"), units=count)


def shelf(*promotions: Promotion) -> dict[str, Any]:
    offers = dict(say.SHELF)
    return {**offers, "jw-10": replace(offers["jw-10"], promotions=promotions or (promotion(),))}


def place(*lines: WantedLine, good: Coupon | None = None, **changes: Any) -> Place:
    """On the shelf with the promotion; ``good``: what the catalogue knows of the coupon."""
    made = say.place(*lines, shelf=changes.pop("shelf", shelf()), **changes)
    return replace(made, coupon=good)


def reduced(*lines: WantedLine, **changes: Any) -> Place:
    """The first line in the promotion, and the coupon on all of them."""
    first = lines[0].model_copy(update={"unit_price": FLASH})
    return place(first, *lines[1:], good=coupon(), coupon=COUPON_ID, **changes)
