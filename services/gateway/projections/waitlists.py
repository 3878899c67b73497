"""Waitlists as their people see them: from the catalogue's facts (A10)."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.waitlist import (
    WaitersTold,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistRefused,
)
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Followed = WaitlistJoined | WaitlistLeft | WaitersTold | WaitlistRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    WaitlistJoined, WaitlistLeft, WaitersTold, WaitlistRefused,
})  # fmt: skip

JOINED: Final = """
insert into waitlist_view values (%s, %s, %s, %s, 'waiting', %s, 0) on conflict do nothing
"""
LEFT: Final = "update waitlist_view set state = 'left' where subscription_id = %s"
TOLD: Final = """
update waitlist_view set state = 'told', told_ms = %s where subscription_id = any(%s::text[])
returning account_id
"""


class WaitRow(NamedTuple):
    """One subscription."""

    subscription_id: str
    sku: str
    product_id: str
    account_id: str
    state: str
    joined_ms: int
    told_ms: int
    """0: not yet."""


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the catalogue's facts; who is told hears it on the stream."""
    for fact, envelope, _ in landed:
        time_ms = time_of(envelope.time)
        if isinstance(fact, WaitersTold):
            told = await connection.execute(TOLD.encode(), (time_ms, list(fact.subscriptions)))
            changed.update({signals.waiting(row[0]): None for row in await told.fetchall()})
        elif isinstance(fact, WaitlistJoined):
            row = (fact.subscription_id, fact.sku, fact.product_id, fact.account_id, time_ms)
            await connection.execute(JOINED.encode(), row)
            await _answer(connection, changed, fact.subscription_id, fact.account_id, "")
        elif isinstance(fact, WaitlistLeft):
            await connection.execute(LEFT.encode(), (fact.subscription_id,))
            await _answer(connection, changed, fact.request_id, fact.account_id, "")
        elif isinstance(fact, WaitlistRefused):
            await _answer(connection, changed, fact.request_id, fact.account_id, fact.code)


async def _answer(
    connection: psycopg.AsyncConnection[Any], changed: Signals, request_id: str, whose: str,
    code: str,
) -> None:  # fmt: skip
    await connection.execute(ATTEMPT.encode(), (request_id, whose, code))
    changed[signals.request(request_id)] = None
