"""How far a reader is behind, and how old the oldest record is that it has yet to process.

Told from what the consumer has heard anyway: nobody asks the broker for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .admission import Incoming
from .ports import Route


class Behind(NamedTuple):
    """Of one shard, over all topics it reads."""

    records: int
    age_ms: int
    """Never too small; 0 when nothing is unprocessed."""


class _Batch(NamedTuple):
    """The last records handed out of one partition."""

    first_ms: int
    last_ms: int
    end: int


class Lagging:
    """Remembers of each partition what was handed out last."""

    def __init__(self) -> None:
        self.batches: dict[Route, _Batch] = {}
        self.drained_ms = 0
        """When a poll last brought all that had arrived."""

    def polled(
        self, found: Mapping[Route, Sequence[Incoming]], records_max: int, now_ms: int
    ) -> None:
        """These records are handed out."""
        count = 0
        for route, records in found.items():
            count += len(records)
            first, last = records[0], records[-1]
            self.batches[route] = _Batch(first.timestamp, last.timestamp, last.offset + 1)
        if count < records_max:
            self.drained_ms = now_ms

    def forget(self, shards: Iterable[int]) -> None:
        """These are read by somebody else, or from another place."""
        gone = set(shards)
        self.batches = {route: b for route, b in self.batches.items() if route[1] not in gone}

    def behind(
        self, shard: int, offsets: Mapping[str, int], ends: Mapping[Route, int], now_ms: int
    ) -> Behind:
        """How far a shard that stands at ``offsets`` is from these ends, over all its topics."""
        each = [
            self._behind((topic, shard), offsets.get(topic, 0), end, now_ms)
            for (topic, number), end in ends.items()
            if number == shard
        ]
        return Behind(sum(b.records for b in each), max((b.age_ms for b in each), default=0))

    def _behind(self, route: Route, offset: int, end: int, now_ms: int) -> Behind:
        if offset >= end:
            return Behind(0, 0)
        batch = self.batches.get(route)
        if batch is None:
            since_ms = self.drained_ms or now_ms
        elif offset < batch.end:
            since_ms = batch.first_ms
        else:
            since_ms = max(batch.last_ms, self.drained_ms)
        return Behind(end - offset, max(0, now_ms - since_ms))
