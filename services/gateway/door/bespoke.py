"""Custom requests as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.bespoke import CustomRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

ONE: Final = "select * from custom_view where custom_id = %b"
OF_ACCOUNT: Final = """
select * from custom_view where account_id = %b and (asked_ms, custom_id) < (%b, %b)
order by asked_ms desc, custom_id desc limit %b
"""
IN_STATE: Final = """
select * from custom_view where state = %b and (asked_ms, custom_id) > (%b, %b)
order by asked_ms, custom_id limit %b
"""
ANSWER_TIME: Final = """
select percentile_disc(0.5) within group (order by answered_ms - asked_ms)::bigint from (
    select answered_ms, asked_ms from custom_view
    where answered_ms > 0 order by answered_ms desc limit %b
) as lately
"""
LATELY_MAX: Final = 200
"""Answers that the answer time is measured over."""


class Requests:
    """Custom requests by their id, their account and their state."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, custom_id: str) -> CustomRow | None:
        """This request."""
        rows = await self._all(ONE, (custom_id,))
        return CustomRow(*rows[0]) if rows else None

    async def of_account(
        self, account_id: str, before: tuple[int, str], limit: int
    ) -> list[CustomRow]:
        """All of an account, the newest first."""
        rows = await self._all(OF_ACCOUNT, (account_id, *before, limit))
        return [CustomRow(*row) for row in rows]

    async def in_state(self, state: str, after: tuple[int, str], limit: int) -> list[CustomRow]:
        """All in this state, the oldest first."""
        return [CustomRow(*row) for row in await self._all(IN_STATE, (state, *after, limit))]

    async def answer_ms(self) -> int | None:
        """The median time to the shop's first word, lately; None where there was none."""
        rows = await self._all(ANSWER_TIME, (LATELY_MAX,))
        took_ms: int | None = rows[0][0]
        return took_ms

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
