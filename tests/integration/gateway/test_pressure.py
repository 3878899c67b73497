"""The door turns new orders away when those before them take too long, wherever the jam is."""

import time
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from deploy.local.migrate import migrate_service
from services.gateway.door.pressure import PACE_MS_VALID, Overloaded, Pressure
from services.gateway.projections import pace
from shared.runtime.appending import KafkaAppender
from shared.shards.columns import understand
from shared.testing.local import LocalPostgres

pytestmark = pytest.mark.timeout(300)

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]
JAMMED, FREE = 3, 4


@pytest.fixture
async def pool(postgres: LocalPostgres) -> AsyncIterator[Pool]:
    dsn = postgres.fresh_database().dsn("gateway")
    migrate_service("gateway", dsn)
    made = Pool(dsn, open=False, min_size=1, max_size=2)
    async with made:
        yield made


async def tell(pool: Pool, found: pace.Paces) -> None:
    """As the read models' batch does."""
    async with pool.connection() as connection:
        understand(connection)
        await pace.save(connection, found)


async def test_a_jam_behind_orders_is_seen_at_the_door_and_forgotten_when_it_is_over(
    pool: Pool,
) -> None:
    now_ms = time.time_ns() // 1_000_000
    pressure = Pressure(pool, KafkaAppender({}, 12), 10_000, 4_000)
    await tell(pool, {JAMMED: 9_000, FREE: 3_000})
    await pressure.look()
    with pytest.raises(Overloaded):
        pressure.check(JAMMED, now_ms)
    pressure.check(FREE, now_ms)
    pressure.check(JAMMED, now_ms + 2 * PACE_MS_VALID)
    await tell(pool, {JAMMED: 1_500})
    await pressure.look()
    pressure.check(JAMMED, now_ms)
