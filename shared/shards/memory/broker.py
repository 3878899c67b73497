"""A broker's log in memory, and the way to write and read it."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

from shared.contracts.envelope import Headers, Sealed
from shared.shards.outbox import Outbox
from shared.shards.ports import TOO_LATE, Claimed, Polled, Route, Unavailable


class MemoryBroker:
    """Topics and partitions; what is appended stays, unless the broker itself loses its tail."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.logs: dict[Route, list[Polled]] = {}
        self.waiting: dict[asyncio.Event, Collection[Route]] = {}
        """Who waits for a record, and where."""
        self.away: set[Route] = set()
        """Partitions that answer no consumer for now."""

    def append(self, route: Route, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """The record's offset."""
        log = self.logs.setdefault(route, [])
        log.append(Polled(*route, len(log), key, value, tuple(headers)))
        self.tell(route)
        return len(log) - 1

    def tell(self, route: Route) -> None:
        """There is something to read here."""
        for arrived, routes in self.waiting.items():
            if route in routes:
                arrived.set()

    def end(self, route: Route) -> int:
        """The offset after the last record."""
        return len(self.logs.get(route, ()))

    def records(self, route: Route, start: int, records_max: int) -> list[Polled]:
        """From ``start`` on; [] at the end."""
        return self.logs.get(route, [])[start : start + records_max]

    def lose(self, route: Route, records: int) -> None:
        """Forget the last records: what a broker does that never flushed them."""
        log = self.logs.get(route, [])
        del log[max(0, len(log) - records) :]


class MemoryLog:
    """An idempotent producer and a reader."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self.reached: dict[Route, int] = {}
        """The end of each partition after this producer's last record there."""

    async def publish(self, boxes: Mapping[str, Outbox], ours: Claimed) -> dict[Route, int]:
        """As Log; a reader may see the records one input at a time."""
        ends: dict[Route, int] = {}
        for source, box in boxes.items():
            for group in box.facts:
                ends |= self._append(source, group, ours)
                await asyncio.sleep(0)
        for source, box in boxes.items():
            for record in box.follows:
                self._append(source, [record], ours)
                await asyncio.sleep(0)
        return ends

    def _append(self, source: str, records: Sequence[Sealed], ours: Claimed) -> dict[Route, int]:
        ends: dict[Route, int] = {}
        if not ours():
            raise Unavailable(TOO_LATE)
        for record in records:
            route = (record.topic, record.partition)
            if self.broker.end(route) < self.reached.get(route, 0):
                raise Unavailable(f"{record.topic}/{record.partition}: out of sequence")
            offset = self.broker.append(route, record.key, record.value, record.headers(source))
            ends[route] = self.reached[route] = offset + 1
        return ends

    async def read(self, route: Route, start: int, records_max: int) -> Sequence[Polled]:
        """As Log."""
        return self.broker.records(route, start, records_max)

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """As Log."""
        return {route: self.broker.end(route) for route in routes}

    async def renew(self) -> None:
        """As Log."""
        self.reached.clear()
