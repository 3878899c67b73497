"""The board of a promotion day, read from its slots: summed over shards, once a second at most."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.board import SLOT_MS, Hand, in_hand, slot_of, summed
from services.gateway.projections.orders import decode
from services.gateway.projections.parked import ParkedRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

AGE_S_MAX: Final = 1.0
"""However many look at the board, it is read once in so long."""
SLOTS: Final = "select slot, counts from board_slot where slot >= %b"
HANDS_AGE_S_MAX: Final = 3.0
UNDER_WAY_MS: Final = 180_000
"""Who has what in hand is asked of orders that were placed so lately: what is older waits for
somebody else, or for one of our people."""
UNDER_WAY_MAX: Final = 500
"""The oldest of them: where they are the jam is."""
UNDER_WAY: Final = """
select doc from order_view
where placed_ms > %b and state in ('awaiting_payment', 'processing')
order by placed_ms limit %b
"""
WAITING: Final = "select count(*) from order_request"
SET_ASIDE: Final = "select count(*) from parked_view"
PARKED: Final = """
select service, coordinates, shard, subject, reason, behind, since_ms from parked_view
where (since_ms, service, coordinates) > (%b, %b, %b)
order by since_ms, service, coordinates limit %b
"""


class Seen(NamedTuple):
    """What the board shows."""

    slots: Mapping[int, Counter[str]]
    """Names and counts by slot; one in which nothing happened is not there."""
    waiting: int
    """Orders that are accepted and of which orders has not said a word."""
    parked: int
    """Records that are set aside, in all services."""
    hands: Mapping[str, Hand]
    """By service: what it has to do; UNDER_WAY_MAX in all."""
    now_ms: int


class Board:
    """Reads it, and remembers it for a moment."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._seen: dict[int, tuple[float, Seen]] = {}
        self._hands: tuple[float, Mapping[str, Hand]] = (-HANDS_AGE_S_MAX, {})

    async def seen(self, minutes: int) -> Seen:
        """The last so many minutes."""
        read_at_s, seen = self._seen.get(minutes, (-AGE_S_MAX, None))
        now_s = time.monotonic()
        if seen is None or now_s - read_at_s >= AGE_S_MAX:
            seen = await self._read(minutes)
            self._seen[minutes] = (now_s, seen)
        return seen

    async def _read(self, minutes: int) -> Seen:
        now_ms = time.time_ns() // 1_000_000
        since = slot_of(now_ms) - minutes * 60_000 // SLOT_MS + 1
        async with self._pool.connection() as connection:
            found = await connection.execute(SLOTS, (since,), binary=True)
            slots = summed(await found.fetchall())
            waiting = await (await connection.execute(WAITING)).fetchone()
            parked = await (await connection.execute(SET_ASIDE)).fetchone()
        hands = await self._in_hand(now_ms)
        return Seen(slots, waiting[0] if waiting else 0, parked[0] if parked else 0, hands, now_ms)

    async def _in_hand(self, now_ms: int) -> Mapping[str, Hand]:
        read_at_s, hands = self._hands
        if time.monotonic() - read_at_s >= HANDS_AGE_S_MAX:
            async with self._pool.connection() as connection:
                row = (now_ms - UNDER_WAY_MS, UNDER_WAY_MAX)
                found = await connection.execute(UNDER_WAY, row, binary=True)
                hands = in_hand([decode(doc) for (doc,) in await found.fetchall()], now_ms)
            self._hands = (time.monotonic(), hands)
        return hands

    async def parked(self, after: tuple[int, str, str], limit: int) -> list[ParkedRow]:
        """Records that are set aside, the oldest first, after that (time, service, record)."""
        async with self._pool.connection() as connection:
            found = await connection.execute(PARKED, (*after, limit), binary=True)
            return [ParkedRow(*row) for row in await found.fetchall()]
