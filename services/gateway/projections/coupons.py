"""Coupons as they were issued, and what became of each request about one."""

from collections.abc import Sequence
from typing import Any, Final, assert_never

import psycopg

from shared.contracts.message import Fact
from shared.contracts.promotions import CouponEnded, CouponIssued, CouponRefused
from shared.shards.views import Landed

from . import signals
from .signals import Signals

Followed = CouponIssued | CouponEnded | CouponRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({CouponIssued, CouponEnded, CouponRefused})

ISSUE: Final = """
insert into coupon_view (coupon_id, shard, position, doc, ended) values (%b, %b, %b, %b, false)
on conflict do nothing
"""
END: Final = "update coupon_view set ended = true, position = %b where coupon_id = %b"
ANSWER: Final = """
insert into product_request_view (request_id, product_id, revision, code)
values (%b, %b, 0, %b) on conflict do nothing
"""


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of facts about coupons: few, and never on an order's path."""
    for fact, envelope, where in landed:
        if not isinstance(fact, Followed):
            continue
        code = ""
        match fact:
            case CouponIssued():
                doc = fact.coupon.model_dump_json().encode()
                row = (fact.coupon_id, where.partition, envelope.position, doc)
                await connection.execute(ISSUE, row)
            case CouponEnded():
                await connection.execute(END, (envelope.position, fact.coupon_id))
            case CouponRefused():
                code = fact.code
            case _ as never:
                assert_never(never)
        await connection.execute(ANSWER, (fact.request_id, fact.coupon_id, code))
        changed[signals.request(fact.request_id)] = None
        changed[signals.CATALOGUE] = None
