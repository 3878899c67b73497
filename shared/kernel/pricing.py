"""What a unit costs this buyer: the door shows it, the order is charged it.

Never below what it costs the shop, unless somebody has said why.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Tiered(Protocol):
    """A lower price from a quantity on; minor units."""

    @property
    def quantity_min(self) -> int: ...  # said by the class
    @property
    def price(self) -> int: ...  # said by the class


class Costed(Protocol):
    """What one costs the shop, minor units; and why it may be sold for less."""

    @property
    def cost(self) -> int | None: ...  # said by the class
    @property
    def below_cost(self) -> str | None: ...  # said by the class


def unit_price(
    price: int, member_price: int, tiers: "tuple[Tiered, ...]", level: str, quantity: int
) -> int:
    """Minor units, each: the best of what the buyer's level and the quantity allow."""
    allowed = [price]
    if level == "member":
        allowed.append(member_price)
    allowed += [tier.price for tier in tiers if quantity >= tier.quantity_min]
    return min(allowed)


def lowest(price: int, member_price: int, tiers: "Sequence[Tiered]") -> int:
    """The least that any buyer pays for one, minor units, without a promotion."""
    return min([price, member_price, *(tier.price for tier in tiers)])


def floor(offer: Costed) -> int:
    """Minor units that one must come to; 0 where no cost is known, or less is allowed."""
    return 0 if offer.below_cost else offer.cost or 0


class Promoted(Protocol):
    """A lower price for a while; as in contracts' Promotion."""

    @property
    def price(self) -> int: ...  # said by the class
    @property
    def starts_ms(self) -> int: ...  # said by the class
    @property
    def ends_ms(self) -> int: ...  # said by the class
    @property
    def below_cost(self) -> str | None: ...  # said by the class


P = TypeVar("P", bound=Promoted)


def may_hold(promotion: Promoted, least: int) -> bool:
    """Whether a promotion is in force at all: not under the floor of its SKU, unless it may be."""
    return bool(promotion.below_cost) or promotion.price >= least


def best_promotion(promotions: Iterable[P], price: int, at_ms: int, least: int = 0) -> P | None:
    """The promotion that beats ``price`` now by most; the earliest of equal ones.

    One under ``least``, the floor of its SKU, holds only if it may be: it was scheduled when that
    was lower.
    """
    held = [each for each in promotions if each.starts_ms <= at_ms < each.ends_ms]
    better = [each for each in held if each.price < price and may_hold(each, least)]
    return min(better, key=lambda each: each.price, default=None)
