"""What is sold for less for a while, and coupons: both may be used only so often (A9)."""

import time
from datetime import UTC
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.queries import LISTING, Stock
from shared.contracts.promotions import (
    Coupon,
    EndCoupon,
    EndPromotion,
    IssueCoupon,
    Promotion,
    SchedulePromotion,
)
from shared.kernel.quotas import coupon_sku

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .known import known
from .once import ask, once, request_id_of, wait_of
from .outcomes import outcome
from .problems import Problem
from .routes import Route
from .shapes import Amount, Currency, Id, Name, Shape

USES_MAX: Final = 10_000_000
SKUS_MAX: Final = 1_000
MS_PER_S: Final = 1_000
Uses = Annotated[int, Field(ge=1, le=USES_MAX)]
Moment = Annotated[AwareDatetime, Field(strict=False)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,31}$")]


class NewPromotion(Shape):
    """One SKU at a lower price for a while."""

    sku: Id
    price: Amount
    """Minor units, each."""
    starts_at: Moment | None = None
    """Now, unless said."""
    ends_at: Moment
    units: Uses
    """Sold at this price in total."""
    per_account: Uses
    """Units of one account."""
    below_cost: Name | None = None
    """Why one may be sold for less than it costs the shop, where it may."""


class NewCoupon(Shape):
    """Something off an order: an amount, or percents."""

    code: Code
    off: Amount = 0
    """Minor units."""
    percent: Annotated[int, Field(ge=0, le=99)] = 0
    amount_min: Amount = 0
    """What the lines it is good for must come to, minor units."""
    currency: Currency = "CNY"
    skus: Annotated[list[Id], Field(max_length=SKUS_MAX)] = Field(default_factory=list)
    """What it is good for; everything where there are none."""
    starts_at: Moment | None = None
    """Now, unless said."""
    ends_at: Moment
    uses: Uses
    """Orders in total."""
    per_account: Uses = 1
    """Orders of one account."""
    below_cost: Name | None = None
    """Why a line may come to less than it costs the shop, where it may."""


class Why(Shape):
    """Why something ends before its time."""

    reason: Name


class Asked(Shape):
    """What was asked for, decided or on its way."""

    id: str
    decided: bool


class CouponCount(Shape):
    """A coupon's uses: uses = left + held by orders that are not paid yet + used."""

    code: str
    uses: int
    left: int
    held: int
    used: int


async def schedule(request: Request) -> Response:
    """Sell a SKU of this product for less for a while."""
    asking = await operator("stock", "finance")(request)
    new = await read_body(NewPromotion, request)
    request_id, product_id = request_id_of(request, asking), request.path_params["product_id"]
    await once(request, asking, new, lambda: Answer(request_id))
    promotion = Promotion(
        promotion_id=request_id, sku=new.sku, price=new.price, starts_ms=_ms(new.starts_at),
        ends_ms=_ms(new.ends_at), units=new.units, per_account=new.per_account,
        below_cost=new.below_cost,
    )  # fmt: skip
    await ask(
        request,
        SchedulePromotion(
            product_id=product_id, request_id=request_id, by=asking.name, promotion=promotion
        ),
    )
    return await _decided(request, request_id, request_id)


async def end_promotion(request: Request) -> Response:
    """Stop a promotion; orders that were placed under it stand."""
    asking = await operator("stock", "finance")(request)
    why = await read_body(Why, request)
    request_id, about = request_id_of(request, asking), request.path_params["promotion_id"]
    await once(request, asking, why, lambda: Answer(about))
    await ask(
        request,
        EndPromotion(
            product_id=request.path_params["product_id"], request_id=request_id,
            by=asking.name, promotion_id=about, reason=why.reason,
        ),
    )  # fmt: skip
    return await _decided(request, request_id, about)


async def issue(request: Request) -> Response:
    """Issue a coupon; what it is worth never changes."""
    asking = await operator("finance")(request)
    new = await read_body(NewCoupon, request)
    request_id, code = request_id_of(request, asking), new.code.upper()
    await once(request, asking, new, lambda: Answer(code))
    coupon = Coupon(
        off=new.off, percent=new.percent, amount_min=new.amount_min, currency=new.currency,
        skus=tuple(new.skus), starts_ms=_ms(new.starts_at), ends_ms=_ms(new.ends_at),
        uses=new.uses, per_account=new.per_account, below_cost=new.below_cost,
    )  # fmt: skip
    await ask(
        request,
        IssueCoupon(coupon_id=code, request_id=request_id, by=asking.name, coupon=coupon),
    )
    return await _decided(request, request_id, code)


async def end_coupon(request: Request) -> Response:
    """Stop a coupon; orders that were placed with it stand."""
    asking = await operator("finance")(request)
    why = await read_body(Why, request)
    request_id, code = request_id_of(request, asking), request.path_params["code"].upper()
    await known(lambda: door_of(request).search.issued(code), "NO_SUCH_COUPON")
    await once(request, asking, why, lambda: Answer(code))
    await ask(
        request,
        EndCoupon(coupon_id=code, request_id=request_id, by=asking.name, reason=why.reason),
    )
    return await _decided(request, request_id, code)


async def read_coupon(request: Request) -> Response:
    """How often a coupon was used, and may still be."""
    await operator("finance", "support", "auditor")(request)
    code = request.path_params["code"].upper()
    sku = coupon_sku(code)
    found = (await door_of(request).read.stock([sku])).get(sku)
    if found is None:
        raise Problem("NOT_FOUND")
    return json_answer(_count(code, found))


def _count(code: str, stock: Stock) -> dict[str, Any]:
    return {
        "code": code, "uses": stock.received, "left": stock.available, "held": stock.reserved,
        "used": stock.sold,
    }  # fmt: skip


async def _decided(request: Request, request_id: str, about: str) -> Response:
    """Decided in time, or on its way; raises why catalog refused."""
    found = await outcome(request, LISTING, request_id, wait_of(request))
    if found and found[2]:
        raise Problem(found[2])
    return json_answer({"id": about, "decided": found is not None}, 200 if found else 202)


def _ms(at: Any) -> int:
    """Unix milliseconds; now where nothing was said."""
    if at is None:
        return time.time_ns() // 1_000_000
    return int(at.astimezone(UTC).timestamp() * MS_PER_S)


ROUTES: Final = (
    Route("POST", "/v1/admin/products/{product_id}/promotions", schedule,
          "安排促销 · Schedule a promotion", "operator", NewPromotion, Asked, 202, once=True),
    Route("POST", "/v1/admin/products/{product_id}/promotions/{promotion_id}/end", end_promotion,
          "结束促销 · End a promotion", "operator", Why, Asked, 202, once=True),
    Route("POST", "/v1/admin/coupons", issue, "发放优惠券 · Issue a coupon", "operator",
          NewCoupon, Asked, 202, once=True),
    Route("POST", "/v1/admin/coupons/{code}/end", end_coupon, "停用优惠券 · End a coupon",
          "operator", Why, Asked, 202, once=True),
    Route("GET", "/v1/admin/coupons/{code}", read_coupon, "优惠券使用情况 · A coupon's uses",
          "operator", answer=CouponCount),
)  # fmt: skip
