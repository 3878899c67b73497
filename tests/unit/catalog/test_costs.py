"""Never below cost unless somebody says why: where a price is decided (A9)."""

from typing import Any

import pytest

from services.catalog import domain
from shared.contracts.message import Fact
from shared.testing.scenario import World, given
from tests.unit.catalog import examples as say

COST = 9_500
WHY = "clearing old stock"
COSTED = say.listed(offers=(say.offer(cost=COST),))


@pytest.mark.parametrize(
    "prices",
    [
        {"price": COST - 1, "member_price": COST - 1, "tiers": ()},
        {"member_price": COST - 1},
        {"tiers": say.tiers((100, COST - 1))},
    ],
)
def test_nothing_is_listed_below_its_cost_unless_somebody_says_why(prices: Any) -> None:
    under = say.list_product(offers=(say.offer(cost=COST, **prices),))
    given(domain).when(under).then(say.refused("BELOW_COST", "req-1"))
    allowed = (say.offer(cost=COST, below_cost=WHY, **prices),)
    given(domain).when(say.list_product(offers=allowed)).then(say.listed(offers=allowed))


@pytest.mark.parametrize("cost", [None, COST, 9_750])
def test_at_its_cost_or_where_nobody_knows_it_anything_may_be_listed(cost: int | None) -> None:
    offers = (say.offer(cost=cost),)
    given(domain).when(say.list_product(offers=offers)).then(say.listed(offers=offers))


def test_a_price_may_fall_to_the_cost_and_not_below() -> None:
    down: Any = {"price": COST, "member_price": COST}
    given(domain, COSTED).when(say.change_price(**down)).then(say.price_changed(**down))
    under: Any = {"price": COST, "member_price": COST - 1}
    refused = say.refused("BELOW_COST", "req-2")
    given(domain, COSTED).when(say.change_price(**under)).then(refused)
    why = {**under, "below_cost": WHY}
    given(domain, COSTED).when(say.change_price(**why)).then(say.price_changed(**why))


def test_what_it_costs_from_here_on_is_what_its_next_price_is_held_against() -> None:
    dearer = say.price_changed(cost=9_600)
    given(domain, COSTED).when(say.change_price(cost=9_601)).then(
        say.refused("BELOW_COST", "req-2")
    )
    again = say.change_price("req-9", price=9_599, member_price=9_599)
    given(domain, COSTED, dearer).when(again).then(say.refused("BELOW_COST", "req-9"))
    free = say.price_changed(cost=0)
    down: Any = {"request_id": "req-9", "price": 1, "member_price": 1}
    given(domain, COSTED, free).when(say.change_price(**down)).then(
        say.price_changed(revision=3, **down)
    )


def test_why_a_price_changes_is_kept_with_it() -> None:
    """A8."""
    why: Any = {"reason": "the maker asks for more", "cost": 9_501}
    given(domain, COSTED).when(say.change_price(**why)).then(say.price_changed(**why))


def test_who_may_go_below_once_is_asked_again_at_the_next_price() -> None:
    allowed = say.price_changed(price=1, member_price=1, below_cost=WHY)
    again = say.change_price("req-9", price=2, member_price=2)
    given(domain, COSTED, allowed).when(again).then(say.refused("BELOW_COST", "req-9"))


@pytest.mark.parametrize(
    ("history", "changes", "ends"),
    [
        ([COSTED], {"price": COST - 1}, "BELOW_COST"),
        ([COSTED], {"price": COST}, "PromotionScheduled"),
        ([COSTED], {"price": COST - 1, "below_cost": WHY}, "PromotionScheduled"),
        ([say.listed(offers=(say.offer(cost=COST, below_cost=WHY),))], {"price": 1},
         "PromotionScheduled"),
        ([COSTED, say.price_changed(cost=9_600)], {"price": COST}, "BELOW_COST"),
    ],
)  # fmt: skip
def test_a_promotion_below_cost_is_refused_unless_somebody_says_why(
    history: list[Fact], changes: Any, ends: str
) -> None:
    (fact,) = World(domain).fold(*history).decide(say.schedule(**changes))
    assert ends == getattr(fact, "code", type(fact).__name__)
