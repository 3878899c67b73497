from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

import pytest

from shared.contracts.envelope import Headers
from shared.shards.admission import Incoming
from shared.shards.memory import (
    MemoryBroker,
    MemoryDatabase,
    MemoryGroup,
    MemoryInbox,
    MemoryLog,
    MemoryStore,
)
from shared.shards.ports import Route

from .rig import PARTITIONS, Ports, Stage

NUMBERS = count(1)


class Twin:
    """Everything in memory."""

    def __init__(self) -> None:
        self.name = f"toy{next(NUMBERS)}"
        self.broker = MemoryBroker(PARTITIONS)
        self.topics = [f"{self.name}.commands", f"{self.name}.answers"]
        self.groups: dict[str, MemoryGroup] = {}
        self.database = MemoryDatabase()

    async def ports(self, group: str = "") -> Ports:
        if group not in self.groups:
            self.groups[group] = MemoryGroup(self.broker, self.topics)
        inbox = MemoryInbox(self.groups[group])
        return Ports(MemoryLog(self.broker), inbox, MemoryStore(self.database))

    async def append(
        self, route: Route, key: bytes | None, value: bytes | None, headers: Headers
    ) -> None:
        self.broker.append(route, key, value, headers)

    async def end(self, route: Route) -> int:
        return self.broker.end(route)

    async def records(self, route: Route) -> Sequence[Incoming]:
        return self.broker.records(route, 0, self.broker.end(route))

    async def state_of(self, shard: int, key: str) -> bytes | None:
        return self.database.states.get(shard, {}).get(key)

    async def keep(self) -> Any:
        return self.database.copy()

    async def go_back(self, backup: Any) -> None:
        self.database.restore(backup)

    async def row(self, shard: int) -> tuple[bytes, bytes] | None:
        return self.database.rows.get(shard)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage(Twin())
    yield stage
    await stage.close()
