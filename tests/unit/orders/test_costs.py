"""Never below cost unless somebody says why: where an order is charged, and where it is shown (A9).

The door and orders ask the same functions: shared/kernel/pricing.py and coupons.py.
"""

from dataclasses import replace
from typing import Any

import pytest

from services.gateway.api.product_shapes import SkuShape
from services.gateway.projections.catalogue import apply as shown
from services.orders import projections
from shared.contracts.orders import LineError
from shared.kernel.coupons import Amount, shares
from shared.kernel.pricing import best_promotion, floor
from tests.unit.catalog import examples as catalog
from tests.unit.orders import examples as say
from tests.unit.orders.promotions import COUPON_ID, FLASH, USES, coupon, place, promotion, shelf

PRICE = say.PRICES["jw-10"]
COST = 950
WHY = "a gift"
LINES = [Amount("jw-10", PRICE, COST), Amount("jw-50", 4_925, 4_000)]


def on_shelf(*promotions: Any, **offer: Any) -> Any:
    """What the first SKU costs the shop is known."""
    found = shelf(*promotions)
    costed = found["jw-10"].offer.model_copy(update={"cost": COST, **offer})
    return {**found, "jw-10": replace(found["jw-10"], offer=costed)}


def with_coupon(off: int, **changes: Any) -> Any:
    words: Any = {"below_cost": changes.pop("below_cost", None)}
    good = coupon(off=off, **words)
    return place(say.want(), good=good, coupon=COUPON_ID, **changes)


def test_a_coupon_may_take_off_what_the_line_earns() -> None:
    lines = (say.line(discount=PRICE - COST, floor=COST),)
    words: Any = {"coupon": COUPON_ID, "discount": PRICE - COST, "quotas": (USES,)}
    asked = with_coupon(PRICE - COST, shelf=on_shelf())
    say.given().when(asked).then(say.placed(lines=lines, total=COST, **words))


def test_a_coupon_that_brings_a_line_below_cost_is_refused_and_tells_no_cost() -> None:
    code = "COUPON_BELOW_COST"
    say.refuses(with_coupon(PRICE - COST + 1, shelf=on_shelf()), code, LineError(line=0, code=code))


@pytest.mark.parametrize(("good", "offer"), [({"below_cost": WHY}, {}), ({}, {"below_cost": WHY})])
def test_a_coupon_or_a_product_may_go_below_where_somebody_has_said_why(
    good: Any, offer: Any
) -> None:
    lines = (say.line(discount=500),)
    words: Any = {"coupon": COUPON_ID, "discount": 500, "quotas": (USES,)}
    asked = with_coupon(500, shelf=on_shelf(**offer), **good)
    say.given().when(asked).then(say.placed(lines=lines, total=PRICE - 500, **words))


def test_a_line_says_what_it_must_come_to_where_that_is_known() -> None:
    asked = place(say.want(quantity=3), shelf=on_shelf(promotion(price=PRICE)))
    lines = (say.line(quantity=3, floor=3 * COST),)
    say.given().when(asked).then(say.placed(lines=lines, total=3 * PRICE))


def test_a_promotion_from_when_it_cost_less_holds_no_more() -> None:
    """Its price was decided before the cost rose: the door shows it no longer either."""
    asked = place(say.want(unit_price=FLASH), shelf=on_shelf())
    error = LineError(line=1, code="PRICE_CHANGED", unit_price=PRICE)
    say.refuses(asked, "PRICE_CHANGED", error)
    allowed = on_shelf(promotion(below_cost=WHY))
    assert best_promotion(allowed["jw-10"].promotions, PRICE, say.NOW_MS, COST)
    lines = (say.line(unit_price=FLASH, promotion="flash"),)
    facts = say.given().when(place(say.want(unit_price=FLASH), shelf=allowed)).facts
    assert [fact.lines for fact in facts if hasattr(fact, "lines")] == [lines]


def test_no_line_is_saved_by_what_another_one_earns() -> None:
    good = coupon(off=400, amount_min=0)
    assert shares(good, LINES, "CNY", say.NOW_MS) == "COUPON_BELOW_COST"
    only = coupon(off=400, amount_min=0, skus=("jw-50",))
    assert shares(only, LINES, "CNY", say.NOW_MS) == (0, 400)


def test_the_shelf_of_orders_and_of_the_door_follow_a_price_and_its_cost_alike() -> None:
    """A cost that is not said again stays; why it may be undercut is asked at each price."""
    rows: Any = {}
    doc: Any = None
    allowed: Any = {"cost": 9_000, "below_cost": WHY}
    listed = catalog.listed(offers=(catalog.offer(**allowed),))
    steps: list[tuple[Any, int]] = [
        (listed, 0),
        (catalog.price_changed(), 9_000),
        (catalog.price_changed(cost=9_500), 9_500),
        (catalog.price_changed(below_cost=WHY), 0),
        (catalog.price_changed(cost=0), 0),
    ]
    for fact, least in steps:
        projections.apply(rows, fact)
        doc = shown(doc, fact)
        assert floor(rows["sku/jcard-100"].offer) == floor(doc.offers[0]) == least, fact


def test_no_buyer_is_told_what_a_product_costs_the_shop() -> None:
    assert not {"cost", "below_cost"} & set(SkuShape.model_fields)
