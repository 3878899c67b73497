"""How far a batch has come, read from its lines and from the orders that they became."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.order import PAYABLE, SCREENED, OrderDoc
from services.gateway.projections.orders import decode

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

QUEUED: Final = "queued"
REFUSED: Final = "refused"
RECEIVED: Final = "received"
MOVING: Final = frozenset({QUEUED, RECEIVED, "processing", "failed", "refunding"})
PERSON: Final = frozenset({PAYABLE, *SCREENED})
"""Somebody is waited for, unless payment has yet to speak."""

ONE: Final = """
select batch_id, key, lines, created_ms from batch where account_id = %b and batch_id = %b
"""
NEWEST: Final = """
select batch_id, key, lines, created_ms from batch
where account_id = %b and (created_ms, batch_id) < (%b, %b)
order by created_ms desc, batch_id desc limit %b
"""
COUNTS: Final = """
select coalesce(v.state, case when l.code <> '' then 'refused'
                              when l.command is not null then 'queued' else 'received' end),
       count(*)
from batch_line l left join order_view v on v.order_id = l.order_id
where l.batch_id = %b group by 1
"""
UNPAID: Final = """
select v.doc from batch_line l join order_view v on v.order_id = l.order_id
where l.batch_id = %b and v.state = 'awaiting_payment'
"""
LINES: Final = """
select l.number, l.reference, l.sku, l.quantity, l.unit_price, l.code, l.order_id,
       l.command is not null, v.doc
from batch_line l left join order_view v on v.order_id = l.order_id
where l.batch_id = %b and l.number > %b order by l.number limit %b
"""


class BatchRow(NamedTuple):
    """A batch as it was asked for."""

    batch_id: str
    key: str
    lines: int
    created_ms: int


class LineRow(NamedTuple):
    """A line, and its order as far as it has come."""

    number: int
    reference: str
    sku: str
    quantity: int
    unit_price: int
    """Minor units, each."""
    code: str
    order_id: str
    queued: bool
    doc: OrderDoc | None

    @property
    def state(self) -> str:
        """As its order's; a line that cannot be ordered is refused."""
        if self.doc is not None:
            return self.doc.state
        return REFUSED if self.code else QUEUED if self.queued else RECEIVED


class Progress(NamedTuple):
    """How many of its lines stand where."""

    state: str
    """`running`, `waiting` for a person, or `done`."""
    counts: Mapping[str, int]


class BatchReader:
    """Questions about batches; somebody else's does not exist."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def _all(self, text: str, row: tuple[object, ...]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(text.encode(), row, binary=True)).fetchall()

    async def one(self, account_id: str, batch_id: str) -> BatchRow | None:
        """One of this account's batches."""
        rows = await self._all(ONE, (account_id, batch_id))
        return BatchRow(*rows[0]) if rows else None

    async def newest(
        self, account_id: str, before: tuple[int, str], limit: int
    ) -> list[BatchRow]:  # fmt: skip
        """The newest first, asked for before that (time, batch)."""
        return [BatchRow(*row) for row in await self._all(NEWEST, (account_id, *before, limit))]

    async def progress(self, batch_id: str) -> Progress:
        """Where its lines stand."""
        counts: dict[str, int] = dict(await self._all(COUNTS, (batch_id,)))
        moving = not MOVING.isdisjoint(counts)
        if not moving and PAYABLE in counts:
            unpaid = await self._all(UNPAID, (batch_id,))
            moving = not all(decode(doc).at_rest for (doc,) in unpaid)
        waiting = "done" if PERSON.isdisjoint(counts) else "waiting"
        return Progress("running" if moving else waiting, counts)

    async def lines(self, batch_id: str, after: int, limit: int) -> list[LineRow]:
        """Its lines in the file's order, after this one."""
        rows = await self._all(LINES, (batch_id, after, limit))
        return [LineRow._make([*row[:8], decode(row[8]) if row[8] else None]) for row in rows]
