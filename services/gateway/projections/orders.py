"""Orders: one document a row; a batch is folded in memory, loaded once and written once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import psycopg

from shared.contracts.envelope import Coordinates
from shared.contracts.orders import OrderDelivered, OrderPlaced, OrderRejected
from shared.runtime.instruments import DELIVERED
from shared.shards.columns import bigints, blobs, ints, texts
from shared.shards.views import Landed

from . import board, pace, signals, times
from .order import FOLLOWED, OrderDoc, apply, looked_at
from .signals import Signals

LOAD: Final = "select doc from order_view where order_id = any(%b::text[])"
SAVE: Final = """
insert into order_view (order_id, account_id, placed_ms, position, state, doc)
select * from unnest(
    %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::text[], %b::bytea[]
)
on conflict (order_id) do update
set position = excluded.position, state = excluded.state, doc = excluded.doc
"""
ANSWERED: Final = "delete from order_request where order_id = any(%b::text[])"
"""The order's own row takes the place of the request's."""
HEARD: Final = """
insert into order_heard as h (shard, command_offset)
select * from unnest(%b::int[], %b::bigint[])
on conflict (shard) do update
set command_offset = greatest(h.command_offset, excluded.command_offset)
"""
COMMANDS: Final = "orders.commands"

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(OrderDoc)


def encode(doc: OrderDoc) -> bytes:
    """The document as it is stored."""
    return _encoder.encode(doc)


def decode(stored: bytes) -> OrderDoc:
    """The opposite of encode()."""
    return _decoder.decode(stored)


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of orders' facts."""
    await _note_heard(connection, landed)
    landed = [each for each in landed if type(each.fact) in FOLLOWED]
    if not landed:
        return
    placed = {each.fact.order_id for each in landed if isinstance(each.fact, OrderPlaced)}
    touched = {each.envelope.subject for each in landed}
    docs = await _load(connection, sorted(touched - placed))
    took: times.Counts = Counter()
    slots: board.Counts = {}
    for fact, envelope, where in landed:
        found: Any = fact
        doc = apply(docs.get(found.order_id), found, envelope, where.partition)
        if doc is not None:
            docs[found.order_id] = doc
            times.counted(took, doc, fact, where.partition)
            if isinstance(fact, OrderDelivered):
                DELIVERED.labels("yes" if looked_at(doc) else "no").inc()
            board.counted(slots, doc, fact, where.partition)
    await times.save(connection, took)
    await board.save(connection, slots)
    await pace.save(connection, pace.paces(docs.values()))
    await _save(connection, docs)
    await _answer(connection, landed)
    for doc in docs.values():
        changed[signals.account(doc.account_id)] = None
        if doc.at_rest:
            changed[signals.rest(doc.order_id)] = None


async def _load(
    connection: psycopg.AsyncConnection[Any], wanted: Sequence[str]
) -> dict[str, OrderDoc]:
    """The documents that exist; an order placed in this very batch has none yet."""
    if not wanted:
        return {}
    found = await connection.execute(LOAD, (texts(wanted),), binary=True)
    docs = (_decoder.decode(row[0]) for row in await found.fetchall())
    return {doc.order_id: doc for doc in docs}


async def _save(connection: psycopg.AsyncConnection[Any], docs: dict[str, OrderDoc]) -> None:
    rows = sorted(docs.values(), key=lambda doc: doc.order_id)
    await connection.execute(
        SAVE,
        (
            texts([doc.order_id for doc in rows]),
            texts([doc.account_id for doc in rows]),
            bigints([doc.placed_ms for doc in rows]),
            bigints([doc.position for doc in rows]),
            texts([doc.state for doc in rows]),
            blobs([_encoder.encode(doc) for doc in rows]),
        ),
    )


async def _answer(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Orders' first word on an order makes an end of its request."""
    first = {
        each.fact.order_id for each in landed if isinstance(each.fact, OrderPlaced | OrderRejected)
    }
    if first:
        await connection.execute(ANSWERED, (texts(sorted(first)),))


async def _note_heard(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """How far each shard has come with the commands it was sent, as its facts' causes tell."""
    heard: dict[int, str] = {}
    for _, envelope, where in landed:
        if envelope.link and envelope.link.cause.startswith(COMMANDS):
            heard[where.partition] = envelope.link.cause
    if heard:
        shards = sorted(heard)
        offsets = [Coordinates.parse(heard[s].partition("#")[0]).offset for s in shards]
        await connection.execute(HEARD, (ints(shards), bigints(offsets)))
