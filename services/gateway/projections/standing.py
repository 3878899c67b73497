"""How accounts stand with us, and what our people did about them: from the gateway's facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.accounts import (
    AccountBlocked,
    AccountLevelSet,
    AccountRefused,
    AccountUnblocked,
)
from shared.contracts.gateway import AccountOpened, ApiKeyIssued, ApiKeyRevoked
from shared.contracts.message import Fact
from shared.contracts.orders import CancellationRequested, OrderCancelled
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Spoken = AccountBlocked | AccountUnblocked | AccountLevelSet | AccountRefused
Followed = Spoken | AccountOpened | ApiKeyIssued | ApiKeyRevoked
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    AccountBlocked, AccountUnblocked, AccountLevelSet, AccountRefused, AccountOpened, ApiKeyIssued,
    ApiKeyRevoked,
})  # fmt: skip

KNOWN: Final = """
insert into standing_view as s (account_id, opened_ms) values (%s, %s)
on conflict (account_id) do update set opened_ms = case
    when s.opened_ms = 0 then excluded.opened_ms else least(s.opened_ms, excluded.opened_ms) end
"""
BLOCKED: Final = """
insert into standing_view (account_id, blocked_ms, blocked_by, reason) values (%s, %s, %s, %s)
on conflict (account_id) do update
set blocked_ms = excluded.blocked_ms, blocked_by = excluded.blocked_by, reason = excluded.reason
"""
LEVEL: Final = """
insert into standing_view (account_id, level) values (%s, %s)
on conflict (account_id) do update set level = excluded.level
"""
DEED: Final = "insert into deed_view values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing"

Written = tuple[str, tuple[object, ...]]


class DeedRow(NamedTuple):
    """What one of our people has done."""

    request_id: str
    time_ms: int
    deed: str
    account_id: str
    about: str
    """What it was about: a level, an order, a SKU…"""
    by_whom: str
    reason: str


def statements(fact: Followed, time_ms: int) -> list[Written]:
    """The rows that a fact makes, whichever of an account's facts comes first."""
    match fact:
        case AccountOpened() | ApiKeyIssued():
            return [(KNOWN, (fact.account_id, time_ms))]
        case AccountBlocked():
            blocked = (fact.account_id, time_ms, fact.by, fact.reason)
            return [(BLOCKED, blocked), _deed(fact, time_ms, "blocked", "")]
        case AccountUnblocked():
            free = (fact.account_id, 0, "", "")
            return [(BLOCKED, free), _deed(fact, time_ms, "unblocked", "")]
        case AccountLevelSet():
            leveled = (fact.account_id, fact.level)
            return [(LEVEL, leveled), _deed(fact, time_ms, "level", fact.level)]
        case ApiKeyRevoked():
            own = fact.reason is None
            return [] if own else [_deed(fact, time_ms, "key_ended", fact.key_id)]
        case AccountRefused():
            return []
        case _ as never:
            assert_never(never)


def of_order(fact: Fact, time_ms: int) -> Written | None:
    """An order was given up by one of our people; or they asked for that, and payments decides."""
    if isinstance(fact, CancellationRequested) and fact.staff:
        name, deed = f"asked/{fact.order_id}", "cancelling"
    elif isinstance(fact, OrderCancelled) and fact.staff:
        name, deed = f"cancelled/{fact.order_id}", "cancelled"
    else:
        return None
    about = (fact.account_id, fact.order_id, fact.staff, fact.reason or "")
    return DEED, (name, time_ms, deed, *about)


def _deed(
    fact: AccountBlocked | AccountUnblocked | AccountLevelSet | ApiKeyRevoked,
    time_ms: int, deed: str, about: str,
) -> Written:  # fmt: skip
    said = (fact.by, fact.reason or "")
    return DEED, (fact.request_id, time_ms, deed, fact.account_id, about, *said)


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the gateway's facts."""
    for fact, envelope, _ in landed:
        if not isinstance(fact, Followed):
            continue
        for text, row in statements(fact, time_of(envelope.time)):
            await connection.execute(text.encode(), row)
        if isinstance(fact, Spoken):
            code = fact.code if isinstance(fact, AccountRefused) else ""
            await connection.execute(ATTEMPT, (fact.request_id, fact.account_id, code))
            changed[signals.request(fact.request_id)] = None
            changed[signals.ACCESS] = None


async def project_orders(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]
) -> None:
    """Apply a batch of orders' facts: those few in which one of our people gave an order up."""
    for fact, envelope, _ in landed:
        if written := of_order(fact, time_of(envelope.time)):
            await connection.execute(written[0].encode(), written[1])
