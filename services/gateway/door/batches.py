"""Batches: remembered with the order of every line, appended bit by bit by whichever door is there.

A line's order has an id that follows from account, batch and line, so whatever is appended again
is recognised; and so few are under way at once that the account's shard stays open to others.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.sql import SQL
from psycopg_pool import AsyncConnectionPool

from shared.contracts.orders import PlaceOrder

from .orders import KeyReused, OrderDesk
from .waiting import Waiting

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

ORDERS_MAX: Final = 200
"""Appended in one go."""
UNDER_WAY_MAX: Final = 400
"""An account's orders that are appended and not yet looked at."""

BEGIN: Final = """
insert into batch (batch_id, account_id, key, lines, created_ms)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
KEEP: Final = """
insert into batch_line
    (batch_id, number, reference, sku, quantity, unit_price, code, order_id, command)
select %b, * from unnest(%b::int[], %b::text[], %b::text[], %b::int[], %b::bigint[],
                         %b::text[], %b::text[], %b::bytea[])
"""
NEXT: Final = """
select batch_id from batch b where waits
  and (select count(*) from order_request r where r.account_id = b.account_id) < %b
order by created_ms limit 1 for update skip locked
"""
LINES: Final = """
select number, command from batch_line where batch_id = %b and command is not null
order by number limit %b
"""
GONE: Final = """
update batch_line set command = null where batch_id = %b and number = any(%b::int[])
"""
DONE: Final = "update batch set waits = false where batch_id = %b"


class KeptLine(NamedTuple):
    """A line as it is remembered."""

    number: int
    reference: str
    sku: str
    quantity: int
    unit_price: int
    """Minor units, each."""
    code: str
    """Why nothing is ordered for it."""
    order_id: str
    command: bytes | None


class KeptBatch(NamedTuple):
    """A batch as it was asked for."""

    batch_id: str
    account_id: str
    key: str
    lines: Sequence[KeptLine]
    created_ms: int


class Batches:
    """Takes batches and places their orders."""

    def __init__(self, pool: Pool, desk: OrderDesk) -> None:
        self._pool, self._desk = pool, desk
        self._waiting = Waiting(pool, "a batch", SQL("batch where waits"), self.place_next)

    async def begin(self, batch: KeptBatch) -> bool:
        """Remember it; False for one that was there before, of which nothing changes."""
        row = (batch.batch_id, batch.account_id, batch.key, len(batch.lines), batch.created_ms)
        async with self._pool.connection() as connection, connection.transaction():
            if not (await connection.execute(BEGIN, row)).rowcount:
                return False
            columns = tuple(map(list, zip(*batch.lines, strict=True)))
            await connection.execute(KEEP, (batch.batch_id, *columns))
        self._waiting.look()
        return True

    async def run(self) -> None:
        """Place what waits; until cancelled."""
        await self._waiting.run()

    async def place_next(self, now_ms: int) -> bool:
        """Place some orders of one batch, if any may go; doors never take the same batch."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await connection.execute(NEXT, (UNDER_WAY_MAX,), binary=True)
            if not (row := await found.fetchone()):
                return False
            asked = await connection.execute(LINES, (row[0], ORDERS_MAX), binary=True)
            lines = await asked.fetchall()
            commands = (PlaceOrder.decode(command) for _, command in lines)
            stamped = [each.model_copy(update={"received_ms": now_ms}) for each in commands]
            await asyncio.gather(*map(self._place, stamped))
            await connection.execute(GONE, (row[0], [number for number, _ in lines]))
            if len(lines) < ORDERS_MAX:
                await connection.execute(DONE, (row[0],))
        return True

    async def _place(self, command: PlaceOrder) -> None:
        """A line that was ordered before under the same key, on other terms, stands as it was."""
        with suppress(KeyReused):
            await self._desk.place(command)
