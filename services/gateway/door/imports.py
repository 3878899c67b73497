"""Imports: remembered sealed, appended bit by bit, whichever door is there to do it.

What was accepted is in one transaction: the import and its commands, in chunks. A chunk goes when
Kafka has it, so a door that is killed loses nothing: another goes on with the chunks that are left.
Only so many cards are on their way at once, so that no order waits behind a hundred thousand.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from psycopg.sql import SQL
from psycopg_pool import AsyncConnectionPool

from shared.runtime.appending import Appender, Outgoing

from .waiting import Waiting

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]
Connection = psycopg.AsyncConnection[Any]

UNDER_WAY_MAX: Final = 3_000
"""Cards that are appended and not yet received or refused."""
STUCK_MS_MAX: Final = 10_000
"""After this long without a step forward the rest is appended all the same."""

BEGIN: Final = """
insert into stock_import (import_id, sku, operator, lines, errors, created_ms)
values (%s, %s, %s, %s, %s, %s) on conflict do nothing
"""
KEEP: Final = """
insert into stock_import_chunk (import_id, number, lines, records) values (%s, %s, %s, %b)
"""
NEXT: Final = """
select c.import_id, c.number, c.lines, c.records
from stock_import_chunk c join stock_import s using (import_id)
where s.sent_ms < %b or s.sent - (
    select coalesce(sum(v.refused + v.received), 0) from import_view v
    where v.import_id = s.import_id
) < %b
order by s.created_ms, c.number limit 1 for update of c skip locked
"""
SENT: Final = "update stock_import set sent = sent + %s, sent_ms = %s where import_id = %s"
GONE: Final = "delete from stock_import_chunk where import_id = %s and number = %s"
FIND: Final = """
select s.sku, s.operator, s.lines, s.errors, s.created_ms, s.sent,
       coalesce(sum(v.claimed), 0)::bigint, coalesce(sum(v.refused), 0)::bigint,
       coalesce(sum(v.received), 0)::bigint
from stock_import s left join import_view v using (import_id)
where import_id = %s group by s.import_id
"""
OF_SKU: Final = """
select s.import_id, s.operator, s.lines, coalesce(sum(v.received), 0)::bigint, s.created_ms
from stock_import s left join import_view v using (import_id)
where s.sku = %s and (s.created_ms, s.import_id) < (%s, %s)
group by s.import_id order by s.created_ms desc, s.import_id desc limit %s
"""
REFUSALS: Final = "select line, code from import_refusal where import_id = %s order by line"
KNOWN: Final = "select card_id from card_view where card_id = any(%b::text[])"


class StockImport(NamedTuple):
    """An import as it was asked for."""

    import_id: str
    sku: str
    operator: str
    lines: int
    """Cards that were asked for."""
    errors: list[tuple[int, str]]
    """(line, code) of those that were not."""
    created_ms: int


class Progress(NamedTuple):
    """How far it has come."""

    begun: StockImport
    sent: int
    """Cards that are on the log."""
    claimed: int
    refused: int
    received: int
    refusals: list[tuple[int, str]]


class ImportRow(NamedTuple):
    """An import in a list."""

    import_id: str
    operator: str
    lines: int
    received: int
    created_ms: int


class Imports:
    """Imports by their id."""

    def __init__(self, pool: Pool, appender: Appender) -> None:
        self._pool, self._appender = pool, appender
        self._waiting = Waiting(pool, "an import", SQL("stock_import_chunk"), self.append_next)

    async def begin(self, begun: StockImport, chunks: Iterable[Sequence[Outgoing]]) -> bool:
        """Remember it with all its commands; a repeat changes nothing and is False."""
        errors = msgspec.msgpack.encode(begun.errors)
        row = (begun.import_id, begun.sku, begun.operator, begun.lines, errors, begun.created_ms)
        async with self._pool.connection() as connection, connection.transaction():
            if not (await connection.execute(BEGIN, row)).rowcount:
                return False
            for number, chunk in enumerate(chunks):
                stored = msgspec.msgpack.encode(chunk)
                await connection.execute(KEEP, (begun.import_id, number, len(chunk), stored))
        self._waiting.look()
        return True

    async def run(self) -> None:
        """Append what waits; until cancelled."""
        await self._waiting.run()

    async def append_next(self, now_ms: int) -> bool:
        """Append one chunk, if one may go; doors never take the same one."""
        async with self._pool.connection() as connection, connection.transaction():
            asked = (now_ms - STUCK_MS_MAX, UNDER_WAY_MAX)
            row = await (await connection.execute(NEXT, asked, binary=True)).fetchone()
            if row is None:
                return False
            import_id, number, lines, stored = row
            chunk = msgspec.msgpack.decode(stored, type=list[Outgoing])
            await asyncio.gather(*map(self._appender.append, chunk))
            await connection.execute(GONE, (import_id, number))
            await connection.execute(SENT, (lines, now_ms, import_id))
        return True

    async def progress(self, import_id: str) -> Progress | None:
        """As far as the read models know."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND, (import_id,))).fetchone()
            if row is None:
                return None
            refusals = await (await connection.execute(REFUSALS, (import_id,))).fetchall()
        sku, operator, lines, stored, created_ms, sent, claimed, refused, received = row
        errors = msgspec.msgpack.decode(stored, type=list[tuple[int, str]])
        begun = StockImport(import_id, sku, operator, lines, errors, created_ms)
        found = [(line, code) for line, code in refusals]
        return Progress(begun, sent, claimed, refused, received, found)

    async def of_sku(self, sku: str, before: tuple[int, str], limit: int) -> list[ImportRow]:
        """Begun before that (time, import), the newest first."""
        async with self._pool.connection() as connection:
            found = await connection.execute(OF_SKU, (sku, *before, limit))
            return [ImportRow(*row) for row in await found.fetchall()]

    async def known(self, card_ids: Sequence[str]) -> set[str]:
        """Those of these cards that were ever taken."""
        async with self._pool.connection() as connection:
            found = await connection.execute(KNOWN, (list(card_ids),), binary=True)
            return {card_id for (card_id,) in await found.fetchall()}
