"""Every other request that changes something: the first answer to a key is its answer for ever.

An answer is a small document: the resource that was made or asked for, or the problem it met.
Codes are never in it.
"""

from typing import Any, Final

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from .orders import KeyReused

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

KEEP: Final = """
insert into request (who, key, body_hash, answer, created_ms)
values (%b, %b, %b, %b, %b)
on conflict do nothing
"""
FIND: Final = "select body_hash, answer from request where who = %b and key = %b"


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What was answered first."""

    resource: str
    """The id of what it is about."""
    problem: str = ""
    """The code of the problem it met; empty when it was accepted."""


class Requests:
    """Answers by (who asked, Idempotency-Key)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, who: str, key: str, body_hash: bytes) -> Answer | None:
        """The first answer; None when the key is new. Raises KeyReused."""
        async with self._pool.connection() as connection:
            found = await connection.execute(FIND, (who, key), binary=True)
            row = await found.fetchone()
        if row is None:
            return None
        if row[0] != body_hash:
            raise KeyReused
        return msgspec.msgpack.decode(row[1], type=Answer)

    async def keep(
        self, who: str, key: str, body_hash: bytes, answer: Answer, now_ms: int
    ) -> Answer:
        """The first answer: this one, unless another instance was faster. Raises KeyReused."""
        row = (who, key, body_hash, msgspec.msgpack.encode(answer), now_ms)
        async with self._pool.connection() as connection:
            done = await connection.execute(KEEP, row)
        if done.rowcount:
            return answer
        found = await self.find(who, key, body_hash)
        assert found is not None, "a row that is in the way can be read"
        return found
