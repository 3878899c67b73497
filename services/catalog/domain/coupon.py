"""A coupon: what it is worth never changes, only whether it is still good."""

import re
from typing import Final, Literal, assert_never

from msgspec import Struct

from shared.contracts.message import Fact
from shared.contracts.promotions import (
    Coupon,
    CouponEnded,
    CouponIssued,
    CouponRefused,
    EndCoupon,
    IssueCoupon,
)

from .product import CURRENCIES, UNITS_MAX

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")
SKUS_MAX: Final = 1_000
PERCENT_MAX: Final = 99

Command = IssueCoupon | EndCoupon
Event = CouponIssued | CouponEnded | CouponRefused


class Issued(Struct, frozen=True, array_like=True, gc=False, tag="c"):
    """`coupon/<coupon>`: it exists, for ever."""

    state: Literal["good", "ended"]


def decide(coupon: Issued | None, command: Command) -> Fact:
    """What a request about a coupon that has had no answer yet comes to."""
    match command:
        case IssueCoupon():
            code = "COUPON_EXISTS" if coupon else _flaw(command.coupon_id, command.coupon)
            if code:
                return _refused(command, code)
            return CouponIssued(
                coupon_id=command.coupon_id,
                request_id=command.request_id,
                by=command.by,
                coupon=command.coupon,
            )
        case EndCoupon():
            if coupon is None or coupon.state == "ended":
                return _refused(command, "UNKNOWN_COUPON")
            return CouponEnded(
                coupon_id=command.coupon_id,
                request_id=command.request_id,
                by=command.by,
                reason=command.reason,
            )
        case _ as never:
            assert_never(never)


def evolve(coupon: Issued | None, fact: Event) -> Issued | None:
    """The coupon after the fact."""
    match fact:
        case CouponIssued():
            return Issued("good")
        case CouponEnded():
            return Issued("ended")
        case CouponRefused():
            return coupon
        case _ as never:
            assert_never(never)


def _flaw(coupon_id: str, coupon: Coupon) -> str | None:
    if coupon.currency not in CURRENCIES:
        return "BAD_CURRENCY"
    amount = coupon.off > 0 and coupon.percent == 0
    percents = coupon.off == 0 and 1 <= coupon.percent <= PERCENT_MAX
    counted = 1 <= coupon.per_account <= coupon.uses <= UNITS_MAX
    lasts = coupon.starts_ms < coupon.ends_ms
    bounded = coupon.amount_min >= 0 and len(coupon.skus) <= SKUS_MAX
    named = CODE.fullmatch(coupon_id) is not None
    good = (amount or percents) and counted and lasts and bounded and named
    return None if good else "BAD_COUPON"


def _refused(command: Command, code: str) -> CouponRefused:
    return CouponRefused(
        coupon_id=command.coupon_id, request_id=command.request_id, by=command.by, code=code
    )
