"""One product with two SKUs: the words that the catalogue tests are written in."""

from typing import Any, Final

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
    Tier,
)
from shared.contracts.promotions import (
    Coupon,
    CouponEnded,
    CouponIssued,
    CouponRefused,
    EndCoupon,
    EndPromotion,
    IssueCoupon,
    Promotion,
    PromotionEnded,
    PromotionScheduled,
    SchedulePromotion,
)

DAY_MS: Final = 86_400_000
WHO: Final = {"product_id": "jcard", "by": "wang"}
PRICES: Final = {"price": 9_700, "member_price": 9_600, "tiers": ()}


def tiers(*steps: tuple[int, int]) -> tuple[Tier, ...]:
    return tuple(Tier(quantity_min=units, price=price) for units, price in steps)


def offer(sku: str = "jcard-100", **changes: Any) -> Offer:
    words = {"sku": sku, "name": "100元", "face_value": 10_000, "price": 9_850}
    more = {"member_price": 9_800, "tiers": tiers((100, 9_750)), "quantity_max": 1_000}
    return Offer(**{**words, **more, **changes})


def listing(**changes: Any) -> Listing:
    words = {"name": "骏网一卡通", "category": ("游戏点卡", "骏网一卡通"), "kind": "card"}
    more = {"currency": "CNY", "guide": "# 使用指南", "offers": (offer(), offer("jcard-50"))}
    return Listing(**{**words, **more, **changes})


def list_product(request_id: str = "req-1", **changes: Any) -> ListProduct:
    return ListProduct(**WHO, request_id=request_id, listing=listing(**changes))


def listed(request_id: str = "req-1", revision: int = 1, **changes: Any) -> ProductListed:
    words = listing(**changes)
    return ProductListed(**WHO, request_id=request_id, revision=revision, listing=words)


def change_price(request_id: str = "req-2", **changes: Any) -> ChangePrice:
    return ChangePrice(**{**WHO, **PRICES, "sku": "jcard-100", "request_id": request_id, **changes})


def price_changed(request_id: str = "req-2", revision: int = 2, **changes: Any) -> PriceChanged:
    words = {**WHO, **PRICES, "sku": "jcard-100", "request_id": request_id}
    return PriceChanged(**{**words, "revision": revision, **changes})


def delist(request_id: str = "req-3") -> DelistProduct:
    return DelistProduct(**WHO, request_id=request_id, reason="厂商停售")


def delisted(request_id: str = "req-3", revision: int = 2) -> ProductDelisted:
    return ProductDelisted(**WHO, request_id=request_id, revision=revision, reason="厂商停售")


def refused(code: str, request_id: str) -> ListingRefused:
    return ListingRefused(**WHO, request_id=request_id, code=code)


def promotion(promotion_id: str = "flash", **changes: Any) -> Promotion:
    words = {"promotion_id": promotion_id, "sku": "jcard-100", "price": 9_000, "units": 500}
    when = {"starts_ms": 0, "ends_ms": DAY_MS, "per_account": 5}
    return Promotion(**{**words, **when, **changes})


def schedule(request_id: str = "req-4", **changes: Any) -> SchedulePromotion:
    return SchedulePromotion(**WHO, request_id=request_id, promotion=promotion(**changes))


def scheduled(request_id: str = "req-4", revision: int = 2, **changes: Any) -> PromotionScheduled:
    words: Any = {**WHO, "request_id": request_id, "revision": revision}
    return PromotionScheduled(**words, promotion=promotion(**changes))


def end_promotion(request_id: str = "req-5", promotion_id: str = "flash") -> EndPromotion:
    return EndPromotion(**WHO, request_id=request_id, promotion_id=promotion_id, reason="错价")


def promotion_ended(request_id: str = "req-5", revision: int = 3) -> PromotionEnded:
    words: Any = {**WHO, "request_id": request_id, "revision": revision}
    return PromotionEnded(**words, promotion_id="flash", reason="错价")


def coupon(**changes: Any) -> Coupon:
    words = {"off": 500, "percent": 0, "amount_min": 5_000, "currency": "CNY", "skus": ()}
    when = {"starts_ms": 0, "ends_ms": DAY_MS, "uses": 100, "per_account": 1}
    return Coupon(**{**words, **when, **changes})


def issue(request_id: str = "req-1", coupon_id: str = "SPRING", **changes: Any) -> IssueCoupon:
    words = {"coupon_id": coupon_id, "request_id": request_id, "by": "wang"}
    return IssueCoupon(**words, coupon=coupon(**changes))


def issued(request_id: str = "req-1", **changes: Any) -> CouponIssued:
    words = {"coupon_id": "SPRING", "request_id": request_id, "by": "wang"}
    return CouponIssued(**words, coupon=coupon(**changes))


def end_coupon(request_id: str = "req-2") -> EndCoupon:
    return EndCoupon(coupon_id="SPRING", request_id=request_id, by="wang", reason="外泄")


def coupon_ended(request_id: str = "req-2") -> CouponEnded:
    return CouponEnded(coupon_id="SPRING", request_id=request_id, by="wang", reason="外泄")


def coupon_refused(code: str, request_id: str, coupon_id: str = "SPRING") -> CouponRefused:
    return CouponRefused(coupon_id=coupon_id, request_id=request_id, by="wang", code=code)
