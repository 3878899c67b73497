"""How far an import of cards has come, and which of its lines were refused."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.inventory import CardClaimed, CardRefused, StockReceived
from shared.contracts.message import Fact
from shared.shards.views import Landed

Followed = CardClaimed | CardRefused | StockReceived
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({CardClaimed, CardRefused, StockReceived})

SAVE: Final = """
insert into import_view as i (import_id, shard, claimed, refused, received)
select * from unnest(%b::text[], %b::int[], %b::bigint[], %b::bigint[], %b::bigint[])
on conflict (import_id, shard) do update
set claimed = i.claimed + excluded.claimed, refused = i.refused + excluded.refused,
    received = i.received + excluded.received
"""
REFUSALS: Final = """
insert into import_refusal (import_id, line, code)
select * from unnest(%b::text[], %b::int[], %b::text[])
on conflict do nothing
"""

CARDS: Final = """
insert into card_view (card_id, sku, import_id)
select * from unnest(%b::text[], %b::text[], %b::text[]) on conflict do nothing
"""


class Progress(NamedTuple):
    """Lines of one import on one shard."""

    claimed: int = 0
    refused: int = 0
    received: int = 0


def apply(progress: Progress, fact: Followed) -> Progress:
    """The progress with one fact more."""
    match fact:
        case CardClaimed():
            return progress._replace(claimed=progress.claimed + 1)
        case CardRefused():
            return progress._replace(refused=progress.refused + 1)
        case StockReceived():
            return progress._replace(received=progress.received + 1)
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts about imports."""
    rows: dict[tuple[str, int], Progress] = {}
    refusals: dict[tuple[str, int], str] = {}
    for fact, _, where in landed:
        if isinstance(fact, Followed):
            key = (fact.import_id, where.partition)
            rows[key] = apply(rows.get(key, Progress()), fact)
        if isinstance(fact, CardRefused):
            refusals[fact.import_id, fact.line] = fact.code
    cards = sorted({
        (fact.card_id, fact.sku, fact.import_id)
        for fact, *_ in landed if isinstance(fact, CardClaimed)
    })  # fmt: skip
    if cards:
        await connection.execute(CARDS, tuple(map(list, zip(*cards, strict=True))))
    if rows:
        ordered = [(*key, *rows[key]) for key in sorted(rows)]
        await connection.execute(SAVE, tuple(map(list, zip(*ordered, strict=True))))
    if refusals:
        refused = [(*key, refusals[key]) for key in sorted(refusals)]
        await connection.execute(REFUSALS, tuple(map(list, zip(*refused, strict=True))))
