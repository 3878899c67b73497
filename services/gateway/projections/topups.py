"""Top-ups on their way, for whoever has to take one: from delivery's facts."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpQueried,
    TopUpSubmitted,
)
from shared.contracts.message import Fact
from shared.shards.views import Landed

Followed = (
    TopUpSubmitted | DeliveryUncertain | TopUpQueried | TopUpConfirmed | TopUpContradicted
    | DeliveryFailed
)  # fmt: skip
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    TopUpSubmitted, DeliveryUncertain, TopUpQueried, TopUpConfirmed, TopUpContradicted,
    DeliveryFailed,
})  # fmt: skip

LOAD: Final = """
select reservation_id, order_id, account_id, line, state, supplier, code, asks, ask_ms, since_ms
from topup_view where reservation_id = any(%s::text[])
"""
SAVE: Final = """
insert into topup_view
select * from unnest(
    %s::text[], %s::text[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::int[],
    %s::bigint[], %s::bigint[]
)
on conflict (reservation_id) do update
set state = excluded.state, supplier = excluded.supplier, code = excluded.code,
    asks = excluded.asks, ask_ms = excluded.ask_ms
"""
DROP: Final = "delete from topup_view where reservation_id = any(%s::text[])"


class TopUpRow(NamedTuple):
    """One top-up."""

    reservation_id: str
    order_id: str
    account_id: str
    line: int
    state: str
    """submitting, unsure, asking, contradicted."""
    supplier: str
    code: str
    """What the supplier said last."""
    asks: int
    ask_ms: int | None
    """When it is asked again, Unix milliseconds; None while unsure: a person has to take it."""
    since_ms: int
    """Unix milliseconds."""


def lines_of(fact: Followed) -> tuple[str, ...]:
    """The reservations that the fact is about."""
    if isinstance(fact, DeliveryFailed):
        return tuple(hold.reservation_id for hold in fact.lines)
    return (fact.reservation_id,)


def apply(row: TopUpRow | None, fact: Followed) -> TopUpRow | None:
    """The top-up after the fact; None once there is nothing to look at."""
    match fact:
        case TopUpSubmitted():
            return TopUpRow(
                fact.reservation_id, fact.order_id, fact.account_id, fact.line, "submitting",
                fact.supplier, "", row.asks if row else 0, None, fact.since_ms,
            )  # fmt: skip
        case DeliveryUncertain():
            if row is None:
                return None
            return row._replace(state="unsure", code=fact.code, asks=fact.asks, ask_ms=fact.ask_ms)
        case TopUpQueried():
            return row._replace(state="asking", asks=fact.asks, ask_ms=None) if row else None
        case TopUpContradicted():
            return TopUpRow(
                fact.reservation_id, fact.order_id, fact.account_id, fact.line, "contradicted",
                "", fact.receipt, 0, None, 0,
            )  # fmt: skip
        case TopUpConfirmed() | DeliveryFailed():
            return None
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of delivery's facts about top-ups."""
    facts = [each.fact for each in landed if isinstance(each.fact, Followed)]
    if not facts:
        return
    touched = sorted({line for fact in facts for line in lines_of(fact)})
    found = await connection.execute(LOAD, (touched,))
    rows: dict[str, TopUpRow | None] = {row[0]: TopUpRow(*row) for row in await found.fetchall()}
    for fact in facts:
        for line in lines_of(fact):
            rows[line] = apply(rows.get(line), fact)
    kept = [row for row in rows.values() if row is not None]
    if kept:
        await connection.execute(SAVE, tuple(map(list, zip(*kept, strict=True))))
    if gone := [line for line in touched if rows.get(line) is None]:
        await connection.execute(DROP, (gone,))
