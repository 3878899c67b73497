"""The book of offers: charged is what was offered, to each account so often, and no more (B4)."""

from typing import Any, Final

import pytest

from services.audit.domain import Law
from shared.contracts.inventory import QuotaGranted
from shared.contracts.message import Fact
from shared.contracts.orders import Hold, Line, OrderPlaced, Quota
from shared.contracts.promotions import Coupon, CouponIssued, Promotion, PromotionScheduled
from shared.kernel.quotas import QUOTAS_FROM, coupon_sku, promotion_sku
from tests.unit.audit import story as say
from tests.unit.audit.story import PRICE, SKU, START_MS, WHOSE, judged

OFF: Final = 500
PROMOTED: Final = PRICE - 100
OF_COUPON: Final = Quota(number=QUOTAS_FROM, sku=coupon_sku("OFF"), units=1)
OF_PROMOTION: Final = Quota(number=QUOTAS_FROM + 1, sku=promotion_sku("jw", "p-1"), units=2)
WHEN: Final[dict[str, Any]] = {"starts_ms": START_MS, "ends_ms": START_MS + 1}
BY: Final[dict[str, Any]] = {"request_id": "r", "by": "li"}


def issued(**changes: Any) -> CouponIssued:
    words: Any = {"off": OFF, "percent": 0, "amount_min": PRICE, "currency": "CNY", "uses": 5}
    coupon = Coupon(**{**words, **WHEN, "per_account": 1, **changes})
    return CouponIssued(coupon_id="OFF", **BY, coupon=coupon)


def scheduled(**changes: Any) -> PromotionScheduled:
    words: Any = {"promotion_id": "p-1", "sku": SKU, "price": PROMOTED, "units": 9}
    promotion = Promotion(**{**words, **WHEN, "per_account": 2, **changes})
    return PromotionScheduled(product_id="jw", **BY, revision=2, promotion=promotion)


def granted(quota: Quota, units: int) -> QuotaGranted:
    return QuotaGranted(sku=quota.sku, units=units, reason="", **BY)


def line(quantity: int = 2, **changes: Any) -> Line:
    words: Any = {"line": 1, "sku": SKU, "product_id": "jw", "product_name": "x", "sku_name": "x"}
    more: Any = {"kind": "card", "revision": 1, "unit_price": PRICE, "base_price": PRICE}
    return Line(**{**words, **more, "quantity": quantity, **changes})


def placed(one: Line, order_id: str = "ord-1", **changes: Any) -> OrderPlaced:
    total = one.quantity * one.unit_price - (one.discount or 0)
    words: Any = {"order_id": order_id, "lines": (one,), "total": total, "discount": one.discount}
    return say.placed(**{**words, **changes})


def less(order_id: str = "ord-1", **changes: Any) -> OrderPlaced:
    """Under the coupon."""
    one = line(discount=changes.pop("discount", OFF))
    return placed(one, order_id, **{"coupon": "OFF", "quotas": (OF_COUPON,), **changes})


def promoted(order_id: str = "ord-1", **changes: Any) -> OrderPlaced:
    one = line(**{"unit_price": PROMOTED, "promotion": "p-1", **changes})
    return placed(one, order_id, quotas=(OF_PROMOTION,))


def cancelled() -> Fact:
    return say.cancelled()


def asked(amount: int, *held: Quota) -> Fact:
    holds = [Hold(line=q.number, sku=q.sku, quantity=q.units, reservation_id="q") for q in held]
    return say.requested(lines=(say.ONE,), amount=amount, quotas=tuple(holds) or None)


COUPON: Final = [issued(), granted(OF_COUPON, 5)]
PROMOTION: Final = [scheduled(), granted(OF_PROMOTION, 9)]
WHOLE: Final = 2 * PRICE - OFF
CHARGED, OFTEN = Law.CHARGED_AS_OFFERED, Law.USED_SO_OFTEN
BROKEN: Final[list[tuple[Law, list[Fact]]]] = [
    (CHARGED, [*COUPON, less(total=WHOLE + 1)]),
    (CHARGED, [*COUPON, less(discount=OFF + 1)]),
    (CHARGED, [*COUPON, less(discount=OFF - 1)]),
    (CHARGED, [*COUPON, less(received_ms=START_MS + 1)]),
    (CHARGED, [*COUPON, less(currency="USD")]),
    (CHARGED, [*COUPON, less(), asked(WHOLE - OFF, OF_COUPON)]),
    (CHARGED, [issued(amount_min=9 * PRICE), granted(OF_COUPON, 5), less()]),
    (CHARGED, [issued(skus=("other",)), granted(OF_COUPON, 5), less()]),
    (CHARGED, [less()]),
    (CHARGED, [less(), *COUPON, *PROMOTION, promoted("ord-2", unit_price=PROMOTED - 1)]),
    (CHARGED, [placed(line(discount=OFF))]),
    (CHARGED, [promoted(), scheduled(price=PROMOTED + 1), granted(OF_PROMOTION, 9)]),
    (CHARGED, [promoted(), scheduled(sku="other"), granted(OF_PROMOTION, 9)]),
    (OFTEN, [issued()]),
    (OFTEN, [*COUPON, granted(OF_COUPON, 1)]),
    (OFTEN, [*COUPON, less(), less("ord-2")]),
    (OFTEN, [less(), less("ord-2"), *COUPON]),
    (OFTEN, [*COUPON, less(quotas=None)]),
    (OFTEN, [*COUPON, less(), asked(WHOLE)]),
    (OFTEN, [*PROMOTION, promoted(quantity=3)]),
    (OFTEN, [*PROMOTION, promoted(), promoted("ord-2")]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_an_order_that_is_not_as_it_was_offered_is_told(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)


def test_orders_as_they_were_offered_break_no_law_in_whatever_order_the_logs_are_read() -> None:
    again = less("ord-2")
    for history in (
        [*COUPON, less(), asked(WHOLE, OF_COUPON)],
        [less(), asked(WHOLE, OF_COUPON), *COUPON],
        [*PROMOTION, promoted(), asked(2 * PROMOTED, OF_PROMOTION)],
        [*COUPON, less(), cancelled(), again],
    ):
        assert not {CHARGED, OFTEN} & set(judged(history)), history


def test_what_an_order_in_part_leaves_out_is_not_used_and_not_asked_for() -> None:
    two = line(line=2, quantity=1)
    one = line(unit_price=PROMOTED, promotion="p-1")
    order = say.placed(lines=(one, two), total=2 * PROMOTED + PRICE, quotas=(OF_PROMOTION,))
    part = say.requested(lines=(say.TWO,), amount=PRICE, dropped=(1,))
    told = [*PROMOTION, order, part, promoted("ord-2")]
    assert not {CHARGED, OFTEN} & set(judged(told))
    wrong = part.model_copy(update={"amount": PRICE + 1})
    assert CHARGED in judged([*PROMOTION, order, wrong])
    assert WHOSE["order_id"] == order.order_id
