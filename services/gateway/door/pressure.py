"""How far the services are behind with orders, and orders that got lost on the way.

A shard is behind when the oldest order that it has yet to look at is old, or when the orders that
it now sees delivered took long: then the jam is further on, and a new order would stand in it too.

A row of order_request waits for its order's first fact. Three reasons why it may wait long:
its shard is behind (then the door sheds load, and nothing is appended again); its append was
never acknowledged (this process or the broker went down: it is appended again); or its shard has
passed it by without a word (it was lost, or is parked: again, at growing pauses, and it does not
count as load).
"""

import asyncio
import time
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shared.contracts.orders import PlaceOrder
from shared.runtime.appending import Appended, Appender, NotAppended, outgoing
from shared.runtime.batching import TurnedAway

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

LOOK_EVERY_S: Final = 0.25
LOOKS_PER_SEARCH: Final = 4
"""Lost orders are looked for once a second."""
PAUSE_MS_MIN: Final = 5_000
PAUSE_MS_MAX: Final = 600_000
ORDERS_MAX: Final = 200
"""Appended again in one go."""

OLDEST: Final = """
select r.shard, min(r.received_ms)
from order_request r left join order_heard h on h.shard = r.shard
where r.command_offset > coalesce(h.command_offset, -1)
group by r.shard
"""
LOST: Final = """
select r.order_id, r.command, r.attempts
from order_request r left join order_heard h on h.shard = r.shard
where r.next_ms <= %b
  and (r.command_offset is null or r.command_offset < h.command_offset)
order by r.next_ms limit %b
for update of r skip locked
"""
PACES: Final = "select shard, took_ms, at_ms from order_pace where at_ms > %s"
PACE_MS_VALID: Final = 3_000
"""What was slow so long ago says nothing about now: no order came through since, or a quick one."""
AGAIN: Final = """
update order_request r
set attempts = r.attempts + 1, next_ms = a.next_ms, shard = a.shard,
    command_offset = a.command_offset
from unnest(%b::text[], %b::bigint[], %b::int[], %b::bigint[])
as a (order_id, next_ms, shard, command_offset)
where r.order_id = a.order_id
"""

log = structlog.get_logger()


class Overloaded(Exception):
    """A new order would wait longer than the limit."""


class Pressure:
    """Looks at the orders that wait, four times a second."""

    def __init__(self, pool: Pool, appender: Appender, age_ms_max: int, took_ms_max: int) -> None:
        self._pool, self._appender = pool, appender
        self._age_ms_max, self._took_ms_max = age_ms_max, took_ms_max
        self._oldest_ms: dict[int, int] = {}
        self._paces: dict[int, tuple[int, int]] = {}
        self.appended_again = 0

    def age_ms(self, now_ms: int) -> int:
        """Age of the oldest order that its shard has yet to reach; 0 when there is none."""
        return max(0, now_ms - min(self._oldest_ms.values(), default=now_ms))

    def check(self, shard: int, now_ms: int) -> None:
        """Raises Overloaded where this shard is too far behind; a halted one stops no other."""
        if now_ms - self._oldest_ms.get(shard, now_ms) > self._age_ms_max:
            raise Overloaded
        took_ms, at_ms = self._paces.get(shard, (0, 0))
        if took_ms > self._took_ms_max and now_ms - at_ms < PACE_MS_VALID:
            raise Overloaded

    async def run(self) -> None:
        """Until cancelled."""
        look = 0
        while True:  # bounded by: the task's cancellation when the process stops
            look += 1
            try:
                await self.look()
                if look % LOOKS_PER_SEARCH == 0:
                    await self.append_lost(time.time_ns() // 1_000_000)
            except (psycopg.Error, PoolTimeout, NotAppended, TurnedAway, OSError) as error:
                log.warning("cannot look at waiting orders", why=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Read anew what waits, and how long what came through took."""
        since_ms = time.time_ns() // 1_000_000 - PACE_MS_VALID
        async with self._pool.connection() as connection:
            found = await connection.execute(OLDEST)
            self._oldest_ms = dict(await found.fetchall())
            paces = await connection.execute(PACES, (since_ms,))
            self._paces = {shard: (took, at) for shard, took, at in await paces.fetchall()}

    async def append_lost(self, now_ms: int) -> int:
        """Append again what got lost; returns how many. Instances never take the same row."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await connection.execute(LOST, (now_ms, ORDERS_MAX), binary=True)
            rows = await found.fetchall()
            if not rows:
                return 0
            records = [outgoing(PlaceOrder.decode(command)) for _, command, _ in rows]
            appended = await asyncio.gather(*map(self._appender.append, records))
            await connection.execute(AGAIN, _again(rows, appended, now_ms))
        self.appended_again += len(rows)
        log.info("appended again", orders=len(rows))
        return len(rows)


def _again(
    rows: list[tuple[str, bytes, int]], appended: list[Appended], now_ms: int
) -> tuple[list[str], list[int], list[int], list[int]]:
    """Columns for AGAIN: pauses double, up to a limit."""
    pauses = [min(PAUSE_MS_MIN * 2 ** min(attempts, 16), PAUSE_MS_MAX) for _, _, attempts in rows]
    return (
        [order_id for order_id, _, _ in rows],
        [now_ms + pause for pause in pauses],
        [where.partition for where in appended],
        [where.offset for where in appended],
    )
