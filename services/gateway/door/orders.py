"""An order is accepted once for each (account, Idempotency-Key), on whichever instance it comes.

The row is written before the order is appended, and 202 is answered when Kafka has it. Orders'
first fact takes the row's place (projections/orders.py), with the same keyed body hash.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from services.gateway.projections.order import OrderDoc
from shared.contracts.orders import PlaceOrder
from shared.runtime.appending import Appended, Appender, Outgoing, outgoing
from shared.runtime.batching import Batcher

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

FIRST_PAUSE_MS: Final = 5_000
"""After this long without a first fact, and without an acknowledgement, it is appended again."""

TAKE: Final = """
insert into order_request
    (order_id, account_id, body_hash, received_ms, command, next_ms)
select * from unnest(
    %b::text[], %b::text[], %b::bytea[], %b::bigint[], %b::bytea[], %b::bigint[]
)
on conflict do nothing
returning order_id
"""
DECIDED: Final = "select order_id, doc from order_view where order_id = any(%b::text[])"
PENDING: Final = """
select order_id, body_hash, command, command_offset is not null
from order_request where order_id = any(%b::text[])
"""
WITHDRAW: Final = "delete from order_request where order_id = any(%b::text[])"
ACKNOWLEDGE: Final = """
update order_request r set shard = a.shard, command_offset = a.command_offset
from unnest(%b::text[], %b::int[], %b::bigint[]) as a (order_id, shard, command_offset)
where r.order_id = a.order_id
"""


class KeyReused(Exception):
    """The same Idempotency-Key came with another body."""


class Taken(NamedTuple):
    """What the database knows of an order that is being placed."""

    body_hash: str
    appended: bool
    """Kafka has it, as far as the row knows."""
    command: bytes
    """As it was first accepted: what is appended, however often."""


class Wish(NamedTuple):
    """An order on its way in."""

    order_id: str
    account_id: str
    body_hash: str
    received_ms: int
    record: Outgoing


class OrderDesk:
    """Takes orders; those that come together share a transaction and a batch on the log."""

    def __init__(self, pool: Pool, appender: Appender) -> None:
        self._pool, self._appender = pool, appender
        self._acknowledged: list[tuple[str, Appended]] = []
        self._batcher: Batcher[Wish, Taken] = Batcher(self._take)

    async def place(self, command: PlaceOrder, traceparent: str = "") -> bool:
        """Returns when Kafka has it: True the first time, False for a repeat.

        Raises KeyReused, NotAppended or TurnedAway.
        """
        wish = Wish(
            command.order_id, command.account_id, command.body_hash, command.received_ms,
            outgoing(command, traceparent),
        )  # fmt: skip
        taken = await self._batcher.do(wish)
        if taken.body_hash != command.body_hash:
            raise KeyReused
        if taken.appended:
            return False
        fresh = taken.command is wish.record.body
        record = wish.record if fresh else wish.record._replace(body=taken.command)
        appended = await self._appender.append(record)
        self._acknowledged.append((command.order_id, appended))
        return fresh

    async def _take(self, wishes: Sequence[Wish]) -> Sequence[Taken]:
        """One transaction. What is already decided needs no row; what is pending has one."""
        first: dict[str, Wish] = {}
        for wish in wishes:
            first.setdefault(wish.order_id, wish)
        async with self._pool.connection() as connection, connection.transaction():
            await self._note_acknowledged(connection)
            known = await _known(connection, first)
        return [known.get(wish.order_id) or _fresh(first[wish.order_id]) for wish in wishes]

    async def _note_acknowledged(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """The last batch's acknowledgements ride along: nobody waits for them."""
        noted, self._acknowledged = self._acknowledged, []
        if noted:
            noted.sort(key=lambda pair: pair[0])
            await connection.execute(
                ACKNOWLEDGE,
                (
                    [order_id for order_id, _ in noted],
                    [where.partition for _, where in noted],
                    [where.offset for _, where in noted],
                ),
            )

    async def flush(self) -> None:
        """Write down the acknowledgements that no order has carried along since."""
        if self._acknowledged:
            async with self._pool.connection() as connection:
                await self._note_acknowledged(connection)


def _fresh(wish: Wish) -> Taken:
    return Taken(wish.body_hash, False, wish.record.body)


async def _known(
    connection: psycopg.AsyncConnection[Any], wishes: Mapping[str, Wish]
) -> dict[str, Taken]:
    """Those of these orders that were taken before."""
    rows = [wishes[key] for key in sorted(wishes)]
    done = await connection.execute(
        TAKE,
        (
            [wish.order_id for wish in rows],
            [wish.account_id for wish in rows],
            [wish.body_hash.encode() for wish in rows],
            [wish.received_ms for wish in rows],
            [wish.record.body for wish in rows],
            [wish.received_ms + FIRST_PAUSE_MS for wish in rows],
        ),
    )
    new = {order_id for (order_id,) in await done.fetchall()}
    # Asked after the insert: a first fact that made an end of a row meanwhile is seen now.
    found = await connection.execute(DECIDED, (sorted(wishes),), binary=True)
    known = {key: _decided(doc) for key, doc in await found.fetchall()}
    if withdrawn := sorted(new & set(known)):
        await connection.execute(WITHDRAW, (withdrawn,))
    if pending := sorted(set(wishes) - new - set(known)):
        asked = await connection.execute(PENDING, (pending,), binary=True)
        for order_id, body_hash, command, appended in await asked.fetchall():
            known[order_id] = Taken(body_hash.decode(), appended, command)
    return known


_decoder: Final = msgspec.msgpack.Decoder(OrderDoc)


def _decided(doc: bytes) -> Taken:
    return Taken(_decoder.decode(doc).body_hash, True, b"")
