"""Disputes as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.disputes import WAITING, DisputeRow, Word

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

MANY: Final = """
select * from dispute_view
where (state = any(%b::text[])) <> %b and (%b = '' or opened_by = %b)
  and (coalesce(nullif(deadline_ms, 0), opened_ms), dispute_id) > (%b, %b)
order by coalesce(nullif(deadline_ms, 0), opened_ms), dispute_id limit %b
"""
ONE: Final = "select * from dispute_view where dispute_id = %b"
OF_ORDER: Final = """
select * from dispute_view where order_id = %b and account_id = %b
order by opened_ms, dispute_id limit %b
"""
WORDS: Final = "select * from dispute_word where dispute_id = %b order by position limit %b"
WORDS_MAX: Final = 200
"""Read of one dispute."""
OF_ORDER_MAX: Final = 100


def order_ms(row: DisputeRow) -> int:
    """What the list goes by: the deadline of who has the word, else when it was opened."""
    return row.deadline_ms or row.opened_ms


class Disputes:
    """Disputes by their id, by their order, and those that wait."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def many(
        self, after: tuple[int, str], limit: int, *, ended: bool, by: str = ""
    ) -> list[DisputeRow]:
        """Somebody has the word, the first deadline first; or not any more, the oldest first."""
        rows = await self._all(MANY, (list(WAITING), ended, by, by, *after, limit))
        return [DisputeRow(*row) for row in rows]

    async def one(self, dispute_id: str) -> DisputeRow | None:
        """This dispute."""
        rows = await self._all(ONE, (dispute_id,))
        return DisputeRow(*rows[0]) if rows else None

    async def of_order(self, order_id: str, account_id: str) -> list[DisputeRow]:
        """All of an order, the oldest first."""
        rows = await self._all(OF_ORDER, (order_id, account_id, OF_ORDER_MAX))
        return [DisputeRow(*row) for row in rows]

    async def words(self, dispute_id: str) -> list[Word]:
        """What was said, in order."""
        return [Word(*row) for row in await self._all(WORDS, (dispute_id, WORDS_MAX))]

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
