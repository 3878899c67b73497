"""catalog: what is sold for less for a while, and coupons. Both may be used only so often."""

from .message import Command, Fact, Part


class Promotion(Part):
    """One SKU at a lower price for a while."""

    promotion_id: str
    sku: str
    price: int
    """Minor units, each."""
    starts_ms: int
    """Unix milliseconds from which it holds."""
    ends_ms: int
    """Unix milliseconds from which it holds no more."""
    units: int
    """Units sold at this price in total."""
    per_account: int
    """Units of one account."""
    below_cost: str | None = None
    """Why it may be sold for less than it costs the shop, where somebody has said so."""


class Coupon(Part):
    """Something off an order: an amount, or percents of what it is good for."""

    off: int
    """Minor units; 0 where it is percents."""
    percent: int
    """1 to 99; 0 where it is an amount."""
    amount_min: int
    """Minor units: what the lines it is good for must come to."""
    currency: str
    skus: tuple[str, ...] = ()
    """What it is good for; everything where there are none."""
    starts_ms: int
    """Unix milliseconds from which it is good."""
    ends_ms: int
    """Unix milliseconds from which it is good no more."""
    uses: int
    """Orders in total."""
    per_account: int
    """Orders of one account."""
    below_cost: str | None = None
    """Why lines may come to less than they cost the shop, where somebody has said so."""


class SchedulePromotion(Command, owner="catalog", key="product_id", subject="product_id"):
    """Sell one SKU of a product for less for a while."""

    product_id: str
    request_id: str
    by: str
    promotion: Promotion


class EndPromotion(Command, owner="catalog", key="product_id", subject="product_id"):
    """Stop a promotion before its time."""

    product_id: str
    request_id: str
    by: str
    promotion_id: str
    reason: str


class IssueCoupon(Command, owner="catalog", key="coupon_id", subject="coupon_id"):
    """Let buyers use a coupon. What it is worth never changes."""

    coupon_id: str
    """The code that buyers type."""
    request_id: str
    by: str
    coupon: Coupon


class EndCoupon(Command, owner="catalog", key="coupon_id", subject="coupon_id"):
    """Stop a coupon before its time."""

    coupon_id: str
    request_id: str
    by: str
    reason: str


class PromotionScheduled(Fact, owner="catalog", key="product_id", subject="product_id"):
    """One SKU will be sold for less; its units are granted as a quota."""

    product_id: str
    request_id: str
    by: str
    revision: int
    """The product's, as in ProductListed."""
    promotion: Promotion


class PromotionEnded(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A promotion holds no more."""

    product_id: str
    request_id: str
    by: str
    revision: int
    promotion_id: str
    reason: str


class CouponIssued(Fact, owner="catalog", key="coupon_id", subject="coupon_id"):
    """A coupon can be used; its uses are granted as a quota."""

    coupon_id: str
    request_id: str
    by: str
    coupon: Coupon


class CouponEnded(Fact, owner="catalog", key="coupon_id", subject="coupon_id"):
    """A coupon can be used no more."""

    coupon_id: str
    request_id: str
    by: str
    reason: str


class CouponRefused(Fact, owner="catalog", key="coupon_id", subject="coupon_id"):
    """A command about a coupon was refused; nothing changed."""

    coupon_id: str
    request_id: str
    by: str
    code: str
    """COUPON_EXISTS, UNKNOWN_COUPON, BAD_COUPON, BAD_CURRENCY."""
