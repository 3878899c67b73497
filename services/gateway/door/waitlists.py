"""Waitlists as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.waitlists import WaitRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

OF_ACCOUNT: Final = """
select * from waitlist_view where account_id = %b and (joined_ms, subscription_id) < (%b, %b)
order by joined_ms desc, subscription_id desc limit %b
"""
ONE: Final = "select * from waitlist_view where subscription_id = %b"
TOLD: Final = """
select * from waitlist_view where account_id = %b and state = 'told' and told_ms >= %b
order by told_ms limit %b
"""
TOLD_MAX: Final = 50
"""Told at once on a stream; its reader asks for the rest."""


class Waitlists:
    """Subscriptions by their id and their account."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, subscription_id: str) -> WaitRow | None:
        """This subscription."""
        rows = await self._all(ONE, (subscription_id,))
        return rows[0] if rows else None

    async def of_account(
        self, account_id: str, before: tuple[int, str], limit: int
    ) -> list[WaitRow]:
        """All of an account, the newest first."""
        return await self._all(OF_ACCOUNT, (account_id, *before, limit))

    async def told(self, account_id: str, since_ms: int) -> list[WaitRow]:
        """Those that were told since then."""
        return await self._all(TOLD, (account_id, since_ms, TOLD_MAX))

    async def _all(self, text: str, row: tuple[object, ...]) -> list[WaitRow]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return [WaitRow(*each) for each in await found.fetchall()]
