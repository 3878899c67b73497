"""How long deliveries take, from paid to delivered, as orders' own log says it (A6). Pure.

A duration is counted in a step of a scale, so that shards can be added up when they are read: a
percentile is then the upper bound of a step, at most a quarter above what was measured.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.orders import LineDelivered, OrderDelivered
from shared.shards.columns import bigints, ints, texts

from .order import OrderDoc

MANTISSAS: Final = (100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 700, 800)
DECADES: Final = 9
BOUNDS_MS: Final[tuple[int, ...]] = tuple(
    m * 10**d // 100 for d in range(DECADES) for m in MANTISSAS
)
"""Upper bounds of the steps, from 1 ms to nine days; what takes longer is in the last one."""
HUNDRED: Final = 100

Counts = Counter[tuple[int, str, int]]
"""Deliveries by (shard, SKU, step)."""

SAVE: Final = """
insert into delivery_time_view as v (shard, sku, step, deliveries)
select * from unnest(%b::int[], %b::text[], %b::int[], %b::bigint[])
on conflict (shard, sku, step) do update set deliveries = v.deliveries + excluded.deliveries
"""


class Times(NamedTuple):
    """Of one SKU, milliseconds."""

    p50_ms: int
    p95_ms: int


def step_of(duration_ms: int) -> int:
    """Where on the scale a duration is counted."""
    return min(bisect_left(BOUNDS_MS, duration_ms), len(BOUNDS_MS) - 1)


def counted(counts: Counts, doc: OrderDoc, fact: Fact, shard: int) -> None:
    """Count the line that the fact says to be delivered; ``doc`` is the order after it."""
    if not isinstance(fact, LineDelivered | OrderDelivered):
        return
    paid_ms = next((step.time_ms for step in doc.steps if step.type == "OrderPaid"), None)
    line = next((line for line in doc.lines if line.line == fact.line), None)
    if line is not None:
        now_ms = doc.steps[-1].time_ms
        took_ms = 0 if paid_ms is None else now_ms - paid_ms
        counts[shard, line.sku, step_of(took_ms)] += 1


def percentiles(rows: Iterable[Sequence[Any]]) -> Mapping[str, Times]:
    """By SKU, from (SKU, step, deliveries) of all shards together."""
    steps: dict[str, Counter[int]] = {}
    for sku, step, deliveries in rows:
        steps.setdefault(sku, Counter())[step] += deliveries
    return {sku: Times(bound_of(count, 50), bound_of(count, 95)) for sku, count in steps.items()}


def bound_of(count: Counter[int], percent: int) -> int:
    """The upper bound of the first step under which so many of a hundred lie."""
    wanted, so_far = count.total() * percent, 0
    for step in sorted(count):
        so_far += count[step]
        if so_far * HUNDRED >= wanted:
            return BOUNDS_MS[step]
    return BOUNDS_MS[-1]


async def save(connection: psycopg.AsyncConnection[Any], counts: Counts) -> None:
    """Add a batch's deliveries, a row for each step that any of them took."""
    if not counts:
        return
    rows = sorted(counts)
    await connection.execute(
        SAVE,
        (
            ints([shard for shard, _, _ in rows]),
            texts([sku for _, sku, _ in rows]),
            ints([step for _, _, step in rows]),
            bigints([counts[row] for row in rows]),
        ),
    )
