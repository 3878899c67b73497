"""What a coupon was used for and what comes back of it: orders and inventory agree (A9, G6)."""

from typing import Any, Final

import pytest

from services.audit.domain import Books, Law, Seen
from shared.contracts.inventory import QuotaGranted
from shared.contracts.message import Fact
from shared.contracts.orders import Hold, Quota
from shared.contracts.promotions import Coupon, CouponIssued
from shared.contracts.refunds import OrderFailed
from shared.contracts.returning import QuotaRestored, RestoreRefused
from tests.unit.audit import story as say
from tests.unit.audit import test_money_back as back
from tests.unit.audit.story import ONE, TWO, WHOSE, judged
from tests.unit.audit.test_money_back import ALL

COUPON: Final = Hold(line=10_000, sku="~coupon/SPRING", quantity=1, reservation_id="res-c")
USE: Final = Quota(number=COUPON.line, sku=COUPON.sku, units=1)
WORTHLESS: Final = Coupon(
    off=0, percent=0, amount_min=0, currency="CNY", starts_ms=0, ends_ms=2**50, uses=3,
    per_account=3,
)  # fmt: skip
"""So that the order is charged as in its story."""
UNITS: Final[Any] = {**WHOSE, "cards": (), "sku": COUPON.sku, "units": 1, "index": 0}
BACK: Final[Any] = {**WHOSE, "reservation_id": "res-c", "sku": COUPON.sku}
RETURNED: Final = QuotaRestored(**BACK, units=1)


def with_the_coupon(history: list[Fact]) -> list[Fact]:
    """The same order, which has used one as well."""
    told: list[Fact] = [
        QuotaGranted(sku=COUPON.sku, request_id="r", units=3, by="li", reason="spring"),
        CouponIssued(coupon_id="SPRING", request_id="r", by="li", coupon=WORTHLESS),
    ]
    for fact in history:
        changes: Any = {}
        match type(fact).__name__:
            case "OrderPlaced":
                changes = {"coupon": "SPRING", "quotas": (USE,)}
            case "OrderAccepted":
                changes = {"reserve": (ONE, TWO, COUPON)}
            case "PaymentRequested" | "OrderPaid":
                changes = {"quotas": (COUPON,)}
            case _:
                pass
        told.append(fact.model_copy(update=changes) if changes else fact)
        if type(fact).__name__ == "OrderAccepted":
            told.append(say.reserved(COUPON, 0).model_copy(update=UNITS))
            told.append(say.prepared(COUPON).model_copy(update={"cards": (), "units": 1}))
        if type(fact).__name__ == "OrderPaid":
            told.append(say.committed(COUPON, sku=COUPON.sku))
    return told


def refunding(**changes: Any) -> Fact:
    return back.refunding(ALL, 1, 2, whole=True).model_copy(update=changes)


HELD: Final = with_the_coupon(back.HELD)
FAILED: Final = [
    *HELD, back.failing(ONE, TWO), back.lost(1), back.lost(2), OrderFailed(**WHOSE, code="X"),
]  # fmt: skip
DONE: Final = [back.issued(ALL, ALL), back.refunded(ALL, 1, 2, whole=True)]
GIVEN: Final = refunding(quotas=(COUPON,))
BOUGHT: Final = with_the_coupon(say.bought())

RIGHT: Final = {
    "undelivered": [*FAILED, GIVEN, RETURNED, *DONE],
    "inventory first": [*FAILED[:-1], RETURNED, FAILED[-1], GIVEN, *DONE],
    "a person's": [*BOUGHT, refunding(by="li"), *DONE],
}  # fmt: skip


@pytest.mark.parametrize("history", RIGHT.values(), ids=RIGHT)
def test_a_use_that_comes_back_as_it_should_breaks_no_law(history: list[Fact]) -> None:
    assert judged(history) == []


AT_LEAST: Final = tuple(
    line.model_copy(update={"floor": line.quantity * line.unit_price, "discount": 1})
    for line in say.placed().lines
)
BROKEN: list[tuple[Law, list[Fact]]] = [
    (Law.UNITS_BACK_ONCE, [*FAILED, GIVEN, *DONE]),
    (Law.UNITS_BACK_ONCE, [*FAILED, refunding(), *DONE]),
    (Law.UNITS_BACK_ONCE, [*FAILED, GIVEN, RETURNED, RETURNED, *DONE]),
    (Law.UNITS_BACK_ONCE, [*BOUGHT, refunding(by="li", quotas=(COUPON,)), RETURNED, *DONE]),
    (Law.UNITS_BACK_ONCE, [*BOUGHT, RETURNED]),
    (Law.UNITS_BACK_ONCE, [*FAILED, GIVEN, RETURNED.model_copy(update={"units": 2}), *DONE]),
    (Law.UNITS_BACK_ONCE, [*FAILED, GIVEN, RestoreRefused(**BACK, code="NOT_SOLD"), *DONE]),
    (Law.NEVER_BELOW_COST, [say.placed(lines=AT_LEAST)]),
    (Law.STOCK_ADDS_UP, [*HELD[:-1], RETURNED.model_copy(update={"units": 5})]),
]


@pytest.mark.parametrize(("law", "history"), BROKEN)
def test_a_use_that_is_lost_or_doubled_is_seen(law: Law, history: list[Fact]) -> None:
    assert law in judged(history)


def test_of_what_orders_used_hashes_are_kept_and_no_more() -> None:
    books = Books()
    for fact in with_the_coupon(say.bought()):
        books.apply(fact, Seen("log/0/0", "", 0))
    kept = [name for name, value in vars(books.quotas).items() if value and type(value) is dict]
    assert kept == []
