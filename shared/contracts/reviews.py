"""Reviews: who completed an order line says how it was, once. Orders vouches, the catalogue keeps.

Orders knows whether a line was completed (partition key: account id); a review belongs to its
product (partition key: product id).
"""

from typing import Literal

from .message import Command, Fact


class ReviewLine(Command, owner="orders", key="account_id", subject="order_id"):
    """The buyer says how a line of a completed order was."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    product_id: str
    rating: int
    """Stars, 1 to 5."""
    sealed_text: str
    """Sealed to the gateway."""


class LineReviewed(Fact, owner="orders", key="account_id", subject="order_id"):
    """The line was completed and this is its one review."""

    order_id: str
    account_id: str
    request_id: str
    review_id: str
    line: int
    sku: str
    product_id: str
    rating: int
    """Stars."""
    sealed_text: str


class ReviewDenied(Fact, owner="orders", key="account_id", subject="order_id"):
    """A review that cannot be: nothing changed."""

    order_id: str
    account_id: str
    request_id: str
    line: int
    code: Literal["UNKNOWN_ORDER", "NOT_COMPLETED", "UNKNOWN_LINE", "REVIEWED", "BAD_RATING"]


class PostReview(Command, owner="catalog", key="product_id", subject="product_id"):
    """Orders vouches for this review."""

    product_id: str
    review_id: str
    order_id: str
    line: int
    account_id: str
    sku: str
    rating: int
    """Stars."""
    sealed_text: str


class JudgeReview(Command, owner="catalog", key="product_id", subject="product_id"):
    """Support hides a review, or shows it again."""

    product_id: str
    review_id: str
    request_id: str
    shown: bool
    by: str
    reason: str


class ReviewPosted(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A product has one more review, for everybody to see."""

    product_id: str
    review_id: str
    order_id: str
    line: int
    account_id: str
    sku: str
    rating: int
    """Stars."""
    sealed_text: str


class ReviewUnplaced(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A review of what this product does not offer: it is nowhere to be seen."""

    product_id: str
    review_id: str
    order_id: str
    line: int
    account_id: str
    code: Literal["UNKNOWN_PRODUCT", "UNKNOWN_SKU"]


class ReviewHidden(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A person has hidden a review: it is neither shown nor counted."""

    product_id: str
    review_id: str
    request_id: str
    rating: int
    """Stars that no longer count."""
    by: str
    reason: str


class ReviewShown(Fact, owner="catalog", key="product_id", subject="product_id"):
    """A person shows a review again: it counts as before."""

    product_id: str
    review_id: str
    request_id: str
    rating: int
    """Stars that count again."""
    by: str
    reason: str


class JudgementRefused(Fact, owner="catalog", key="product_id", subject="product_id"):
    """What was to become of a review cannot be: nothing changed."""

    product_id: str
    review_id: str
    request_id: str
    by: str
    code: Literal["UNKNOWN_REVIEW", "NO_CHANGE", "REASON_REQUIRED"]
