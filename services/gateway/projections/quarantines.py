"""Cards that were set aside, and those found to be good: who, why, and what each came to."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.quarantine import (
    CardCondemned,
    CardQuarantined,
    QuarantineLifted,
    QuarantineRefused,
)
from shared.shards.views import Landed

from .moments import time_of

Followed = CardQuarantined | QuarantineLifted | QuarantineRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    CardQuarantined, QuarantineLifted, QuarantineRefused, CardCondemned,
})  # fmt: skip

SAVE: Final = """
insert into quarantine_view
select * from unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[]
)
on conflict do nothing
"""
BACK: Final = "delete from aside_view where card_id = any(%s::text[])"
ASIDE: Final = """
insert into aside_view
select * from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
"""


class QuarantineRow(NamedTuple):
    """What a request came to for one card."""

    request_id: str
    card_id: str
    sku: str
    state: str
    """quarantined, lifted; or why not."""
    by: str
    """Empty where nothing was moved."""
    reason: str
    time_ms: int


def row_of(fact: Followed, time_ms: int) -> QuarantineRow:
    """The card after the fact."""
    own = (fact.request_id, fact.card_id, fact.sku)
    if isinstance(fact, QuarantineRefused):
        return QuarantineRow(*own, fact.code, "", "", time_ms)
    state = "quarantined" if isinstance(fact, CardQuarantined) else "lifted"
    return QuarantineRow(*own, state, fact.by, fact.reason, time_ms)


class AsideRow(NamedTuple):
    """A card that is set aside."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str
    time_ms: int


def aside(
    cards: dict[str, AsideRow | None], fact: Fact, time_ms: int
) -> dict[str, AsideRow | None]:
    """The cards that a batch has moved: a row where one is set aside, none where it is no more."""
    if isinstance(fact, CardQuarantined):
        row = AsideRow(fact.card_id, fact.sku, fact.request_id, fact.by, fact.reason, time_ms)
        return {**cards, fact.card_id: row}
    if isinstance(fact, QuarantineLifted | CardCondemned):
        return {**cards, fact.card_id: None}
    return cards


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts about quarantines: there are few."""
    rows = [
        row_of(fact, time_of(envelope.time))
        for fact, envelope, _ in landed
        if isinstance(fact, Followed)
    ]
    if rows:
        await connection.execute(SAVE, tuple(map(list, zip(*rows, strict=True))))
    cards: dict[str, AsideRow | None] = {}
    for fact, envelope, _ in landed:
        if type(fact) in FOLLOWED:
            cards = aside(cards, fact, time_of(envelope.time))
    if cards:
        await connection.execute(BACK, (list(cards),))
    if put := [row for row in cards.values() if row]:
        await connection.execute(ASIDE, tuple(map(list, zip(*put, strict=True))))
