"""What runs low is told with since when, how fast it sells and when it will be gone (F2)."""

from typing import Any, get_args

from services.gateway.api.admin_low_stock import low_json
from services.gateway.door.catalogue import Shelf, snapshot
from services.gateway.door.shelf import threshold_of, word_of
from services.gateway.projections import catalogue, low
from services.gateway.projections.low import Said
from services.gateway.projections.queries import LowRow, Stock
from tests.unit.gateway.test_read_models import listed
from tests.unit.inventory import examples as say

OFFERED = 3
"""What the offer says counts as low."""


def shelf() -> Shelf:
    doc = catalogue.apply(None, listed())
    assert doc is not None
    return snapshot([(0, 1, doc)]).skus["sku"]


def stock(available: int, threshold: int | None = None) -> Stock:
    return Stock("sku", 9, available, 0, 0, 0, 1, threshold)


def told(available: int, threshold: int | None = None, sold: int = 0) -> dict[str, Any] | None:
    row = LowRow("sku", low_ms=1_000, out_ms=61_000)
    return low_json(shelf(), stock(available, threshold), row, sold)


def test_every_fact_it_follows_is_one_it_knows() -> None:
    assert set(get_args(low.Followed)) == low.FOLLOWED


def test_what_was_said_last_counts() -> None:
    said = low.apply(low.apply(Said(), say.ran_low(3), 5), say.threshold_set(20), 6)
    assert said == Said(threshold=20, low_ms=5)
    assert low.apply(low.apply(said, say.ran_low(3), 7), say.sold_out(), 8) == Said(20, 7, 8)


def test_what_is_above_its_threshold_is_not_low() -> None:
    assert told(OFFERED + 1) is None
    assert told(OFFERED) is not None
    assert told(OFFERED, threshold=2) is None
    assert told(20, threshold=20) is not None


def test_it_says_how_long_what_is_left_will_last() -> None:
    found = told(20, threshold=20, sold=60)
    assert found is not None
    assert (found["available"], found["threshold"], found["sold_hour"]) == (20, 20, 60)
    assert found["minutes_left"] == 20
    assert found["since"] == "1970-01-01T00:00:01.000Z"
    slow = told(20, threshold=20)
    assert slow is not None
    assert slow["minutes_left"] is None


def test_what_is_gone_is_gone_since_it_sold_out() -> None:
    found = told(0, sold=5)
    assert found is not None
    assert (found["minutes_left"], found["since"]) == (0, "1970-01-01T00:01:01.000Z")


def test_buyers_see_little_left_by_the_threshold_that_was_set() -> None:
    """A5."""
    offer = shelf().offer
    assert threshold_of(offer, None) == threshold_of(offer, stock(9)) == OFFERED
    assert word_of(offer, stock(9)) == "plenty"
    assert word_of(offer, stock(9, threshold=9)) == "low"
