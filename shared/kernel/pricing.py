"""What a unit costs this buyer: the door shows it, the order is charged it."""

from typing import Protocol


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
