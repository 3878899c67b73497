"""Saved targets of an account, sealed: from the gateway's own facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.targets import TargetRefused, TargetRemoved, TargetSaved
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Followed = TargetSaved | TargetRemoved | TargetRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({TargetSaved, TargetRemoved, TargetRefused})

SAVED: Final = """
insert into saved_target_view values (%s, %s, %s, %s)
on conflict (account_id, target_id) do update set sealed = excluded.sealed
"""
REMOVED: Final = "delete from saved_target_view where account_id = %s and target_id = %s"


class TargetRow(NamedTuple):
    """One target."""

    account_id: str
    target_id: str
    sealed: str
    saved_ms: int


def statement(fact: Followed, time_ms: int) -> tuple[str, tuple[object, ...]] | None:
    """What the fact writes; a target that is saved again keeps its place."""
    match fact:
        case TargetSaved():
            return SAVED, (fact.account_id, fact.target_id, fact.sealed, time_ms)
        case TargetRemoved():
            return REMOVED, (fact.account_id, fact.target_id)
        case TargetRefused():
            return None


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the gateway's facts."""
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            if written := statement(fact, time_of(envelope.time)):
                await connection.execute(written[0].encode(), written[1])
            code = fact.code if isinstance(fact, TargetRefused) else ""
            await connection.execute(ATTEMPT, (fact.request_id, fact.account_id, code))
            changed[signals.request(fact.request_id)] = None
