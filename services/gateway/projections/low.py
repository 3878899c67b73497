"""When stock has run low and sold out, and what counts as low: from inventory's facts (F2)."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.inventory import SoldOut, StockRanLow
from shared.contracts.message import Fact
from shared.contracts.thresholds import ThresholdSet
from shared.shards.views import Landed

from .moments import time_of

Followed = StockRanLow | SoldOut | ThresholdSet
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({StockRanLow, SoldOut, ThresholdSet})

SAVE: Final = """
insert into low_view as l (sku, threshold, low_ms, out_ms)
select * from unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[])
on conflict (sku) do update
set threshold = coalesce(excluded.threshold, l.threshold),
    low_ms = greatest(excluded.low_ms, l.low_ms), out_ms = greatest(excluded.out_ms, l.out_ms)
"""


class Said(NamedTuple):
    """What a batch says of one SKU."""

    threshold: int | None = None
    """Units; none: nothing was set."""
    low_ms: int = 0
    """When it last ran low; 0: it did not."""
    out_ms: int = 0
    """When it last sold out; 0: it did not."""


def apply(said: Said, fact: Followed, time_ms: int) -> Said:
    """With one fact more."""
    match fact:
        case StockRanLow():
            return said._replace(low_ms=time_ms)
        case SoldOut():
            return said._replace(out_ms=time_ms)
        case ThresholdSet(units=units):
            return said._replace(threshold=units)
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts: few are of these."""
    skus: dict[str, Said] = {}
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            skus[fact.sku] = apply(skus.get(fact.sku, Said()), fact, time_of(envelope.time))
    if skus:
        rows = [(sku, *said) for sku, said in sorted(skus.items())]
        await connection.execute(SAVE, tuple(map(list, zip(*rows, strict=True))))
