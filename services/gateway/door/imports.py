"""What the door remembers of an import, and what the read models know of it."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

BEGIN: Final = """
insert into stock_import (import_id, sku, operator, lines, errors, created_ms)
values (%s, %s, %s, %s, %s, %s) on conflict do nothing
"""
FIND: Final = """
select s.sku, s.operator, s.lines, s.errors, s.created_ms,
       coalesce(sum(v.claimed), 0)::bigint, coalesce(sum(v.refused), 0)::bigint,
       coalesce(sum(v.received), 0)::bigint
from stock_import s left join import_view v using (import_id)
where import_id = %s group by s.import_id
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
    claimed: int
    refused: int
    received: int
    refusals: list[tuple[int, str]]


class Imports:
    """Imports by their id."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, begun: StockImport) -> None:
        """Remember it; a repeat changes nothing."""
        errors = msgspec.msgpack.encode(begun.errors)
        row = (begun.import_id, begun.sku, begun.operator, begun.lines, errors, begun.created_ms)
        async with self._pool.connection() as connection:
            await connection.execute(BEGIN, row)

    async def progress(self, import_id: str) -> Progress | None:
        """As far as the read models know."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND, (import_id,))).fetchone()
            if row is None:
                return None
            refusals = await (await connection.execute(REFUSALS, (import_id,))).fetchall()
        sku, operator, lines, stored, created_ms, claimed, refused, received = row
        errors = msgspec.msgpack.decode(stored, type=list[tuple[int, str]])
        begun = StockImport(import_id, sku, operator, lines, errors, created_ms)
        found = [(line, code) for line, code in refusals]
        return Progress(begun, claimed, refused, received, found)

    async def known(self, card_ids: Sequence[str]) -> set[str]:
        """Those of these cards that were ever taken."""
        async with self._pool.connection() as connection:
            found = await connection.execute(KNOWN, (list(card_ids),), binary=True)
            return {card_id for (card_id,) in await found.fetchall()}
