"""How suppliers do, from delivery's facts alone: tried, done, refused, unknown, and how long (F5).

A try is one request at one supplier. It is sent once, however often the same request is repeated;
it ends done, refused, or given up when a person says that it has failed.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    TopUpConfirmed,
    TopUpRefused,
    TopUpSubmitted,
)
from shared.contracts.message import Fact
from shared.shards.views import Landed

from .moments import time_of
from .times import step_of

Followed = TopUpSubmitted | DeliveryUncertain | TopUpRefused | TopUpConfirmed | DeliveryFailed
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    TopUpSubmitted, DeliveryUncertain, TopUpRefused, TopUpConfirmed, DeliveryFailed,
})  # fmt: skip

LOAD: Final = """
select request_id, reservation_id, supplier, sku, sent_ms, unsure from supplier_try
where request_id = any(%s::text[]) or reservation_id = any(%s::text[])
"""
SAVE: Final = """
insert into supplier_try
select * from unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::boolean[]
)
on conflict (request_id) do update set unsure = excluded.unsure
"""
DROP: Final = "delete from supplier_try where request_id = any(%s::text[])"
COUNT: Final = """
insert into supplier_count as c (shard, supplier, sku, outcome, code, step, requests)
select * from unnest(
    %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[]
)
on conflict (shard, supplier, sku, outcome, code, step)
do update set requests = c.requests + excluded.requests
"""


class Try(NamedTuple):
    """A request that has not ended."""

    request_id: str
    reservation_id: str
    supplier: str
    sku: str
    sent_ms: int
    unsure: bool


class Count(NamedTuple):
    """What is counted under."""

    supplier: str
    sku: str
    outcome: str
    """sent, done, refused, unsure, given_up."""
    code: str = ""
    step: int = 0


Tries = dict[str, Try]
"""By request id."""


def apply(tries: Tries, fact: Followed, time_ms: int) -> list[Count]:
    """Move the tries on; what is to be counted once more."""
    match fact:
        case TopUpSubmitted():
            if fact.request_id in tries or fact.calls > 1:
                return []
            tries[fact.request_id] = Try(
                fact.request_id, fact.reservation_id, fact.supplier, fact.sku, time_ms, False
            )
            return [Count(fact.supplier, fact.sku, "sent")]
        case DeliveryUncertain():
            found = tries.get(fact.request_id)
            if found is None or found.unsure:
                return []
            tries[fact.request_id] = found._replace(unsure=True)
            return [Count(found.supplier, found.sku, "unsure")]
        case TopUpRefused():
            found = tries.pop(fact.request_id, None)
            return [Count(found.supplier, found.sku, "refused", fact.code)] if found else []
        case TopUpConfirmed():
            found = tries.pop(fact.request_id, None)
            if found is None:
                return []
            step = step_of(max(0, time_ms - found.sent_ms))
            return [Count(found.supplier, found.sku, "done", "", step)]
        case DeliveryFailed():
            lines = {hold.reservation_id for hold in fact.lines}
            ended = [each for each in tries.values() if each.reservation_id in lines]
            for each in ended:
                del tries[each.request_id]
            return [Count(each.supplier, each.sku, "given_up", fact.code) for each in ended]
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of delivery's facts about suppliers."""
    mine = [each for each in landed if isinstance(each.fact, Followed)]
    if not mine:
        return
    requests, lines = _named([each.fact for each in mine])
    found = await connection.execute(LOAD, (requests, lines))
    before: Tries = {row[0]: Try(*row) for row in await found.fetchall()}
    tries, counts = dict(before), Counter[tuple[int, Count]]()
    for fact, envelope, where in mine:
        assert isinstance(fact, Followed), "others were left out above"
        for count in apply(tries, fact, time_of(envelope.time)):
            counts[where.partition, count] += 1
    if kept := [row for row in tries.values() if before.get(row.request_id) != row]:
        await connection.execute(SAVE, tuple(map(list, zip(*kept, strict=True))))
    if gone := sorted(before.keys() - tries.keys()):
        await connection.execute(DROP, (gone,))
    rows = [(shard, *count, many) for (shard, count), many in sorted(counts.items())]
    if rows:
        await connection.execute(COUNT, tuple(map(list, zip(*rows, strict=True))))


def _named(facts: Sequence[Fact]) -> tuple[list[str], list[str]]:
    """The requests, and the lines that failed, that the facts are about."""
    requests: set[str] = set()
    lines: set[str] = set()
    for fact in facts:
        if isinstance(fact, DeliveryFailed):
            lines |= {hold.reservation_id for hold in fact.lines}
        elif isinstance(fact, TopUpSubmitted | DeliveryUncertain | TopUpRefused | TopUpConfirmed):
            requests.add(fact.request_id)
    return sorted(requests), sorted(lines)
