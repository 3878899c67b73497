"""Reviews: the buyer's from orders' facts, the product's from the catalogue's (A7)."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.reviews import (
    JudgementRefused,
    LineReviewed,
    ReviewDenied,
    ReviewHidden,
    ReviewPosted,
    ReviewShown,
)
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

OfOrders = LineReviewed | ReviewDenied
Judged = ReviewHidden | ReviewShown
OfCatalogue = ReviewPosted | Judged | JudgementRefused
FROM_ORDERS: Final[frozenset[type[Fact]]] = frozenset({LineReviewed, ReviewDenied})
FROM_CATALOGUE: Final[frozenset[type[Fact]]] = frozenset({
    ReviewPosted, ReviewHidden, ReviewShown, JudgementRefused,
})  # fmt: skip

Statement = tuple[str, tuple[object, ...]]

OF_LINE: Final = """
insert into line_review_view values (%s, %s, %s, %s, %s, %s) on conflict do nothing
"""
POSTED: Final = """
insert into review_view values (%s, %s, %s, %s, %s, %s, %s, %s, %s, true, '', '', 0)
on conflict do nothing
"""
JUDGED: Final = """
update review_view set shown = %s, judged_by = %s, reason = %s, judged_ms = %s
where review_id = %s
"""
COUNTED: Final = """
insert into rating_view values (%s, %s, %s) on conflict (product_id) do update
set reviews = rating_view.reviews + excluded.reviews, stars = rating_view.stars + excluded.stars
"""


class ReviewRow(NamedTuple):
    """One review of a product."""

    review_id: str
    product_id: str
    order_id: str
    line: int
    account_id: str
    sku: str
    rating: int
    """Stars."""
    sealed_text: str
    posted_ms: int
    shown: bool
    judged_by: str
    reason: str
    judged_ms: int


class LineReview(NamedTuple):
    """The one review of an order's line."""

    order_id: str
    line: int
    account_id: str
    rating: int
    """Stars."""
    sealed_text: str
    time_ms: int


class Rating(NamedTuple):
    """All reviews of a product that are shown."""

    reviews: int = 0
    stars: int = 0
    """Their sum."""


def counted(rating: Rating, fact: OfCatalogue) -> Rating:
    """The product's rating after the fact."""
    match fact:
        case ReviewPosted() | ReviewShown():
            return Rating(rating.reviews + 1, rating.stars + fact.rating)
        case ReviewHidden():
            return Rating(rating.reviews - 1, rating.stars - fact.rating)
        case JudgementRefused():
            return rating


def statements(fact: OfOrders | OfCatalogue, time_ms: int) -> list[Statement]:
    """What the fact writes, beside the rating: reviews are few beside orders."""
    match fact:
        case LineReviewed():
            row = (fact.order_id, fact.line, fact.account_id, fact.rating, fact.sealed_text)
            return [(OF_LINE, (*row, time_ms)), _answered(fact, "")]
        case ReviewDenied() | JudgementRefused():
            return [_answered(fact, fact.code)]
        case ReviewPosted():
            named = (fact.review_id, fact.product_id, fact.order_id, fact.line, fact.account_id)
            return [(POSTED, (*named, fact.sku, fact.rating, fact.sealed_text, time_ms))]
        case ReviewHidden() | ReviewShown():
            shown = isinstance(fact, ReviewShown)
            judged = (shown, fact.by, fact.reason, time_ms, fact.review_id)
            return [(JUDGED, judged), _answered(fact, "")]


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of orders' or the catalogue's facts."""
    ratings: dict[str, Rating] = {}
    for fact, envelope, _ in landed:
        if not isinstance(fact, OfOrders | OfCatalogue):
            continue
        for text, row in statements(fact, time_of(envelope.time)):
            await connection.execute(text.encode(), row)
        if isinstance(fact, OfCatalogue):
            before = ratings.get(fact.product_id, Rating())
            ratings[fact.product_id] = counted(before, fact)
        if not isinstance(fact, ReviewPosted):
            changed[signals.request(fact.request_id)] = None
    for product_id in sorted(ratings):
        if any(ratings[product_id]):
            await connection.execute(COUNTED.encode(), (product_id, *ratings[product_id]))


def _answered(fact: OfOrders | Judged | JudgementRefused, code: str) -> Statement:
    whose = fact.by if isinstance(fact, Judged | JudgementRefused) else fact.account_id
    return ATTEMPT, (fact.request_id, whose, code)
