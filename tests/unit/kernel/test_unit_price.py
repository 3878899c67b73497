"""A unit costs the best of what level and quantity allow, whichever of them that is (A9)."""

import pytest

from shared.contracts.catalog import Tier
from shared.kernel.pricing import unit_price

TIERS = (Tier(quantity_min=10, price=80), Tier(quantity_min=100, price=90))


@pytest.mark.parametrize(
    ("level", "member_price", "quantity", "price"),
    [
        ("retail", 70, 1, 100),
        ("member", 70, 1, 70),
        ("member", 120, 1, 100),
        ("retail", 70, 10, 80),
        ("retail", 70, 100, 80),
        ("member", 70, 100, 70),
        ("member", 85, 9, 85),
        ("member", 85, 10, 80),
    ],
)
def test_the_best_of_base_member_and_tier_is_charged(
    level: str, member_price: int, quantity: int, price: int
) -> None:
    assert unit_price(100, member_price, TIERS, level, quantity) == price
