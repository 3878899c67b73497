"""A worker, a follower and a door that stand still: only to be asked what they would tell."""

from typing import Any

from psycopg_pool import AsyncConnectionPool

from services.gateway.door.pressure import Pressure
from services.gateway.projections import VIEWS
from services.orders.app import service
from shared.runtime.appending import KafkaAppender
from shared.runtime.clock import SystemClock
from shared.shards.memory import (
    MemoryBroker,
    MemoryDatabase,
    MemoryGroup,
    MemoryInbox,
    MemoryLog,
    MemoryStore,
)
from shared.shards.views import Follower
from shared.shards.worker import Worker

PARTITIONS = 4


def inbox(broker: MemoryBroker) -> MemoryInbox:
    return MemoryInbox(MemoryGroup(broker, ["orders.commands"]))


def worker() -> Worker:
    broker = MemoryBroker(PARTITIONS)
    return Worker(
        service(), MemoryLog(broker), inbox(broker), MemoryStore(MemoryDatabase()), SystemClock(),
        name="orders-1", partitions=PARTITIONS,
    )  # fmt: skip


def follower() -> Follower:
    return Follower(VIEWS, inbox(MemoryBroker(PARTITIONS)), "", SystemClock())


def pressure() -> Pressure:
    pool = AsyncConnectionPool[Any]("", open=False)
    return Pressure(pool, KafkaAppender({}, PARTITIONS), 10_000, 4_000)
