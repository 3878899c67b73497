"""What goes on right now, in slots of ten seconds: counted from orders' facts as they land. Pure.

A slot of a shard is one row of names and counts, so a batch reads and writes a row for each shard
that it is of; what is shown is their sum. Durations are counted in the steps of times.BOUNDS_MS.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import psycopg

from shared.contracts.message import Fact
from shared.contracts.orders import (
    OrderAccepted,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderRejected,
    PaymentRequested,
)
from shared.contracts.refunds import OrderRefunded
from shared.shards.columns import bigints, blobs, ints

from .order import OrderDoc, looked_at
from .pace import THEIRS
from .times import BOUNDS_MS, step_of

SLOT_MS: Final = 10_000
KEPT_MS: Final = 6 * 3_600_000
"""How long a slot is kept: what is older is history, and the log tells it."""
SERVICES: Final[Mapping[str, str]] = {
    "OrderPlaced": "orders",
    "OrderAccepted": "risk",
    "PaymentRequested": "inventory",
    "OrderPaid": "payments",
    "OrderDelivered": "delivery",
}
"""By the fact that an order has it from: whose turn came to its end with it."""
TURN: Final[Mapping[str, str]] = {
    "OrderPlaced": "risk",
    "OrderAccepted": "inventory",
    "LineRefused": "inventory",
    "PaymentRequested": "payments",
    "OrderPaid": "delivery",
    "LineDelivered": "delivery",
}
"""By an order's last fact: who has it in hand. After others nobody of us has."""
FUNNEL: Final = ("placed", "cleared", "reserved", "paid", "delivered")
"""The steps that an order takes, by the names under which they are counted."""

LOAD: Final = """
select slot, shard, counts from board_slot
where (slot, shard) in (select * from unnest(%b::bigint[], %b::int[]))
"""
SAVE: Final = """
insert into board_slot (slot, shard, counts)
select * from unnest(%b::bigint[], %b::int[], %b::bytea[])
on conflict (slot, shard) do update set counts = excluded.counts
"""
FORGET: Final = """
delete from board_slot b using unnest(%b::bigint[], %b::int[]) as w (slot, shard)
where b.shard = w.shard and b.slot < w.slot
"""

Counts = dict[tuple[int, int], dict[str, int]]
"""By (slot, shard): how many, by name."""
Told = Iterable[tuple[str, int]]
"""Names, and what is added under them."""

TOOK: Final[Mapping[str, tuple[str, ...]]] = {
    fact: tuple(f"took/{service}/{step}" for step in range(len(BOUNDS_MS)))
    for fact, service in SERVICES.items()
}
"""By fact: the names under which durations are counted, made once for all orders."""
PLACED: Final = (("placed", 1),)
CLEARED: Final = (("cleared", 1),)
RESERVED: Final = (("reserved", 1),)
LOOKED_AT: Final = (("looked_at", 1),)

_encoder: Final = msgspec.msgpack.Encoder(order="deterministic")
"""A rebuilt row is compared with the live one byte by byte, whatever batches they came in."""
_decoder: Final = msgspec.msgpack.Decoder(dict[str, int])


def slot_of(time_ms: int) -> int:
    """The slot that this moment lies in."""
    return time_ms // SLOT_MS


def counted(counts: Counts, doc: OrderDoc, fact: Fact, shard: int) -> None:
    """Count what the fact says; ``doc`` is the order after it."""
    tell = TELL.get(type(fact))
    if tell is not None:
        slot = counts.setdefault((slot_of(doc.steps[-1].time_ms), shard), {})
        for name, count in tell(doc, fact):
            slot[name] = slot.get(name, 0) + count


def _paid(doc: OrderDoc, fact: Any) -> Told:
    sold = [(f"sku/{line.sku}", line.quantity) for line in doc.lines if line.state != "refused"]
    return (("paid", 1), ("revenue", fact.amount), *sold)


def _delivered(doc: OrderDoc, _: Any) -> Told:
    """How long each service had it, where all was ours to do: cards, and nobody waited for."""
    found = [("delivered", 1), *LOOKED_AT] if looked_at(doc) else [("delivered", 1)]
    heads = len(found)
    for line in doc.lines:
        if line.kind != "card":
            return found
    waited = doc.pay_with != "wallet"
    before_ms = paid_ms = doc.placed_ms
    for step in doc.steps:
        time_ms, names = step.time_ms, TOOK.get(step.type)
        if names is None:
            waited = waited or step.type in THEIRS
        elif step.type == "OrderDelivered":
            found.append((names[step_of(max(0, time_ms - paid_ms))], 1))
        else:
            found.append((names[step_of(max(0, time_ms - before_ms))], 1))
            paid_ms = time_ms
        before_ms = time_ms
    return (*found[:heads], found[-1]) if waited else found


def _refunded(doc: OrderDoc, fact: Any) -> Told:
    """An order that gives back twice is one of which something went back."""
    orders = 1 if doc.refunded == fact.amount else 0
    return ("refunded", orders), ("back", fact.amount)


TELL: Final[Mapping[type[Fact], Callable[[OrderDoc, Any], Told]]] = {
    OrderPlaced: lambda _doc, _fact: PLACED,
    OrderRejected: lambda _doc, fact: ((f"refused/{fact.code}", 1),),
    OrderAccepted: lambda _doc, _fact: CLEARED,
    PaymentRequested: lambda _doc, _fact: RESERVED,
    OrderPaid: _paid,
    OrderRefunded: _refunded,
    OrderDelivered: _delivered,
}
"""What each of these facts adds to its slot; others add nothing."""


class Hand(NamedTuple):
    """What a service has to do right now."""

    orders: int
    age_ms: int
    """Since when it has had the oldest, milliseconds."""


def in_hand(docs: Iterable[OrderDoc], now_ms: int) -> dict[str, Hand]:
    """Of orders that are under way: how many each service has, where nobody else is waited for."""
    found: dict[str, Hand] = {}
    for doc in docs:
        name = TURN.get(doc.steps[-1].type) if doc.steps else None
        theirs = name == "delivery" and any(line.kind != "card" for line in doc.lines)
        if name is None or theirs:
            continue
        orders, age_ms = found.get(name, Hand(0, 0))
        found[name] = Hand(orders + 1, max(age_ms, now_ms - doc.steps[-1].time_ms))
    return found


async def save(connection: psycopg.AsyncConnection[Any], counts: Counts) -> None:
    """Add a batch's counts; a shard's old slots go when it opens a new one."""
    if not counts:
        return
    keys = sorted(counts)
    where = (bigints([slot for slot, _ in keys]), ints([shard for _, shard in keys]))
    found = await connection.execute(LOAD, where, binary=True)
    kept = {
        (slot, shard): _decoder.decode(stored) for slot, shard, stored in await found.fetchall()
    }
    docs = blobs([_encoder.encode(added(counts[key], kept.get(key, {}))) for key in keys])
    await connection.execute(SAVE, (*where, docs))
    if len(kept) < len(keys):
        newest = {shard: slot - KEPT_MS // SLOT_MS for slot, shard in keys}
        await connection.execute(FORGET, (bigints(list(newest.values())), ints(list(newest))))


def added(counts: Mapping[str, int], kept: Mapping[str, int]) -> Mapping[str, int]:
    """What a slot held, and what has come."""
    return {**kept, **{name: kept.get(name, 0) + count for name, count in counts.items()}}


def summed(rows: Iterable[tuple[int, bytes]]) -> dict[int, Counter[str]]:
    """Slots over all shards, from (slot, counts) of each."""
    slots: dict[int, Counter[str]] = {}
    for slot, stored in rows:
        slots.setdefault(slot, Counter()).update(_decoder.decode(stored))
    return slots


def under(counts: Counter[str], prefix: str) -> Counter[str]:
    """Counts whose names begin like this, by the rest of the name."""
    return Counter({
        name[len(prefix) :]: count for name, count in counts.items() if name.startswith(prefix)
    })  # fmt: skip
