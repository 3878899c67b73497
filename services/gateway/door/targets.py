"""Saved targets as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.targets import TargetRow

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

OF_ACCOUNT: Final = """
select * from saved_target_view where account_id = %b order by saved_ms, target_id limit %b
"""
READ_MAX: Final = 100


class SavedTargets:
    """All of an account."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_account(self, account_id: str) -> list[TargetRow]:
        """The oldest first."""
        async with self._pool.connection() as connection:
            row = (account_id, READ_MAX)
            found = await connection.execute(OF_ACCOUNT.encode(), row, binary=True)
            return [TargetRow(*each) for each in await found.fetchall()]
