"""The store on PostgreSQL: one statement a turn, every shard's part guarded by its own row."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import psycopg

from . import ledger as ledgers
from . import outbox as outboxes
from .ports import Row, Unavailable, Write

Connection = psycopg.AsyncConnection[Any]
T = TypeVar("T")

CONNECT_S_MAX: Final = 5
STATEMENT_MS_MAX: Final = 30_000
NO_DEADLINE: Final = -1

SETTINGS: Final = f"""
set statement_timeout = {STATEMENT_MS_MAX};
set jit = off;
set plan_cache_mode = force_generic_plan;
set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off
"""
"""Keys are looked up one by one in the index, whatever the planner believes of a young table."""

LOAD: Final = """
select s.shard, null::text, null::bytea
from unnest(%b::int[], %b::bigint[]) as w (shard, turn)
join shard s on s.shard = w.shard and s.turn = w.turn
union all
select a.shard, a.key, a.state
from unnest(%b::int[], %b::text[]) as w (shard, key)
join aggregate a on a.key = w.key and a.shard = w.shard
"""

COMMIT: Final = """
with w as (
    select * from unnest(%b::int[], %b::bigint[], %b::bytea[], %b::bytea[])
    as w (shard, turn, ledger, outbox)
), ok as (
    update shard s set turn = w.turn, ledger = w.ledger, outbox = w.outbox
    from w where s.shard = w.shard and s.turn = w.turn - 1
    returning s.shard
), gone as (
    delete from aggregate a
    using unnest(%b::int[], %b::text[]) as g (shard, key)
    join ok on ok.shard = g.shard
    where a.key = g.key and a.shard = g.shard
), kept as (
    insert into aggregate as a (shard, key, state, due_ms, effect)
    select k.shard, k.key, k.state, nullif(k.due_ms, -1), k.effect
    from unnest(%b::int[], %b::text[], %b::bytea[], %b::bigint[], %b::bool[])
    as k (shard, key, state, due_ms, effect)
    join ok on ok.shard = k.shard
    on conflict (key, shard) do update
    set state = excluded.state, due_ms = excluded.due_ms, effect = excluded.effect
)
select shard from ok
"""

DUE: Final = """
select shard, key from aggregate
where shard = any(%b::int[]) and due_ms <= %b
order by due_ms limit %b
"""

FAILURES: Final = (psycopg.OperationalError, psycopg.InternalError)
"""The server is away, or in trouble of its own (it could not write a file): both may pass."""


class PostgresStore:
    """One connection, taken anew after an outage."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.connection: Connection | None = None

    async def rows(self, shards: Iterable[int]) -> dict[int, Row]:
        """Every shard's row; one that never had a turn is made now."""
        numbers = list(shards)
        fresh = (ledgers.encode(ledgers.Ledger()), outboxes.encode(outboxes.EMPTY))

        async def run(connection: Connection) -> dict[int, Row]:
            await connection.execute(
                "insert into shard select s, 0, %b, %b from unnest(%b::int[]) as s"
                " on conflict do nothing",
                (*fresh, numbers),
            )
            found = await connection.execute(
                "select shard, ledger, outbox from shard where shard = any(%b::int[])",
                (numbers,),
                binary=True,
            )
            return {n: Row(ledger, outbox) for n, ledger, outbox in await found.fetchall()}

        return await self._with(run)

    async def load(
        self, wanted: Mapping[int, Iterable[str]], turns: Mapping[int, int]
    ) -> dict[int, dict[str, bytes]]:
        """One query for all shards: their turns and their aggregates as of one moment."""
        numbers = list(wanted)
        pairs = [(shard, key) for shard, keys in wanted.items() for key in keys]
        arguments = (
            numbers,
            [turns[shard] for shard in numbers],
            [shard for shard, _ in pairs],
            [key for _, key in pairs],
        )

        async def run(connection: Connection) -> dict[int, dict[str, bytes]]:
            found = await (await connection.execute(LOAD, arguments, binary=True)).fetchall()
            result: dict[int, dict[str, bytes]] = {s: {} for s, key, _ in found if key is None}
            for shard, key, state in found:
                if key is not None and shard in result:
                    result[shard][key] = state
            return result

        return await self._with(run)

    async def commit(self, writes: Sequence[Write]) -> frozenset[int]:
        """One statement, one transaction; the shards whose row had moved are returned."""
        ordered = sorted(writes, key=lambda write: write.shard)
        changes = [(w.shard, c) for w in ordered for c in w.changes]
        kept = [(s, c, c.state) for s, c in changes if c.state is not None]
        gone = [(s, c.key) for s, c in changes if c.state is None]
        arguments = (
            [w.shard for w in ordered],
            [w.turn for w in ordered],
            [w.ledger for w in ordered],
            [w.outbox for w in ordered],
            [shard for shard, _ in gone],
            [key for _, key in gone],
            [shard for shard, _, _ in kept],
            [change.key for _, change, _ in kept],
            [state for _, _, state in kept],
            [NO_DEADLINE if c.due_ms is None else c.due_ms for _, c, _ in kept],
            [change.effect for _, change, _ in kept],
        )

        async def run(connection: Connection) -> frozenset[int]:
            found = await connection.execute(COMMIT, arguments, binary=True)
            moved = {shard for (shard,) in await found.fetchall()}
            return frozenset(w.shard for w in ordered) - moved

        return await self._with(run)

    async def due(self, shards: Iterable[int], now_ms: int, keys_max: int) -> list[tuple[int, str]]:
        """Oldest first."""
        arguments = (list(shards), now_ms, keys_max)

        async def run(connection: Connection) -> list[tuple[int, str]]:
            found = await connection.execute(DUE, arguments, binary=True)
            return await found.fetchall()

        return await self._with(run)

    async def effects(self, shards: Iterable[int]) -> list[tuple[int, str]]:
        """Those whose effect is open."""
        numbers = list(shards)

        async def run(connection: Connection) -> list[tuple[int, str]]:
            found = await connection.execute(
                "select shard, key from aggregate where shard = any(%b::int[]) and effect",
                (numbers,),
            )
            return await found.fetchall()

        return await self._with(run)

    async def close(self) -> None:
        """Let the connection go."""
        if self.connection:
            await self.connection.close()
            self.connection = None

    async def _with(self, run: Callable[[Connection], Awaitable[T]]) -> T:
        try:
            if self.connection is None or self.connection.closed:
                self.connection = await psycopg.AsyncConnection.connect(
                    self.dsn, autocommit=True, connect_timeout=CONNECT_S_MAX
                )
                await self.connection.execute(SETTINGS)
            return await run(self.connection)
        except FAILURES as error:
            await self.close()
            raise Unavailable(f"PostgreSQL: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
