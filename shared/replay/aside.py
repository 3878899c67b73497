"""A service's state built a second time, beside the live one, from the log alone.

By the engine's own code: its take-over folds the shards, its follower writes the read models. Only
what stands behind the ports differs: another schema, and a log that ends where it is told to.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shared.runtime.clock import SystemClock
from shared.shards.admission import Incoming
from shared.shards.codec import Codec
from shared.shards.ledger import Halt, Ledger
from shared.shards.outbox import Outbox
from shared.shards.ports import Claimed, Log, Rebalanced, Route
from shared.shards.postgres import PostgresStore
from shared.shards.service import Service
from shared.shards.takeover import TakeOver
from shared.shards.views import Follower, Views

NAME: Final = "aside"
"""Of the worker that folds; it is on no record, because it writes none."""


class MayNotPublish(Exception):
    """A copy of a service has nothing to say."""


class LogAsOf:
    """A log that is read, never written; it ends at ``stops`` where a route has one there."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.stops: dict[Route, int] = {}

    async def publish(self, boxes: Mapping[str, Outbox], ours: Claimed) -> dict[Route, int]:
        """Raises MayNotPublish."""
        del ours
        raise MayNotPublish(", ".join(boxes))

    async def read(self, route: Route, start: int, records_max: int) -> Sequence[Incoming]:
        """As Log, up to the stop."""
        stop = self.stops.get(route)
        if stop is None:
            return await self.log.read(route, start, records_max)
        if start >= stop:
            return []
        records = await self.log.read(route, start, min(records_max, stop - start))
        return [record for record in records if record.offset < stop]

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """As Log, the stops where they come first."""
        ends = await self.log.ends(routes)
        return {route: min(end, self.stops.get(route, end)) for route, end in ends.items()}

    async def renew(self) -> None:
        """There is no producer."""


class FromTheFront:
    """An inbox without a group: every partition from where it is sought, to where it ends."""

    def __init__(self, log: LogAsOf, partitions: int) -> None:
        self.log, self.partitions = log, partitions
        self.places: dict[Route, int] = {}
        self.ended = False
        """Everything has been handed out."""

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:  # noqa: ARG002  # nobody takes them away
        """All shards are this reader's, for good."""
        await assigned(frozenset(range(self.partitions)))

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Incoming]]:  # noqa: ARG002  # it never waits
        """The next records of every partition."""
        found: dict[Route, Sequence[Incoming]] = {}
        for route, start in self.places.items():
            if records := await self.log.read(route, start, records_max):
                found[route] = records
        self.places |= {route: records[-1].offset + 1 for route, records in found.items()}
        self.ended = bool(self.places) and not found
        return found

    def seek(self, offsets: Mapping[Route, int]) -> None:
        """Read on from here."""
        self.places |= offsets

    def ends(self) -> Mapping[Route, int]:
        """Nobody asks a copy how far behind it is."""
        return {}

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """There is no group to advise."""

    async def stop(self) -> None:
        """There is no group to leave."""


class _ToTheEnd(Follower):
    """Follows until its inbox has handed out everything."""

    def __init__(self, views: Views, inbox: FromTheFront, dsn: str) -> None:
        super().__init__(views, inbox, dsn, SystemClock())
        self.front = inbox

    async def _turn(self) -> None:
        await super()._turn()
        if self.front.ended:
            self.stop()


class Aside:
    """The copy: ``dsn`` leads to its own schema, whose tables are there."""

    def __init__(
        self, service: Service, views: Views | None, log: Log, dsn: str, partitions: int
    ) -> None:
        self.service, self.views, self.dsn, self.partitions = service, views, dsn, partitions
        self.codec = Codec(service)
        self.log, self.store = LogAsOf(log), PostgresStore(dsn)
        self.takeover = TakeOver(
            service, self.log, self.store, self.codec, partitions, NAME, claim=lambda: bool
        )  # a copy claims nothing
        self.events = f"{service.name}.events"

    async def fold(self, ends: Mapping[int, int] | None = None) -> dict[int, Ledger]:
        """Fold every shard's log to its end, or these shards' up to these offsets."""
        self.log.stops = {(self.events, shard): end for shard, end in (ends or {}).items()}
        return await self.takeover.fold(list(ends or range(self.partitions)))

    async def follow(self, stops: Mapping[Route, int]) -> None:
        """Bring the read models up to these offsets; a partition that is not named stays."""
        if self.views is None:
            return
        routes = [(topic, p) for topic in self.views.follows for p in range(self.partitions)]
        self.log.stops = {route: stops.get(route, 0) for route in routes}
        inbox = FromTheFront(self.log, self.partitions)
        await _ToTheEnd(self.views, inbox, self.dsn).run()

    async def close(self) -> None:
        """Let the connection go."""
        await self.store.close()


def halted(ledgers: Mapping[int, Ledger]) -> dict[int, Halt]:
    """Shards whose log does not fit the rules."""
    return {shard: ledger.halt for shard, ledger in ledgers.items() if ledger.halt}
