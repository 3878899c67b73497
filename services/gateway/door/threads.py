"""Support threads as the door reads them."""

from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.threads import ThreadRow, Word

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

ONE: Final = "select * from thread_view where thread_id = %b"
OF_ACCOUNT: Final = """
select * from thread_view where account_id = %b and (changed_ms, thread_id) < (%b, %b)
order by changed_ms desc, thread_id desc limit %b
"""
IN_STATE: Final = """
select * from thread_view where state = %b and (waiting_ms, thread_id) > (%b, %b)
order by waiting_ms, thread_id limit %b
"""
MOVED: Final = """
select * from thread_view where account_id = %b and position > %b order by position limit %b
"""
NEWEST: Final = "select coalesce(max(position), 0)::bigint from thread_view where account_id = %b"
FIRST: Final = """
select thread_id, sealed_text from thread_word where number = 1 and thread_id = any(%b::text[])
"""
WORDS: Final = "select * from thread_word where thread_id = %b order by number limit %b"
ANSWER_TIME: Final = """
select percentile_disc(0.5) within group (order by answered_ms - opened_ms)::bigint from (
    select answered_ms, opened_ms from thread_view
    where answered_ms > 0 order by answered_ms desc limit %b
) as lately
"""
LATELY_MAX: Final = 200
"""Answers that the answer time is measured over."""
WORDS_MAX: Final = 200
MOVED_MAX: Final = 50
"""Threads told at once on a stream; its reader asks for the rest."""


class Threads:
    """Threads by their id, their account and who waits."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def one(self, thread_id: str) -> ThreadRow | None:
        """This thread."""
        rows = await self._all(ONE, (thread_id,))
        return ThreadRow(*rows[0]) if rows else None

    async def of_account(
        self, account_id: str, before: tuple[int, str], limit: int
    ) -> list[ThreadRow]:
        """All of an account, the last that moved first."""
        rows = await self._all(OF_ACCOUNT, (account_id, *before, limit))
        return [ThreadRow(*row) for row in rows]

    async def in_state(self, state: str, after: tuple[int, str], limit: int) -> list[ThreadRow]:
        """All in this state; of those that wait, the one that waits longest first."""
        return [ThreadRow(*row) for row in await self._all(IN_STATE, (state, *after, limit))]

    async def moved(self, account_id: str, after: int) -> list[ThreadRow]:
        """The account's threads that have moved since that position."""
        rows = await self._all(MOVED, (account_id, after, MOVED_MAX))
        return [ThreadRow(*row) for row in rows]

    async def newest(self, account_id: str) -> int:
        """The position of the last fact about any of the account's threads."""
        position: int = (await self._all(NEWEST, (account_id,)))[0][0]
        return position

    async def words(self, thread_id: str) -> list[Word]:
        """What was said, in order."""
        return [Word(*row) for row in await self._all(WORDS, (thread_id, WORDS_MAX))]

    async def first(self, rows: list[ThreadRow]) -> dict[str, str]:
        """The first word of each, still sealed."""
        return dict(await self._all(FIRST, ([row.thread_id for row in rows],)))

    async def answer_ms(self) -> int | None:
        """The median time to a first answer, lately; None where there was none."""
        took_ms: int | None = (await self._all(ANSWER_TIME, (LATELY_MAX,)))[0][0]
        return took_ms

    async def _all(self, text: str, row: tuple[object, ...]) -> list[Any]:
        async with self._pool.connection() as connection:
            found = await connection.execute(text.encode(), row, binary=True)
            return await found.fetchall()
