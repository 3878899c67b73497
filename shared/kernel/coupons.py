"""What a coupon takes off an order: the door shows it, the order is charged it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

CouponCode = Literal[
    "UNKNOWN_COUPON", "COUPON_NOT_YET", "COUPON_ENDED", "COUPON_CURRENCY", "COUPON_AMOUNT_MIN",
    "COUPON_BELOW_COST",
]  # fmt: skip


class Good(Protocol):
    """What a coupon is good for; as in contracts' Coupon."""

    @property
    def off(self) -> int: ...  # said by the class
    @property
    def percent(self) -> int: ...  # said by the class
    @property
    def amount_min(self) -> int: ...  # said by the class
    @property
    def currency(self) -> str: ...  # said by the class
    @property
    def skus(self) -> tuple[str, ...]: ...  # said by the class
    @property
    def starts_ms(self) -> int: ...  # said by the class
    @property
    def ends_ms(self) -> int: ...  # said by the class
    @property
    def below_cost(self) -> str | None: ...  # said by the class


class Amount(NamedTuple):
    """A line as a coupon sees it."""

    sku: str
    amount: int
    """Minor units, the whole line."""
    floor: int = 0
    """Minor units that the whole line must come to."""


def shares(
    coupon: Good | None, lines: Sequence[Amount], currency: str, at_ms: int
) -> tuple[int, ...] | CouponCode:
    """What it takes off each line, minor units; or why it takes off nothing.

    An order that costs something still does: one minor unit of it at least is left. Where a line
    would come to less than it may the coupon is refused, not cut: what is left of it would tell
    every buyer to the cent what the line costs the shop.
    """
    if coupon is None:
        return "UNKNOWN_COUPON"
    if at_ms < coupon.starts_ms:
        return "COUPON_NOT_YET"
    if at_ms >= coupon.ends_ms:
        return "COUPON_ENDED"
    if currency != coupon.currency:
        return "COUPON_CURRENCY"
    good = [each.amount if not coupon.skus or each.sku in coupon.skus else 0 for each in lines]
    whole = sum(good)
    if not whole or whole < coupon.amount_min:
        return "COUPON_AMOUNT_MIN"
    off = coupon.off or whole * coupon.percent // 100
    most = whole if whole < sum(each.amount for each in lines) else whole - 1
    found = _split(min(off, most), good)
    under = [
        share and each.amount - share < each.floor for each, share in zip(lines, found, strict=True)
    ]
    return "COUPON_BELOW_COST" if any(under) and not coupon.below_cost else found


def _split(off: int, amounts: Sequence[int]) -> tuple[int, ...]:
    """In proportion to the amounts, none above its own; what is left over from the first on."""
    whole = sum(amounts)
    found = [off * amount // whole for amount in amounts]
    left = off - sum(found)
    for at, amount in enumerate(amounts):
        more = min(left, amount - found[at], 1)
        found[at] += more
        left -= more
    return tuple(found)
