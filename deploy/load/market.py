"""The shops of a run with faults: plenty, too few, paid at a channel, topped up, a coupon."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.contracts.message import Command
from shared.contracts.orders import CancelOrder, PlaceOrder, Seen
from shared.contracts.promotions import Coupon, IssueCoupon
from shared.kernel import ids

from .guarded import Guarded, guarded
from .running import Running
from .shop import BY, Shop
from .stocking import issue, keys_of, put_in

SCARCE_EVERY: Final = 7
CANCEL_EVERY: Final = 11
COUPON_EVERY: Final = 13
OUTSIDE_EVERY: Final = 20
PAID_AT: Final = 3
TOPPED_AT: Final = 13
GUARDED_AT: Final = 17
"""Of twenty orders the fourth is paid at a channel, the fourteenth is a top-up, the eighteenth is
under a promotion or looked at before it goes on."""
GUARDED_PART: Final = 2
"""Of what there is of each SKU."""
OUTSIDE_SKUS: Final = 4
FIRST_SCARCE: Final = 10_000_000
COUPON_OFF: Final = 100
"""Minor units."""
COUPON_MS: Final = 24 * 3_600_000
COUPON_PER_ACCOUNT: Final = 3


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    skus: int
    buyers: int
    cards: int
    """Of each SKU that is not scarce; units of each top-up."""
    scarce: int
    coupons: int
    """Orders that a coupon is good for, in total."""


@dataclass(frozen=True)
class Market:
    """Shops that are in, with buyers in them."""

    shop: Shop
    """Cards, paid from the wallet; the last of its SKUs is scarce."""
    paid: Shop
    topped: Shop
    coupon_id: str
    seen: dict[str, Seen]
    guarded: Guarded

    @property
    def goods(self) -> tuple[str, ...]:
        """SKUs that there is enough of."""
        return self.shop.skus[:-1]

    def commands(self) -> Iterator[Command]:
        """Orders without end, some of which are cancelled as soon as they are placed."""
        plenty = self.shop.orders(self.seen, self.goods)
        scarce = self.shop.orders(self.seen, self.shop.skus[-1:], first=FIRST_SCARCE)
        paid, topped = self.paid.orders(self.seen), self.topped.orders(self.seen)
        looked_at = self.guarded.orders()
        for number, order in enumerate(plenty):
            match number % OUTSIDE_EVERY:
                case _ if number % SCARCE_EVERY == 0:
                    wanted = next(scarce)
                case at if at == PAID_AT:
                    wanted = next(paid)
                case at if at == TOPPED_AT:
                    wanted = next(topped)
                case at if at == GUARDED_AT:
                    wanted = next(looked_at)
                case _:
                    wanted = self._with_coupon(order) if number % COUPON_EVERY == 0 else order
            yield wanted
            if number % CANCEL_EVERY == 0:
                yield CancelOrder(
                    order_id=wanted.order_id, account_id=wanted.account_id,
                    request_id=ids.derive("cancel", wanted.order_id),
                )  # fmt: skip

    def _with_coupon(self, order: PlaceOrder) -> PlaceOrder:
        places = (*order.catalogue, self.seen[self.coupon_id])
        latest: dict[int, int] = {}
        for place in places:
            latest[place.shard] = max(place.position, latest.get(place.shard, 0))
        seen = tuple(Seen(shard=shard, position=at) for shard, at in latest.items())
        return order.model_copy(update={"coupon": self.coupon_id, "catalogue": seen})


async def market(running: Running, name: str, size: Size) -> Market:
    """Put all of it in."""
    shop = Shop(name, size.skus, size.buyers)
    *plenty, scarce = shop.skus
    few = max(1, size.buyers // 10)
    paid = Shop(f"{name}-paid", OUTSIDE_SKUS, few, pay_with="kapay")
    topped = Shop(f"{name}-topped", OUTSIDE_SKUS, few, tops_up=keys_of(running))
    seen = await put_in(running, shop, dict.fromkeys(plenty, size.cards) | {scarce: size.scarce})
    seen |= await put_in(running, paid, dict.fromkeys(paid.skus, size.cards))
    seen |= await put_in(running, topped, dict.fromkeys(topped.skus, size.cards))
    coupon = _coupon(name.upper(), size.coupons)
    seen |= await issue(running, coupon)
    others = await guarded(running, name, few, max(4, size.cards // GUARDED_PART))
    return Market(shop, paid, topped, coupon.coupon_id, seen, others)


def _coupon(coupon_id: str, uses: int) -> IssueCoupon:
    now_ms = time.time_ns() // 1_000_000
    terms = Coupon(
        off=COUPON_OFF, percent=0, amount_min=0, currency="CNY", starts_ms=now_ms - COUPON_MS,
        ends_ms=now_ms + COUPON_MS, uses=uses, per_account=COUPON_PER_ACCOUNT,
    )  # fmt: skip
    request_id = ids.derive("coupon", coupon_id)
    return IssueCoupon(coupon_id=coupon_id, request_id=request_id, by=BY, coupon=terms)
