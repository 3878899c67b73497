"""How many cards of each SKU there are, and in which hands: from inventory's facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.inventory import (
    CardWithdrawn,
    QuotaGranted,
    StockCommitted,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.quarantine import CardQuarantined, QuarantineLifted
from shared.contracts.returning import QuotaRestored
from shared.shards.views import Landed

from .moments import time_of

Followed = (
    StockReceived | QuotaGranted | CardWithdrawn | StockReserved | StockReleased | StockCommitted
    | QuotaRestored | CardQuarantined | QuarantineLifted
)  # fmt: skip
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    StockReceived, QuotaGranted, CardWithdrawn, StockReserved, StockReleased, StockCommitted,
    QuotaRestored, CardQuarantined, QuarantineLifted,
})  # fmt: skip

SAVE: Final = """
insert into stock_view as s (sku, received, available, reserved, sold, withdrawn, as_of_ms)
select w.sku, w.received, w.available, w.reserved, w.sold, w.withdrawn, w.as_of_ms
from unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
            %b::bigint[], %b::bigint[])
as w (sku, received, available, reserved, sold, withdrawn, as_of_ms)
on conflict (sku) do update
set received = s.received + excluded.received, available = s.available + excluded.available,
    reserved = s.reserved + excluded.reserved, sold = s.sold + excluded.sold,
    withdrawn = s.withdrawn + excluded.withdrawn,
    as_of_ms = excluded.as_of_ms
"""
"""Counts only move, so a batch is one sum for each SKU and nothing needs to be loaded first."""


class Moves(NamedTuple):
    """What a batch changes of one SKU, in cards or in units of its quota."""

    received: int = 0
    available: int = 0
    reserved: int = 0
    sold: int = 0
    withdrawn: int = 0
    as_of_ms: int = 0


def apply(moves: Moves, fact: Followed, time_ms: int) -> Moves:
    """The moves with those of one fact more."""
    match fact:
        case StockReceived():
            return moves._replace(
                as_of_ms=time_ms, received=moves.received + 1, available=moves.available + 1
            )
        case QuotaGranted(units=count):
            return moves._replace(
                as_of_ms=time_ms, received=moves.received + count, available=moves.available + count
            )
        case QuotaRestored(units=count):
            return moves._replace(
                as_of_ms=time_ms, available=moves.available + count, sold=moves.sold - count
            )
        case QuarantineLifted():
            return moves._replace(
                as_of_ms=time_ms, available=moves.available + 1, withdrawn=moves.withdrawn - 1
            )
        case CardWithdrawn() | CardQuarantined():
            return moves._replace(
                as_of_ms=time_ms, available=moves.available - 1, withdrawn=moves.withdrawn + 1
            )
        case StockReserved():
            count = len(fact.cards) + (fact.units or 0)
            return moves._replace(
                as_of_ms=time_ms, available=moves.available - count, reserved=moves.reserved + count
            )
        case StockReleased():
            count, gone = len(fact.cards) + (fact.units or 0), len(fact.withdrawn or ())
            return moves._replace(
                as_of_ms=time_ms,
                available=moves.available + count,
                reserved=moves.reserved - count - gone,
                withdrawn=moves.withdrawn + gone,
            )
        case StockCommitted(quantity=count):
            return moves._replace(
                as_of_ms=time_ms, reserved=moves.reserved - count, sold=moves.sold + count
            )
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts about stock."""
    skus: dict[str, Moves] = {}
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            before = skus.get(fact.sku, Moves())
            skus[fact.sku] = apply(before, fact, time_of(envelope.time))
    if not skus:
        return
    rows = sorted(skus.items())
    columns = tuple(map(list, zip(*(moves for _, moves in rows), strict=True)))
    await connection.execute(SAVE, ([sku for sku, _ in rows], *columns))
