"""Only who completed an order line reviews it, and once; orders vouches for that (A7)."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.orders import process
from services.orders.domain import reviewing
from services.orders.domain.state import Ended, Sold
from shared.contracts.reviews import PostReview
from tests.unit.orders import back, papers
from tests.unit.orders import examples as say


def test_a_line_of_a_completed_order_is_reviewed_and_the_product_has_it() -> None:
    say.given(*say.COMPLETED).when(papers.reviewing()).then(papers.reviewed())
    (sent,) = process.follows(papers.reviewed())
    assert (sent.topic, sent.key) == ("catalog.commands", papers.PRODUCT)
    assert isinstance(sent.message, PostReview)
    assert (sent.message.rating, sent.message.account_id) == (5, say.ACCOUNT)


@pytest.mark.parametrize(
    "history", [say.to_payment(), say.to_paid(), say.to_delivered(), (say.cancelled(),)]
)
def test_what_is_not_completed_is_not_reviewed(history: Any) -> None:
    say.given(*history).when(papers.reviewing()).then(papers.no_review("NOT_COMPLETED"))


def test_somebody_elses_order_does_not_exist() -> None:
    unknown = papers.no_review("UNKNOWN_ORDER")
    say.given().when(papers.reviewing()).then(unknown)
    theirs = unknown.model_copy(update={"account_id": "acc-2"})
    say.given(*say.COMPLETED).when(papers.reviewing(account_id="acc-2")).then(theirs)


def test_a_line_is_reviewed_once_whatever_the_request() -> None:
    history = (*say.COMPLETED, papers.reviewed())
    again = papers.reviewing(request_id="rev-2", rating=1)
    say.given(*history).when(again).then(papers.no_review("REVIEWED", "rev-2"))
    say.given(*history).when(papers.reviewing()).then()


def test_a_line_that_is_not_there_or_went_back_is_not_reviewed() -> None:
    other = papers.no_review("UNKNOWN_LINE").model_copy(update={"line": 7})
    say.given(*say.COMPLETED).when(papers.reviewing(line=7)).then(other)
    whole = (*say.COMPLETED, back.refunding(1, whole=True), back.refunded(1, whole=True))
    say.given(*whole).when(papers.reviewing()).then(papers.no_review("NOT_COMPLETED"))


def test_a_line_that_a_coupon_has_paid_wholly_is_reviewed_unless_it_failed() -> None:
    said = papers.reviewed()
    free = Sold(said.line, 0, sku=said.sku)
    order = Ended(completed=True, account_id=say.ACCOUNT, lines=(free,))
    key = f"order/{said.order_id}"
    assert reviewing.decide({key: order}, papers.reviewing()) == [said]
    gone = replace(order, lines=(replace(free, failed=True),))
    refused = papers.no_review("UNKNOWN_LINE")
    assert reviewing.decide({key: gone}, papers.reviewing()) == [refused]


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_stars_are_one_to_five(rating: int) -> None:
    refused = papers.no_review("BAD_RATING")
    say.given(*say.COMPLETED).when(papers.reviewing(rating=rating)).then(refused)
