"""What became of cards that were called back: from inventory's facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.inventory import CardRecalled, CardWithdrawn, RecallRefused
from shared.contracts.message import Fact
from shared.contracts.quarantine import CardCondemned
from shared.shards.views import Landed

Followed = CardWithdrawn | CardCondemned | CardRecalled | RecallRefused
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    CardWithdrawn, CardCondemned, CardRecalled, RecallRefused,
})  # fmt: skip

SAVE: Final = """
insert into recall_view
select * from unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[]
)
on conflict (card_id) do update
set recall_id = excluded.recall_id, state = excluded.state, order_id = excluded.order_id,
    account_id = excluded.account_id, line = excluded.line
where recall_view.state = 'unknown'
"""


class RecallRow(NamedTuple):
    """One card that was called back."""

    card_id: str
    recall_id: str
    sku: str
    state: str
    """withdrawn, held, unknown."""
    order_id: str | None
    """Who has it, where somebody does."""
    account_id: str | None
    line: int | None


def row_of(fact: Followed) -> RecallRow:
    """The card after the fact."""
    own = (fact.card_id, fact.request_id, fact.sku)
    match fact:
        case CardWithdrawn() | CardCondemned():
            return RecallRow(*own, "withdrawn", None, None, None)
        case CardRecalled():
            return RecallRow(*own, "held", fact.order_id, fact.account_id, fact.line)
        case RecallRefused():
            return RecallRow(*own, "unknown", None, None, None)
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of inventory's facts about recalls: there are few."""
    rows: dict[str, RecallRow] = {}
    for fact, *_ in landed:
        if isinstance(fact, Followed):
            found = row_of(fact)
            if found.state != "unknown" or found.card_id not in rows:
                rows[found.card_id] = found
    if rows:
        ordered = [rows[card_id] for card_id in sorted(rows)]
        await connection.execute(SAVE, tuple(map(list, zip(*ordered, strict=True))))
