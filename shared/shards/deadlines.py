"""When a deadline may enter: once its shard has read what was appended before it was seen due."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .ports import Clock, Log, Store


class Horizon(NamedTuple):
    """How far a shard has to read before these deadlines enter."""

    now_ms: int
    """When they were seen to have passed."""
    ends: dict[str, int]
    """Topic → the end of the shard's partition, asked for after that."""
    keys: list[str]


class Deadlines:
    """The deadlines of a worker's shards, each held back until its horizon is reached."""

    def __init__(
        self, log: Log, store: Store, clock: Clock, topics: Sequence[str],
        *, every_ms: int, keys_max: int,
    ) -> None:  # fmt: skip
        self.log, self.store, self.clock, self.topics = log, store, clock, topics
        self.every_ms, self.keys_max = every_ms, keys_max
        self.looked_at_ms = 0
        self.horizons: dict[int, Horizon] = {}

    async def ready(self, offsets: Mapping[int, Mapping[str, int]]) -> list[tuple[int, str, int]]:
        """Shard, aggregate and time of those that may enter now; raises Unavailable.

        ``offsets`` are those of the shards that run; the horizons of all others are forgotten.
        """
        self.horizons = {s: h for s, h in self.horizons.items() if s in offsets}
        now_ms = self.clock.now_ms()
        if abs(now_ms - self.looked_at_ms) >= self.every_ms:
            self.looked_at_ms = now_ms
            await self._look([s for s in offsets if s not in self.horizons], now_ms)
        reached = [s for s, h in self.horizons.items() if _has_read(offsets[s], h.ends)]
        gone = {shard: self.horizons.pop(shard) for shard in reached}
        return [(s, key, horizon.now_ms) for s, horizon in gone.items() for key in horizon.keys]

    async def _look(self, shards: Sequence[int], now_ms: int) -> None:
        due = await self.store.due(shards, now_ms, self.keys_max) if shards else []
        keys: dict[int, list[str]] = {}
        for shard, key in due:
            keys.setdefault(shard, []).append(key)
        if not keys:
            return
        ends = await self.log.ends((topic, shard) for shard in keys for topic in self.topics)
        for shard, late in keys.items():
            here = {topic: ends[topic, shard] for topic in self.topics}
            self.horizons[shard] = Horizon(now_ms, here, late)


def _has_read(offsets: Mapping[str, int], ends: Mapping[str, int]) -> bool:
    return all(offsets.get(topic, 0) >= end for topic, end in ends.items())
