"""How long orders are in our hands until they are delivered; the door sheds load by it."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median_high
from typing import Any, Final

import psycopg

from shared.shards.columns import bigints, ints

from .order import OrderDoc

TOLD_MS_MIN: Final = 1_000
"""Faster ones are not written down: nobody would shed load for them."""
JAM_ORDERS_MIN: Final = 20
"""Fewer, delivered in one batch, are no jam: they were slow for reasons of their own."""
THEIRS: Final = frozenset({"OrderDeclined", "OrderAwaitingVerification", "OrderInReview"})
"""After these a buyer or one of our people is waited for."""
SAVE: Final = """
insert into order_pace (shard, took_ms, at_ms)
select shard, took_ms, (1000 * extract(epoch from clock_timestamp()))::bigint
from unnest(%b::int[], %b::bigint[]) as found (shard, took_ms)
on conflict (shard) do update set took_ms = excluded.took_ms, at_ms = excluded.at_ms
"""

Paces = Mapping[int, int]
"""By shard: how long orders took that have just been delivered, milliseconds."""


def in_hand_ms(doc: OrderDoc) -> int | None:
    """How long a delivered order waited for nobody but us; None where others deliver or pay.

    One that is refused left before the jam that others stand in.
    """
    ours = doc.pay_with == "wallet" and all(line.kind == "card" for line in doc.lines)
    if not ours or doc.state != "delivered":
        return None
    waits = (b.time_ms - a.time_ms for a, b in pairwise(doc.steps) if a.type not in THEIRS)
    return doc.steps[0].time_ms - doc.placed_ms + sum(waits)


def paces(docs: Iterable[OrderDoc]) -> Paces:
    """Of a batch: each shard's median, for a shard that is behind is so for most orders."""
    found: dict[int, list[int]] = {}
    for doc in docs:
        took_ms = in_hand_ms(doc)
        if took_ms is not None:
            found.setdefault(doc.shard, []).append(took_ms)
    if sum(map(len, found.values())) < JAM_ORDERS_MIN:
        return {}
    medians = {shard: median_high(took) for shard, took in found.items()}
    return {shard: took_ms for shard, took_ms in medians.items() if took_ms >= TOLD_MS_MIN}


async def save(connection: psycopg.AsyncConnection[Any], found: Paces) -> None:
    """Write down the slow ones; as a rule there is none."""
    if found:
        shards = sorted(found)
        await connection.execute(SAVE, (ints(shards), bigints([found[s] for s in shards])))
