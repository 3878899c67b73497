"""What a unit costs this buyer: the door shows it, the order is charged it."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Tiered(Protocol):
    """A lower price from a quantity on; minor units."""

    @property
    def quantity_min(self) -> int: ...  # said by the class
    @property
    def price(self) -> int: ...  # said by the class


def unit_price(
    price: int, member_price: int, tiers: "tuple[Tiered, ...]", level: str, quantity: int
) -> int:
    """Minor units, each: the best of what the buyer's level and the quantity allow."""
    allowed = [price]
    if level == "member":
        allowed.append(member_price)
    allowed += [tier.price for tier in tiers if quantity >= tier.quantity_min]
    return min(allowed)


class Promoted(Protocol):
    """A lower price for a while; as in contracts' Promotion."""

    @property
    def price(self) -> int: ...  # said by the class
    @property
    def starts_ms(self) -> int: ...  # said by the class
    @property
    def ends_ms(self) -> int: ...  # said by the class


P = TypeVar("P", bound=Promoted)


def best_promotion(promotions: Iterable[P], price: int, at_ms: int) -> P | None:
    """The promotion that beats ``price`` now by most; the earliest of equal ones."""
    held = [each for each in promotions if each.starts_ms <= at_ms < each.ends_ms]
    better = [each for each in held if each.price < price]
    return min(better, key=lambda each: each.price, default=None)
