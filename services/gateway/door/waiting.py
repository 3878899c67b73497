"""What is remembered in a table and done bit by bit, by whichever door is there."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import psycopg
import structlog
from psycopg.sql import SQL
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shared.runtime.appending import NotAppended
from shared.runtime.batching import TurnedAway

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]
Step = Callable[[int], Awaitable[bool]]
"""Does a bit of it at this time (ms), if any may be done now: whether it did."""

LOOK_EVERY_S: Final = 1.0
PACE_S: Final = 0.05
"""Between two bits, or two looks at how far the last ones have come."""

log = structlog.get_logger()


class Waiting:
    """Does what waits, one step after the other."""

    def __init__(self, pool: Pool, what: str, table: SQL, step: Step) -> None:
        """``table``: whose rows there are while something waits, with its condition if any."""
        self._pool, self._what, self._step = pool, what, step
        self._any = SQL("select exists (select from {})").format(table)
        self._fresh = asyncio.Event()

    def look(self) -> None:
        """Something new waits."""
        self._fresh.set()

    async def run(self) -> None:
        """Do what waits; until cancelled."""
        while True:  # bounded by: the task's cancellation when the process stops
            waits = False
            try:
                waits = await self._step(time.time_ns() // 1_000_000) or await self._waits()
            except (psycopg.Error, PoolTimeout, NotAppended, TurnedAway, OSError) as error:
                log.warning("what waits has to wait on", what=self._what, why=type(error).__name__)
            if waits:
                await asyncio.sleep(PACE_S)
                continue
            self._fresh.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._fresh.wait(), LOOK_EVERY_S)

    async def _waits(self) -> bool:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(self._any)).fetchone()
            return bool(row and row[0])
