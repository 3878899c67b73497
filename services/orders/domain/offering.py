"""What a line is offered at: base → best of member, tier, promotion → coupon."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shared.contracts.catalog import Kind, Offer
from shared.contracts.orders import LineError, PlaceOrder, Quota, WantedLine
from shared.contracts.promotions import Coupon, Promotion
from shared.kernel.coupons import Amount, shares
from shared.kernel.pricing import best_promotion, floor, unit_price
from shared.kernel.quotas import QUOTAS_FROM, coupon_sku, promotion_sku

from .counting import left, used_key
from .state import Used


@dataclass(frozen=True, slots=True)
class Offered:
    """A SKU on the shelf, with what is used of its product."""

    product_id: str
    product_name: str
    kind: Kind
    currency: str
    revision: int
    offer: Offer
    form_id: str | None = None
    """What a top-up's target has to fit."""
    shape: str | None = None
    promotions: tuple[Promotion, ...] = ()
    """Of this SKU, whenever they hold."""
    refund_window_h: int | None = None

    @property
    def orderable(self) -> bool:
        """A top-up can be delivered only where it is said what its buyer must say."""
        return self.kind == "card" or self.form_id is not None


class Priced(NamedTuple):
    """What a line costs each."""

    plain: int
    """Minor units: the best without a promotion."""
    promotion: Promotion | None
    """The one that beats it now."""

    @property
    def best(self) -> int:
        """Minor units."""
        return self.promotion.price if self.promotion else self.plain

    def under(self, price: int) -> Promotion | None:
        """The promotion that this price is of."""
        found = self.promotion
        return found if found and found.price == price else None


def priced(offered: Offered, wanted: PlaceOrder, want: WantedLine) -> Priced:
    """A promotion that is used up is no longer shown: its line may also cost what it else would."""
    offer = offered.offer
    plain = unit_price(
        offer.price, offer.member_price, offer.tiers, wanted.level, want.quantity
    )  # fmt: skip
    if not offered.promotions:
        return Priced(plain, None)
    least, at_ms = floor(offer), wanted.received_ms
    return Priced(plain, best_promotion(offered.promotions, plain, at_ms, least))


def quotas(wanted: PlaceOrder, shelf: Mapping[str, Offered]) -> tuple[Quota, ...]:
    """What the order uses up of promotions, at the prices that it names, and of its coupon."""
    found: list[Quota] = []
    if wanted.coupon is not None:
        found.append(Quota(number=QUOTAS_FROM, sku=coupon_sku(wanted.coupon), units=1))
    for number, want in enumerate(wanted.lines, start=1):
        offered = shelf.get(want.sku)
        if offered is None or not offered.promotions:
            continue
        under = priced(offered, wanted, want).under(want.unit_price)
        if under:
            sku = promotion_sku(offered.product_id, under.promotion_id)
            found.append(Quota(number=QUOTAS_FROM + number, sku=sku, units=want.quantity))
    return tuple(found)


def used_up(
    wanted: PlaceOrder, shelf: Mapping[str, Offered], used: Mapping[str, Used]
) -> list[LineError]:
    """Lines for which the account has used a promotion up."""
    asked: dict[str, int] = {}
    errors: list[LineError] = []
    for quota in quotas(wanted, shelf):
        line = quota.number - QUOTAS_FROM
        if not line:
            continue
        offered = shelf[wanted.lines[line - 1].sku]
        promotion = priced(offered, wanted, wanted.lines[line - 1]).promotion
        mine = used.get(used_key(quota.sku, wanted.account_id))
        most = left(mine, promotion.per_account) if promotion else 0
        asked[quota.sku] = asked.get(quota.sku, 0) + quota.units
        if asked[quota.sku] > most:
            errors.append(LineError(line=line, code="PROMOTION_LIMIT", limit=most))
    return errors


def discounts(
    wanted: PlaceOrder, coupon: Coupon | None, shelf: Mapping[str, Offered],
    used: Mapping[str, Used],
) -> tuple[int, ...] | str:  # fmt: skip
    """What the coupon takes off each line, minor units; or why it takes off nothing."""
    if wanted.coupon is None:
        return (0,) * len(wanted.lines)
    amounts = [
        Amount(
            want.sku, want.quantity * want.unit_price, want.quantity * floor(shelf[want.sku].offer)
        )
        for want in wanted.lines
    ]
    found = shares(coupon, amounts, wanted.currency, wanted.received_ms)
    if isinstance(found, str) or coupon is None:
        return found
    mine = used.get(used_key(coupon_sku(wanted.coupon), wanted.account_id))
    return found if left(mine, coupon.per_account) else "COUPON_USED_UP"
