"""A review: posted once, then hidden and shown again by people, with a reason (A7)."""

from collections.abc import Iterable
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.message import Fact
from shared.contracts.reviews import (
    JudgementRefused,
    JudgeReview,
    PostReview,
    ReviewHidden,
    ReviewPosted,
    ReviewShown,
    ReviewUnplaced,
)

from .product import Product

Command = PostReview | JudgeReview
Event = ReviewPosted | ReviewUnplaced | ReviewHidden | ReviewShown | JudgementRefused
Refusal = Literal["UNKNOWN_REVIEW", "NO_CHANGE", "REASON_REQUIRED"]


class Review(Struct, frozen=True, array_like=True, gc=False, tag="v"):
    """`review/<review>`: what counts of it."""

    rating: int
    """Stars; 0: it is of nothing that the product offers."""
    shown: bool = True


def keys(message: Command | Event) -> Iterable[str]:
    """The review; with it the product, or where it is remembered that this was judged."""
    match message:
        case JudgementRefused():
            return (_request(message),)
        case JudgeReview() | ReviewHidden() | ReviewShown():
            return (_review(message), _request(message))
        case PostReview():
            return (_review(message), f"product/{message.product_id}")
        case ReviewPosted() | ReviewUnplaced():
            return (_review(message),)
        case _ as never:
            assert_never(never)


def decide(review: Review | None, product: Product | None, command: Command) -> list[Fact]:
    """What a review, or a judgement that has had no answer yet, comes to."""
    match command:
        case PostReview():
            return [] if review else [_posted(product, command)]
        case JudgeReview():
            return [_judged(review, command)]
        case _ as never:
            assert_never(never)


def evolve(review: Review | None, fact: Event) -> Review | None:
    """The review after the fact."""
    match fact:
        case ReviewPosted():
            return Review(fact.rating)
        case ReviewUnplaced():
            return Review(0)
        case ReviewHidden():
            return replace(review or Review(fact.rating), shown=False)
        case ReviewShown():
            return replace(review or Review(fact.rating), shown=True)
        case JudgementRefused():
            return review
        case _ as never:
            assert_never(never)


def _posted(product: Product | None, said: PostReview) -> Fact:
    if product is not None and said.sku in product.skus:
        return ReviewPosted(**said.model_dump())
    return ReviewUnplaced(
        product_id=said.product_id, review_id=said.review_id, order_id=said.order_id,
        line=said.line, account_id=said.account_id,
        code="UNKNOWN_SKU" if product else "UNKNOWN_PRODUCT",
    )  # fmt: skip


def _judged(review: Review | None, said: JudgeReview) -> Fact:
    if review is None or not review.rating:
        return _refused(said, "UNKNOWN_REVIEW")
    if review.shown == said.shown:
        return _refused(said, "NO_CHANGE")
    if not said.reason.strip():
        return _refused(said, "REASON_REQUIRED")
    told = ReviewShown if said.shown else ReviewHidden
    return told(
        product_id=said.product_id, review_id=said.review_id, request_id=said.request_id,
        rating=review.rating, by=said.by, reason=said.reason,
    )  # fmt: skip


def _refused(said: JudgeReview, code: Refusal) -> JudgementRefused:
    return JudgementRefused(
        product_id=said.product_id, review_id=said.review_id, request_id=said.request_id,
        by=said.by, code=code,
    )  # fmt: skip


def _review(message: Command | ReviewPosted | ReviewUnplaced | ReviewHidden | ReviewShown) -> str:
    return f"review/{message.review_id}"


def _request(message: JudgeReview | ReviewHidden | ReviewShown | JudgementRefused) -> str:
    return f"request/{message.product_id}/{message.request_id}"
