"""An account's API keys as the door reads them, and when it has last seen each."""

from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

OF_ACCOUNT: Final = """
select k.key_id, k.label, k.issued_by, k.issued_ms, k.revoked_ms, k.revoked_by,
       coalesce(u.used_ms, 0)
from api_key_view k left join api_key_use u using (key_id)
where k.account_id = %b order by k.revoked_ms > 0, k.issued_ms desc, k.key_id limit %b
"""
NOTE: Final = """
insert into api_key_use as u select * from unnest(%b::text[], %b::bigint[]) order by 1
on conflict (key_id) do update set used_ms = greatest(u.used_ms, excluded.used_ms)
"""
OF_ACCOUNT_MAX: Final = 100


class KeyRow(NamedTuple):
    """One key; its secret is not in it."""

    key_id: str
    label: str
    issued_by: str
    issued_ms: int
    revoked_ms: int
    revoked_by: str
    used_ms: int


class ApiKeys:
    """Keys by account."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_account(self, account_id: str) -> list[KeyRow]:
        """Those that sign first, the newest first."""
        async with self._pool.connection() as connection:
            row = (account_id, OF_ACCOUNT_MAX)
            found = await connection.execute(OF_ACCOUNT.encode(), row, binary=True)
            return [KeyRow(*each) for each in await found.fetchall()]

    async def note(self, used: dict[str, int]) -> None:
        """Write down what was used since the last time, and forget it."""
        if not used:
            return
        noted = dict(used)
        used.clear()
        async with self._pool.connection() as connection:
            await connection.execute(NOTE, (list(noted), list(noted.values())))
