"""The rig in memory."""

from collections.abc import Sequence
from itertools import count
from typing import Any

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

from .limits import PARTITIONS
from .station import Ports

NUMBERS = count(1)


class Twin:
    """One service's topics and tables, as the twins hold them."""

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

    async def release(self, ports: Ports) -> None:
        inbox = ports.inbox
        assert isinstance(inbox, MemoryInbox)
        await inbox.group.expel(inbox)

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

    async def tables(self) -> Any:
        states, dues, effects = self.database.states, self.database.dues, self.database.effects
        return {
            (shard, key, state, dues.get((shard, key)), (shard, key) in effects)
            for shard, found in states.items()
            for key, state in found.items()
        }

    async def keep(self) -> Any:
        return self.database.copy()

    async def go_back(self, backup: Any) -> None:
        self.database.restore(backup or MemoryDatabase())

    async def row(self, shard: int) -> tuple[bytes, bytes] | None:
        return self.database.rows.get(shard)

    async def lose(self, route: Route, records: int) -> None:
        """Only a twin can lose an acknowledged record."""
        self.broker.lose(route, records)

    async def close(self) -> None:
        self.groups.clear()
