"""Refunds with who wanted them and why, for the people who give them: from orders' facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.message import Fact
from shared.contracts.refunds import OrderRefunded, OrderRefunding, RefundDenied
from shared.shards.views import Landed

from .moments import time_of

Followed = OrderRefunding | OrderRefunded | RefundDenied
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({OrderRefunding, OrderRefunded, RefundDenied})

OPEN: Final = """
insert into refund_view values (%s, %s, %s, 'refunding', '', %s, %s, %s) on conflict do nothing
"""
DONE: Final = "update refund_view set state = 'refunded', code = %s where refund_id = %s"
DENIED: Final = """
insert into refund_view values (%s, %s, 0, 'denied', %s, '', '', %s) on conflict do nothing
"""


class RefundRow(NamedTuple):
    """One refund."""

    refund_id: str
    order_id: str
    amount: int
    """Minor units; 0 where it was denied."""
    state: str
    """refunding, refunded, denied."""
    code: str
    """Why it was denied; or why its channel would not have it, where it is in the wallet."""
    by: str
    """`delivery`, or the person."""
    reason: str
    time_ms: int


def statement(fact: Followed, time_ms: int) -> tuple[str, tuple[object, ...]]:
    """What the fact writes: refunds are few, and never on an order's way to its card."""
    match fact:
        case OrderRefunding():
            why = (fact.by, fact.reason, time_ms)
            return OPEN, (fact.refund_id, fact.order_id, fact.amount, *why)
        case OrderRefunded():
            return DONE, (fact.turned_down or "", fact.refund_id)
        case RefundDenied():
            return DENIED, (fact.request_id, fact.order_id, fact.code, time_ms)
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of orders' facts."""
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            text, row = statement(fact, time_of(envelope.time))
            await connection.execute(text.encode(), row)
