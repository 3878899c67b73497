"""Who was shown which codes, or was refused: from delivery's facts, for an order's timeline."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from shared.contracts.delivery import CardRevealed, RevealRefused
from shared.contracts.message import Fact
from shared.shards.views import Landed

from .moments import time_of

FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({CardRevealed, RevealRefused})

SAVE: Final = """
insert into reveal_view (order_id, position, shard, line, code, time_ms)
select * from unnest(
    %b::text[], %b::bigint[], %b::int[], %b::int[], %b::text[], %b::bigint[]
)
on conflict do nothing
"""


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of delivery's facts about reveals."""
    rows = [
        (
            fact.order_id, envelope.position, where.partition, fact.line,
            fact.code if isinstance(fact, RevealRefused) else "", time_of(envelope.time),
        )
        for fact, envelope, where in landed
        if isinstance(fact, CardRevealed | RevealRefused)
    ]  # fmt: skip
    if rows:
        await connection.execute(SAVE, tuple(map(list, zip(*rows, strict=True))))
