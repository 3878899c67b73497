"""The shapes of the catalogue as the public sees it."""

from typing import Literal

from .review_shapes import RatingShape
from .shapes import Money as MoneyShape
from .shapes import Shape


class StockShape(Shape):
    """How much there is, in a word, and as of when."""

    state: str
    label: str
    as_of: str | None


class TierShape(Shape):
    """The price of each from so many on."""

    quantity_min: int
    price: MoneyShape


class DeliveryShape(Shape):
    """How it is delivered, and how long that has taken; null before the first delivery."""

    kind: Literal["card", "topup"]
    p50_ms: int | None
    p95_ms: int | None


class LimitsShape(Shape):
    """How many one line may hold."""

    quantity_min: int
    quantity_max: int


class FieldShape(Shape):
    """A field of a top-up's form: as contracts' Field."""

    name: str
    label: str
    """Chinese, then ` · ` and English where it differs."""
    letters: Literal["digits", "plain", "any"]
    length_min: int
    length_max: int
    prefixes: list[str]
    """Empty: any."""
    options: list[str]
    """Empty: anything that fits."""
    required: bool


class PromotionShape(Shape):
    """A lower price for a while, while some of it is left."""

    promotion_id: str
    ends_at: str
    left: int
    """Units that are sold at this price in total."""
    per_account: int
    """Units of one account."""


class SkuShape(Shape):
    """What can be ordered."""

    sku: str
    name: str
    face_value: MoneyShape
    price: MoneyShape
    """What this buyer pays for one."""
    discount: float
    """1 − price / face value; 0 where there is no face value."""
    promotion: PromotionShape | None
    """Under which the price stands."""
    tiers: list[TierShape]
    stock: StockShape
    delivery: DeliveryShape
    limits: LimitsShape
    form: list[FieldShape]
    """What must be said to order it."""


class ProductShape(Shape):
    """A product with its SKUs."""

    product_id: str
    name: str
    category: list[str]
    kind: str
    shape: str | None
    """What its cards are made of; none: a single code, or a top-up."""
    guide: str
    refund_window_h: int | None
    """Hours after delivery for which a line may be disputed; none: the shop's own 72."""
    revision: int
    rating: RatingShape
    """By who completed an order of it."""
    skus: list[SkuShape]


class Products(Shape):
    """A page of products."""

    items: list[ProductShape]
    next_cursor: str | None


class CategoryShape(Shape):
    """A category with those inside it."""

    name: str
    products: int
    children: list["CategoryShape"]


class Categories(Shape):
    """All categories."""

    items: list[CategoryShape]
    next_cursor: None


class PastPrice(Shape):
    """What a SKU has cost from a moment on."""

    time: str
    revision: int
    sku: str
    price: MoneyShape
    member_price: MoneyShape
    tiers: list[TierShape]


class PastPrices(Shape):
    """A page of a product's prices, the newest first."""

    items: list[PastPrice]
    next_cursor: str | None
