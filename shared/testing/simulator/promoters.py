"""Whoever sells for less for a while: promotions and coupons, of which there are only so many."""

import asyncio
from typing import Final

from shared.contracts.message import Fact
from shared.contracts.promotions import (
    Coupon,
    CouponEnded,
    CouponIssued,
    EndCoupon,
    EndPromotion,
    IssueCoupon,
    Promotion,
    PromotionEnded,
    PromotionScheduled,
    SchedulePromotion,
)

from .dice import Dice, dice_of
from .operators import PRICE, Shop, skus_of
from .world import World

PROMOTIONS_MAX: Final = 3
UNITS_MAX: Final = 14
OF_AN_ACCOUNT_MAX: Final = 6
LESS: Final = 100
"""Minor units off a promoted price."""
COUPONS: Final = ("OFF", "PERCENT", "SHORT")
COUPON_OFF: Final = 40
PERCENT: Final = 3
USES_MAX: Final = 6
USES_OF_AN_ACCOUNT_MAX: Final = 2
HELD_MS: Final = (15_000, 90_000)
"""For how long something is offered."""
BEGINNING_S_MAX: Final = 10.0
STALE_PERCENT: Final = 8
"""Buyers who look at a page that is no longer so."""


class Promoters:
    """What is offered for less in one run, as its buyers see it."""

    def __init__(self, seed: int, world: World, shop: Shop) -> None:
        self.seed, self.world, self.shop = seed, world, shop
        self.promoted: dict[str, Promotion] = {}
        """By SKU, as it is shown."""
        self.coupons: list[str] = []
        """Those that were issued, and not ended before their time."""
        world.watch.listeners.append(self.see)

    def see(self, fact: Fact) -> None:
        """What the catalogue's facts say is offered."""
        match fact:
            case PromotionScheduled(promotion=promotion):
                self.promoted[promotion.sku] = promotion
            case PromotionEnded():
                for sku, promotion in list(self.promoted.items()):
                    if promotion.promotion_id == fact.promotion_id:
                        del self.promoted[sku]
            case CouponIssued():
                self.coupons.append(fact.coupon_id)
            case CouponEnded():
                self.coupons.remove(fact.coupon_id)
            case _:
                pass

    def price_of(self, sku: str, dice: Dice) -> int:
        """What a buyer sees, if perhaps a while ago."""
        promotion, now_ms = self.promoted.get(sku), self.world.now_ms()
        if promotion is None:
            return self.shop.prices[sku]
        stale = dice.percent(STALE_PERCENT)
        promoted = (promotion.starts_ms <= now_ms < promotion.ends_ms) is not stale
        return promotion.price if promoted else self.shop.prices[sku]

    async def come(self) -> None:
        """Until all is offered, and some of it no longer."""
        await self.shop.is_open.wait()
        await asyncio.gather(
            *(self._promote(number) for number in range(PROMOTIONS_MAX)),
            *(self._issue(name) for name in COUPONS),
        )

    async def _promote(self, number: int) -> None:
        dice = dice_of(self.seed, "promotion", number)
        await asyncio.sleep(dice.random() * BEGINNING_S_MAX)
        product = dice.choice([*self.shop.products, self.shop.topup])
        starts_ms = self.world.now_ms() + dice.choice((0, 5_000))
        units = dice.randint(1, UNITS_MAX)
        promotion = Promotion(
            promotion_id=f"promotion-{number}", sku=dice.choice(skus_of(product)),
            price=PRICE - LESS - number, starts_ms=starts_ms,
            ends_ms=starts_ms + dice.randint(*HELD_MS), units=units,
            per_account=min(units, dice.randint(1, OF_AN_ACCOUNT_MAX)),
        )  # fmt: skip
        schedule = SchedulePromotion(
            product_id=product, request_id=f"promote {number}", by="ops", promotion=promotion
        )
        await self.shop.twice_maybe(schedule)
        if dice.percent(30):
            await asyncio.sleep(dice.expovariate(1 / 20))
            end = EndPromotion(
                product_id=product, request_id=f"stop {number}", by="ops", reason="enough",
                promotion_id=promotion.promotion_id,
            )  # fmt: skip
            await self.shop.twice_maybe(end)

    async def _issue(self, name: str) -> None:
        dice = dice_of(self.seed, "coupon", name)
        await asyncio.sleep(dice.random() * BEGINNING_S_MAX)
        now_ms, uses = self.world.now_ms(), dice.randint(1, USES_MAX)
        some = tuple(skus_of(dice.choice(self.shop.products)))
        coupon = Coupon(
            off=0 if name == "PERCENT" else COUPON_OFF, percent=PERCENT * (name == "PERCENT"),
            amount_min=PRICE * dice.randrange(3), currency="CNY", starts_ms=now_ms,
            skus=some if dice.percent(40) else (), ends_ms=now_ms + dice.randint(*HELD_MS),
            uses=uses, per_account=min(uses, dice.randint(1, USES_OF_AN_ACCOUNT_MAX)),
        )  # fmt: skip
        issue = IssueCoupon(coupon_id=name, request_id=f"issue {name}", by="ops", coupon=coupon)
        await self.shop.twice_maybe(issue)
        if name == "SHORT":
            await asyncio.sleep(dice.expovariate(1 / 15))
            end = EndCoupon(coupon_id=name, request_id=f"end {name}", by="ops", reason="enough")
            await self.shop.twice_maybe(end)
