"""Those who set prices see why one changed, and what a risen cost has passed (A8, A9)."""

from typing import Any

import msgspec

from services.gateway.api.admin_prices import promotion_json
from services.gateway.projections.catalogue import OfferDoc, ProductDoc, PromotionDoc, price_rows
from shared.contracts.catalog import PriceChanged
from shared.kernel.pricing import best_promotion, floor
from tests.unit.catalog import examples as say

COST = 9_500
PROMOTION = PromotionDoc("promo", "a", COST, 0, 10, 5, 1)


def offer(**changes: Any) -> OfferDoc:
    told = {"price": 9_850, "member_price": 9_850, "tiers": (), "quantity_max": 9, "low_stock": 0}
    return OfferDoc(sku="a", name="100", face_value=10_000, **{**told, **changes})


def product(one: OfferDoc) -> ProductDoc:
    return ProductDoc("p", 1, True, "p", (), "card", "CNY", "", (), (one,))


def test_who_changed_a_price_and_why_stands_beside_it() -> None:
    fact: PriceChanged = say.price_changed(cost=COST, reason="the maker asks for more")
    tiers = msgspec.msgpack.encode([])
    assert price_rows(fact, 7) == [
        ("jcard", 2, "jcard-100", 7, 9_700, 9_600, tiers, COST, "", "wang",
         "the maker asks for more"),
    ]  # fmt: skip


def test_what_was_listed_has_its_costs_and_no_reason() -> None:
    rows = price_rows(say.listed(offers=(say.offer(cost=COST), say.offer("jcard-50"))), 7)
    assert [(row[2], row[7], row[9], row[10]) for row in rows] == [
        ("jcard-100", COST, "wang", ""), ("jcard-50", None, "wang", ""),
    ]  # fmt: skip


def test_a_promotion_that_a_risen_cost_has_passed_is_shown_as_that_and_not_in_force() -> None:
    for cost, passed in ((0, False), (COST, False), (COST + 1, True)):
        one = offer(cost=cost)
        shown = promotion_json(product(one), PROMOTION, None, now_ms=5)
        assert shown["below_cost"] is passed
        assert (best_promotion([PROMOTION], one.price, 5, floor(one)) is None) is passed


def test_a_promotion_that_may_be_below_cost_is_in_force() -> None:
    allowed = msgspec.structs.replace(PROMOTION, below_cost="clearing old stock")
    assert not promotion_json(product(offer(cost=COST + 1)), allowed, None, 5)["below_cost"]
    free = offer(cost=COST + 1, below_cost="clearing old stock")
    assert not promotion_json(product(free), PROMOTION, None, 5)["below_cost"]
