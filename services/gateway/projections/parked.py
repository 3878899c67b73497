"""Records that any service has set aside: a row each, until they are processed or passed over."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, assert_never

import psycopg

from shared.contracts.message import Fact
from shared.contracts.shard import ParkedRetried, ParkedSkipped, RecordParked
from shared.shards.views import Landed

from .moments import time_of

Followed = RecordParked | ParkedRetried | ParkedSkipped
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({RecordParked, ParkedRetried, ParkedSkipped})

PARKED: Final = """
insert into parked_view values (%s, %s, %s, %s, %s, %s, %s)
on conflict (service, coordinates) do update set reason = excluded.reason, behind = excluded.behind
"""
GONE: Final = "delete from parked_view where service = %s and coordinates = %s"


class ParkedRow(NamedTuple):
    """One record that is set aside."""

    service: str
    coordinates: str
    """`topic/partition/offset`."""
    shard: int
    subject: str
    reason: str
    behind: bool
    """It only waits behind another of its subject."""
    since_ms: int


def statement(
    fact: Followed, service: str, shard: int, time_ms: int
) -> tuple[str, tuple[object, ...]]:
    """What the fact writes."""
    match fact:
        case RecordParked():
            why = (fact.subject_id, fact.reason, fact.behind)
            return PARKED, (service, fact.coordinates, shard, *why, time_ms)
        case ParkedRetried() | ParkedSkipped():
            return GONE, (service, fact.coordinates)
        case _ as never:
            assert_never(never)


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply facts of any service about its parked records: as a rule there are none."""
    for fact, envelope, where in landed:
        if isinstance(fact, Followed):
            service = where.topic.partition(".")[0]
            text, row = statement(fact, service, where.partition, time_of(envelope.time))
            await connection.execute(text.encode(), row)
