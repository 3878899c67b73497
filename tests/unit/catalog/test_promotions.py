"""What is sold for less for a while, and coupons (A9)."""

from typing import Any

import pytest

from services.catalog import domain, process
from shared.contracts.inventory import GrantQuota
from shared.contracts.message import Fact
from shared.kernel.quotas import coupon_sku, promotion_sku
from shared.testing.scenario import given
from tests.unit.catalog import examples as say


def grants(fact: Fact) -> list[tuple[str, int]]:
    sent = [send.message for send in process.follows(fact)]
    return [(each.sku, each.units) for each in sent if isinstance(each, GrantQuota)]


def test_a_promotion_is_scheduled_and_its_units_become_a_quota() -> None:
    given(domain, say.listed()).when(say.schedule()).then(say.scheduled())
    assert grants(say.scheduled()) == [(promotion_sku("jcard", "flash"), 500)]


def test_a_promotion_that_is_wrong_can_be_stopped_and_never_comes_back() -> None:
    history = (say.listed(), say.scheduled())
    given(domain, *history).when(say.end_promotion()).then(say.promotion_ended())
    ended = (*history, say.promotion_ended())
    again = say.schedule("req-6")
    given(domain, *ended).when(again).then(say.refused("PROMOTION_EXISTS", "req-6"))
    stop = say.end_promotion("req-7")
    given(domain, *ended).when(stop).then(say.refused("UNKNOWN_PROMOTION", "req-7"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": 0}, "BAD_PROMOTION"),
        ({"units": 0}, "BAD_PROMOTION"),
        ({"per_account": 0}, "BAD_PROMOTION"),
        ({"per_account": 501}, "BAD_PROMOTION"),
        ({"ends_ms": 0}, "BAD_PROMOTION"),
        ({"sku": "nowhere"}, "UNKNOWN_SKU"),
    ],
)
def test_a_promotion_that_makes_no_sense_is_refused(changes: Any, code: str) -> None:
    asked = say.schedule(**changes)
    given(domain, say.listed()).when(asked).then(say.refused(code, "req-4"))


def test_a_product_that_is_not_on_the_shelf_has_no_promotion() -> None:
    given(domain).when(say.schedule()).then(say.refused("UNKNOWN_PRODUCT", "req-4"))
    off = (say.listed(), say.delisted())
    given(domain, *off).when(say.schedule()).then(say.refused("OFF_SHELF", "req-4"))


def test_a_coupon_is_issued_once_and_its_uses_become_a_quota() -> None:
    given(domain).when(say.issue()).then(say.issued())
    assert grants(say.issued()) == [(coupon_sku("SPRING"), 100)]
    richer = say.issue("req-2", off=5_000)
    given(domain, say.issued()).when(richer).then(say.coupon_refused("COUPON_EXISTS", "req-2"))


def test_a_coupon_that_has_leaked_is_ended() -> None:
    given(domain, say.issued()).when(say.end_coupon()).then(say.coupon_ended())
    twice = say.end_coupon("req-3")
    history = (say.issued(), say.coupon_ended())
    given(domain, *history).when(twice).then(say.coupon_refused("UNKNOWN_COUPON", "req-3"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"off": 0}, "BAD_COUPON"),
        ({"percent": 10}, "BAD_COUPON"),
        ({"off": 0, "percent": 100}, "BAD_COUPON"),
        ({"off": -1}, "BAD_COUPON"),
        ({"uses": 0}, "BAD_COUPON"),
        ({"per_account": 101}, "BAD_COUPON"),
        ({"ends_ms": 0}, "BAD_COUPON"),
        ({"amount_min": -1}, "BAD_COUPON"),
        ({"currency": "USD"}, "BAD_CURRENCY"),
        ({"coupon_id": "a b"}, "BAD_COUPON"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(changes: Any, code: str) -> None:
    asked = say.issue(**changes)
    refused = say.coupon_refused(code, "req-1", asked.coupon_id)
    given(domain).when(asked).then(refused)
