"""A live shard and its copy, compared at one position: fingerprints first, then field by field.

The live one moves on. So its rows are read in one snapshot, together with how far they had got;
the copy is folded exactly that far.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from shared.contracts.envelope import read
from shared.shards import ledger as ledgers
from shared.shards import outbox as outboxes
from shared.shards.codec import Codec
from shared.shards.ledger import Ledger
from shared.shards.outbox import Outbox
from shared.shards.ports import Log, Route

from .fold import FINGERPRINT_MODULUS, digest
from .plain import ABSENT, differences, plain

ROWS_AT_ONCE: Final = 5_000
READ_MAX: Final = 2_000
PUBLISHED_S_MAX: Final = 30.0
"""How long a turn that is in the database may take to stand on the log."""
POLL_S: Final = 0.1
FIELDS_SHOWN_MAX: Final = 12
ENGINE_TABLES: Final = frozenset({"shard", "aggregate", "view_offset", "schema_version"})

Connection = psycopg.AsyncConnection[Any]


class NotOnTheLog(Exception):
    """The database is ahead of the log: a worker has not published its last turn yet."""


class Stored(NamedTuple):
    """One aggregate's row."""

    key: str
    state: bytes
    due_ms: int | None
    effect: bool

    @property
    def content(self) -> bytes:
        """All of it that the log decides."""
        return b"%b|%d|%d" % (self.state, self.due_ms or 0, self.effect)


class Sum(NamedTuple):
    """A shard's aggregates, or a table's rows, in whatever order."""

    rows: int
    fingerprint: int


class Difference(NamedTuple):
    """The first aggregate, by key, that is not the same on both sides."""

    key: str
    fields: list[str]
    """`field: live → rebuilt`."""


class Compared(NamedTuple):
    """What came of one shard."""

    shard: int
    position: int
    live: Sum
    rebuilt: Sum
    ledger: list[str]
    """What differs of the two rows, as `field: live → rebuilt`."""
    difference: Difference | None

    @property
    def same(self) -> bool:
        """Whether the copy is the live one."""
        return self.live == self.rebuilt and not self.ledger


class Tables:
    """A schema's tables as of one moment."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def rows(self) -> dict[int, tuple[Ledger, Outbox]]:
        """Every shard that has had a turn."""
        found = await self.connection.execute("select shard, ledger, outbox from shard")
        return {n: (ledgers.decode(a), outboxes.decode(b)) for n, a, b in await found.fetchall()}

    async def sums(self) -> dict[int, Sum]:
        """The fingerprint of every shard that has aggregates."""
        sums: dict[int, Sum] = {}
        async with self.connection.cursor("sums") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            await cursor.execute("select shard, key, state, due_ms, effect from aggregate")
            async for shard, *row in cursor:
                stored = Stored(*row)
                count, total = sums.get(shard, Sum(0, 0))
                more = (total + digest(stored.key, stored.content)) % FINGERPRINT_MODULUS
                sums[shard] = Sum(count + 1, more)
        return sums

    async def aggregates(self, shard: int) -> AsyncIterator[Stored]:
        """One shard's, in the order of their keys."""
        async with self.connection.cursor(f"shard_{shard}") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            await cursor.execute(
                "select key, state, due_ms, effect from aggregate where shard = %s"
                ' order by key collate "C"',
                (shard,),
            )
            async for row in cursor:
                yield Stored(*row)

    async def followed(self) -> dict[Route, int]:
        """How far the read models have followed each partition."""
        found = await self.connection.execute("select topic, shard, next_offset from view_offset")
        return {(topic, shard): offset for topic, shard, offset in await found.fetchall()}

    async def views(self, without: frozenset[str]) -> dict[str, Sum]:
        """The read models' tables, summed by the database itself."""
        found = await self.connection.execute(
            "select tablename from pg_tables where schemaname = current_schema() order by 1"
        )
        names = [name for (name,) in await found.fetchall() if name not in without]
        sums: dict[str, Sum] = {}
        for name in names:
            asked = sql.SQL(
                "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {} t"
            ).format(sql.Identifier(name))
            row = await (await self.connection.execute(asked)).fetchone()
            assert row
            sums[name] = Sum(int(row[0]), int(row[1]))
        return sums


@asynccontextmanager
async def snapshot(dsn: str) -> AsyncIterator[Tables]:
    """Everything read in here is of one moment."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        yield Tables(connection)


async def end_of(log: Log, events: str, shard: int, ledger: Ledger, box: Outbox) -> int:
    """The offset after the last fact that this row knows of; waits until it is on the log."""
    if not box.facts:
        return ledger.log_end
    last, start = box.facts[-1][-1].position, ledger.log_end
    until_s = time.monotonic() + PUBLISHED_S_MAX
    while time.monotonic() < until_s:
        records = await log.read((events, shard), start, READ_MAX)
        for record in records:
            if read(record.headers).position == last:
                return record.offset + 1
        if records:
            start = records[-1].offset + 1
        else:
            await asyncio.sleep(POLL_S)
    raise NotOnTheLog(f"position {last} of {events}/{shard} is in the database, not on the log")


def unlike(live: Ledger, rebuilt: Ledger) -> list[str]:
    """What of the rows must be the same and is not; the copy may have read less, never more."""
    fields = ("position", "chain", "lasts", "parked")
    one = {name: plain(getattr(live, name)) for name in fields}
    other = {name: plain(getattr(rebuilt, name)) for name in fields}
    if live.chain != rebuilt.chain:
        one["chain"], other["chain"] = live.chain.hex(), rebuilt.chain.hex()
    found = list(differences(one, other))
    for topic, offset in rebuilt.offsets.items():
        if offset > live.offsets.get(topic, 0):
            found.append(f"offsets.{topic}: {live.offsets.get(topic, 0)} → {offset}")
    return found


async def first_difference(
    live: Tables, rebuilt: Tables, shard: int, codec: Codec
) -> Difference | None:
    """The first aggregate that differs, or is on one side only."""
    left, right = live.aggregates(shard), rebuilt.aggregates(shard)
    one, other = await anext(left, None), await anext(right, None)
    while one == other and one is not None:
        one, other = await anext(left, None), await anext(right, None)
    if one is None and other is None:
        return None
    key = min(each.key for each in (one, other) if each)
    found = differences(_plain(one, key, codec), _plain(other, key, codec))
    return Difference(key, list(found)[:FIELDS_SHOWN_MAX])


def _plain(stored: Stored | None, key: str, codec: Codec) -> Any:
    if stored is None or stored.key != key:
        return ABSENT
    state = plain(codec.decode(stored.state))
    return {**state, "due_ms": stored.due_ms, "effect": stored.effect}
