"""The read models in a real PostgreSQL are the same fold that they are in memory."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.delivery.projections import RevealsInPostgres, project
from shared.contracts.envelope import Coordinates, Envelope
from shared.contracts.message import Fact
from shared.runtime.migrations import migrate, read_folder
from shared.shards.ports import Unavailable
from shared.shards.views import Landed
from shared.testing.local import LocalPostgres
from tests.unit.delivery import examples as say
from tests.unit.delivery.door import InMemory

MIGRATIONS = Path("services/delivery/migrations")
NOWHERE = Coordinates("delivery.events", 0, 0)
UNREAD = Envelope("", "", "1", "", "", None)

OTHER = {"order_id": "ord-2", "account_id": "acc-2"}
FACTS: list[Fact] = [
    say.prepared(1),
    say.prepared(2),
    say.reveal_refused("NOT_DELIVERED", request_id="early"),
    say.prepared(3, **OTHER, reservation_id="res-3"),
    say.delivered(1),
    say.revealed(1),
    say.forgotten(3),
    say.awaited(2),
    say.delivered(2),
    say.revealed(2, request_id="req-2"),
    say.prepared(4, cards=(), units=1),
    say.confirmed(line=4, supplier="alone"),
    say.reveal_refused("REVEAL_LIMIT", request_id="late"),
    say.replaced(1),
]


@pytest.fixture
def dsn(postgres: LocalPostgres) -> str:
    """A database in which delivery's tables are fresh."""
    found = postgres.fresh_database().dsn("delivery")
    migrate(found, read_folder(MIGRATIONS))
    return found


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[AsyncConnectionPool[psycopg.AsyncConnection[Any]]]:
    made = AsyncConnectionPool[psycopg.AsyncConnection[Any]](
        dsn, open=False, min_size=1, max_size=2
    )
    async with made:
        yield made


async def follow(dsn: str, facts: list[Fact]) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await project(connection, [Landed(fact, UNREAD, NOWHERE) for fact in facts])


async def compare(reveals: RevealsInPostgres, memory: InMemory) -> None:
    for order, line in (("ord-1", 1), ("ord-1", 2), ("ord-1", 4), ("ord-2", 3), ("ord-9", 1)):
        assert await reveals.delivered(order, line) == await memory.delivered(order, line)
    for request in ("req-1", "req-2", "early", "late", "never"):
        assert await reveals.reveal(request) == await memory.reveal(request)


@pytest.mark.parametrize("batch", [1, 2, 3, 5, len(FACTS)])
async def test_however_the_facts_are_batched_the_rows_are_their_fold(
    dsn: str, pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]], batch: int
) -> None:
    memory = InMemory()
    for start in range(0, len(FACTS), batch):
        await follow(dsn, FACTS[start : start + batch])
        memory.fold(*FACTS[start : start + batch])
        await compare(RevealsInPostgres(pool), memory)


async def test_a_forgotten_line_leaves_no_sealed_card_behind(dsn: str) -> None:
    await follow(dsn, FACTS)
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        found = await connection.execute("select reservation_id from line_cards order by 1")
        assert await found.fetchall() == [("again-1",), ("res-1",), ("res-2",), ("res-4",)]


async def test_a_database_that_does_not_answer_is_said_to_be_away(
    dsn: str, pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]
) -> None:
    reveals = RevealsInPostgres(pool)
    await pool.close()
    with pytest.raises(Unavailable):
        await reveals.reveal("req-1")
