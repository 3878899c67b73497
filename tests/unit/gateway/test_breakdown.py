"""What is charged is told with what it was before, and why it is less (B4, A8)."""

from typing import Any

import pytest

from services.gateway.api.checking import charged
from services.gateway.door.catalogue import Shelf, snapshot
from services.gateway.projections import catalogue
from tests.unit.gateway.test_read_models import listed

RETAIL, MEMBER, TIER, FLASH = 4_800, 4_750, 4_725, 4_000


def shelf() -> Shelf:
    doc = catalogue.apply(None, listed())
    assert doc is not None
    return snapshot([(0, 1, doc)]).skus["sku"]


@pytest.mark.parametrize(
    ("level", "quantity", "promoted", "by", "each"),
    [
        ("retail", 1, None, "base", RETAIL),
        ("member", 1, None, "member", MEMBER),
        ("retail", 50, None, "tier", TIER),
        ("member", 50, None, "tier", TIER),
        ("member", 50, FLASH, "promotion", FLASH),
    ],
)
def test_a_line_says_what_it_cost_before_and_what_made_it_less(
    level: str, quantity: int, promoted: int | None, by: str, each: int
) -> None:
    usual = shelf().price(level, quantity)
    found: dict[str, Any] = charged(shelf(), level, usual, promoted or usual)
    assert found["by"] == by
    assert found["base_price"] == {"amount": RETAIL, "currency": "CNY"}
    assert found["unit_price"]["amount"] == each
