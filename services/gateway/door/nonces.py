"""A nonce counts once, on whichever instance: kept until no signature with it can be fresh."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from shared.runtime.batching import Batcher
from shared.security.signatures import SKEW_S_MAX

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

KEPT_S: Final = 2 * SKEW_S_MAX + 1
TAKE: Final = """
insert into nonce (key_id, nonce, expires_s)
select * from unnest(%b::text[], %b::text[], %b::bigint[])
on conflict do nothing
returning key_id, nonce
"""
FORGET: Final = """
delete from nonce where ctid = any(array(
    select ctid from nonce where expires_s < %b limit %b
))
"""
FORGET_MAX: Final = 20_000


class Nonce(NamedTuple):
    """One use of one key."""

    key_id: str
    nonce: str
    expires_s: int


class Nonces:
    """Shared by all processes through the database; one insert for all that come together."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._batcher: Batcher[Nonce, bool] = Batcher(self._take)

    async def take(self, key_id: str, nonce: str, now_s: int) -> bool:
        """True the first time."""
        return await self._batcher.do(Nonce(key_id, nonce, now_s + KEPT_S))

    async def _take(self, nonces: Sequence[Nonce]) -> Sequence[bool]:
        first: dict[tuple[str, str], Nonce] = {}
        for each in nonces:
            first.setdefault(each[:2], each)
        rows = sorted(first.values())
        columns = tuple(map(list, zip(*rows, strict=True)))
        async with self._pool.connection() as connection:
            done = await connection.execute(TAKE, columns)
            new = set(await done.fetchall())
        return [each[:2] in new and first[each[:2]] is each for each in nonces]

    async def forget(self, now_s: int) -> None:
        """Drop what no signature can use any more."""
        async with self._pool.connection() as connection:
            await connection.execute(FORGET, (now_s, FORGET_MAX))
