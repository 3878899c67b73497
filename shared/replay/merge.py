"""Partitions read side by side, handed on in the order of time. Pure.

The order need not be exact, only close: whoever needs an exact one finds it in positions. What
it is for is memory: no partition runs far ahead of another.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from .entry import RawRecord

Route = tuple[str, int]
LOW_RECORDS: Final = 64
"""A partition with fewer records at hand is asked for more."""


class _Lane:
    """One partition's records at hand."""

    __slots__ = ("ended", "floor", "queue")

    def __init__(self) -> None:
        self.queue: deque[RawRecord] = deque()
        self.floor = 0
        """Time does not fall within a partition, whatever its records say."""
        self.ended = False


class Merge:
    """Waits until every partition that goes on has a record at hand, then takes the oldest."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._lanes = {route: _Lane() for route in routes}
        self._heap: list[tuple[int, Route]] = []
        self._starving = set(self._lanes)

    def add(self, route: Route, records: Sequence[RawRecord]) -> None:
        """The next records of this partition."""
        if not records:
            return
        lane = self._lanes[route]
        idle = not lane.queue
        lane.queue.extend(records)
        self._starving.discard(route)
        if idle:
            self._queue(route, lane)

    def end(self, route: Route) -> None:
        """Nothing more will come of this partition."""
        self._lanes[route].ended = True
        self._starving.discard(route)

    @property
    def starving(self) -> frozenset[Route]:
        """Without a record of each of these nothing more can be taken."""
        return frozenset(self._starving)

    def hungry(self) -> list[Route]:
        """Partitions that go on and have little at hand."""
        lanes = self._lanes.items()
        return [r for r, lane in lanes if not lane.ended and len(lane.queue) < LOW_RECORDS]

    @property
    def done(self) -> bool:
        """Everything was taken, and nothing more will come."""
        return not self._heap and not self._starving

    def take(self) -> list[RawRecord]:
        """All that may go on by now, the oldest first."""
        taken: list[RawRecord] = []
        heap = self._heap
        while heap and not self._starving:
            time, route = heapq.heappop(heap)
            lane = self._lanes[route]
            queue = lane.queue
            until = heap[0][0] if heap else None
            while queue and (until is None or time <= until):
                taken.append(queue.popleft())
                time = max(time, queue[0].timestamp) if queue else time
            lane.floor = time
            if queue:
                heapq.heappush(heap, (time, route))
            elif not lane.ended:
                self._starving.add(route)
        return taken

    def _queue(self, route: Route, lane: _Lane) -> None:
        lane.floor = max(lane.floor, lane.queue[0].timestamp)
        heapq.heappush(self._heap, (lane.floor, route))
