"""Cards that were set aside, and those found to be good: who, why, and what each came to."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from shared.contracts.message import Fact
from shared.contracts.quarantine import CardQuarantined, QuarantineLifted, QuarantineRefused
from shared.shards.views import Landed

from .moments import time_of

Followed = CardQuarantined | QuarantineLifted | QuarantineRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    CardQuarantined, QuarantineLifted, QuarantineRefused,
})  # fmt: skip

SAVE: Final = """
insert into quarantine_view
select * from unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[]
)
on conflict do nothing
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


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts about quarantines: there are few."""
    rows = [
        row_of(fact, time_of(envelope.time))
        for fact, envelope, _ in landed
        if isinstance(fact, Followed)
    ]
    if rows:
        await connection.execute(SAVE, tuple(map(list, zip(*rows, strict=True))))
