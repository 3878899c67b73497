"""Reviews on the wire: for everybody without a name, for support with whose they are."""

from typing import Annotated, Any, Final

from pydantic import Field

from services.gateway.door.door import Door
from services.gateway.projections.reviews import LineReview, Rating, ReviewRow
from shared.contracts.envelope import rfc3339

from .messages import Language, messages
from .shapes import NAME_LENGTH_MAX, Shape

TEXT_LENGTH_MAX: Final = 500
"""Characters."""
HUNDREDTHS: Final = 100


class NewReview(Shape):
    """How it was."""

    rating: Annotated[int, Field(ge=1, le=5)]
    """Stars."""
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH_MAX, pattern=r"\S")]


class NewReviewJudgement(Shape):
    """Whether everybody sees a review, and why."""

    shown: bool
    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S")]


class RatingShape(Shape):
    """What the reviews of a product come to."""

    count: int
    mean_hundredths: int | None
    """Hundredths of a star, rounded half up; null before the first review."""


class Review(Shape):
    """A review as everybody sees it."""

    review_id: str
    rating: int
    text: str
    buyer: str
    """Who it was, masked; not the same from review to review."""
    sku: str
    time: str


class Reviews(Shape):
    """A page of a product's reviews, the newest first."""

    items: list[Review]
    next_cursor: str | None
    rating: RatingShape


class OwnReview(Shape):
    """The one review of an order's line."""

    line: int
    rating: int
    text: str
    time: str


class OwnReviews(Shape):
    """All of an order."""

    items: list[OwnReview]
    next_cursor: None


class JudgedReview(Review):
    """A review as support sees it."""

    product_id: str
    order_id: str
    line: int
    account_id: str
    shown: bool
    judged_by: str | None
    reason: str | None
    judged_at: str | None


class JudgedReviews(Shape):
    """A page of them, the newest first."""

    items: list[JudgedReview]
    next_cursor: str | None


class Reviewing(Shape):
    """It is on the log."""

    order_id: str
    line: int


class Judging(Shape):
    """It is on the log."""

    review_id: str


def purpose(order_id: str, line: int) -> str:
    """What a line's review is sealed for."""
    return f"review/{order_id}/{line}"


def sealed(door: Door, order_id: str, line: int, text: str) -> str:
    """The text, so that it can stand on the log."""
    return door.secrets.own.seal(text, purpose(order_id, line))


def text_of(door: Door, row: ReviewRow | LineReview) -> str:
    """What was said."""
    return door.secrets.own.open(row.sealed_text, purpose(row.order_id, row.line))


def rating_json(rating: Rating | None) -> dict[str, int | None]:
    """Count and mean, in whole numbers."""
    if rating is None or not rating.reviews:
        return {"count": 0, "mean_hundredths": None}
    doubled = 2 * HUNDREDTHS * rating.stars + rating.reviews
    return {"count": rating.reviews, "mean_hundredths": doubled // (2 * rating.reviews)}


def told(door: Door, row: ReviewRow, language: Language) -> dict[str, Any]:
    """As everybody sees it: two letters that follow from the review alone stand for its buyer."""
    mask = {"first": row.review_id[0], "last": row.review_id[-1]}
    return {
        "review_id": row.review_id, "rating": row.rating, "text": text_of(door, row),
        "buyer": messages().texts["review_buyer"].told(language).format(**mask),
        "sku": row.sku, "time": rfc3339(row.posted_ms),
    }  # fmt: skip


def to_shop(door: Door, row: ReviewRow, language: Language) -> dict[str, Any]:
    """As support sees it."""
    return {
        **told(door, row, language), "product_id": row.product_id, "order_id": row.order_id,
        "line": row.line, "account_id": row.account_id, "shown": row.shown,
        "judged_by": row.judged_by or None, "reason": row.reason or None,
        "judged_at": rfc3339(row.judged_ms) if row.judged_ms else None,
    }  # fmt: skip


def own(door: Door, row: LineReview) -> dict[str, Any]:
    """As its buyer sees it."""
    return {
        "line": row.line, "rating": row.rating, "text": text_of(door, row),
        "time": rfc3339(row.time_ms),
    }  # fmt: skip
