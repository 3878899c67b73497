"""What follows from the catalogue's facts: quotas are granted, and who waits is told by SMS."""

from typing import Any

from shared.contracts.inventory import GrantQuota
from shared.contracts.message import Fact
from shared.contracts.promotions import CouponIssued, PromotionScheduled
from shared.contracts.sms import TellBySms
from shared.contracts.waitlist import WaitersTold
from shared.kernel import ids
from shared.kernel.decider import Effect, Send, ask
from shared.kernel.quotas import coupon_sku, promotion_sku


def follows(fact: Fact) -> list[Send]:
    """Orders and the gateway read the catalogue on its own log; inventory counts."""
    match fact:
        case PromotionScheduled(promotion=promotion):
            return [
                _grant(
                    fact, promotion_sku(fact.product_id, promotion.promotion_id), promotion.units
                )
            ]
        case CouponIssued(coupon=coupon):
            return [_grant(fact, coupon_sku(fact.coupon_id), coupon.uses)]
        case WaitersTold(by_sms=by_sms):
            return [
                ask(
                    TellBySms(
                        account_id=each.account_id, sms_id=each.subscription_id,
                        sealed=each.sealed,
                    )
                )
                for each in by_sms or ()
            ]  # fmt: skip
        case _:
            return []


def _grant(fact: PromotionScheduled | CouponIssued, sku: str, units: int) -> Send:
    return ask(
        GrantQuota(
            sku=sku, request_id=ids.derive("quota", sku), units=units, by=fact.by, reason=sku
        )
    )


def due(key: str, state: Any) -> int | None:
    """A product stays on the shelf until somebody takes it off."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None
