"""Ports that can fail: the engine's ways to the outside, with a place for a fault at each step.

Around the twins they make a crash, an outage, a lost answer; around the real ports the same.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from shared.shards.admission import Incoming
from shared.shards.outbox import Outbox
from shared.shards.ports import Claimed, Inbox, Log, Rebalanced, Route, Row, Store, Write

Strike = Callable[[str], Awaitable[None]]
"""Asked at each step, by its name (`commit`, `committed`): waits, raises, or lets it happen."""


class FragileLog:
    """A log whose publishing can be struck before, between and after its rounds."""

    def __init__(self, log: Log, strike: Strike) -> None:
        self.log, self.strike = log, strike

    async def publish(self, boxes: Mapping[str, Outbox], ours: Claimed) -> dict[Route, int]:
        """As Log; one group of facts after the other, and then one record after the other."""
        await self.strike("publish")
        ends: dict[Route, int] = {}
        for source, box in boxes.items():
            for group in box.facts:
                ends |= await self.log.publish({source: Outbox(facts=[group], follows=[])}, ours)
                await self.strike("fact published")
        await self.strike("facts published")
        for source, box in boxes.items():
            for record in box.follows:
                await self.log.publish({source: Outbox(facts=[], follows=[record])}, ours)
                await self.strike("follow published")
        await self.strike("published")
        return ends

    async def read(self, route: Route, start: int, records_max: int) -> Sequence[Incoming]:
        """As Log."""
        await self.strike("read")
        return await self.log.read(route, start, records_max)

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """As Log."""
        await self.strike("ends")
        return await self.log.ends(routes)

    async def renew(self) -> None:
        """As Log."""
        await self.strike("renew")
        await self.log.renew()


class FragileInbox:
    """An inbox that can be struck where it polls."""

    def __init__(self, inbox: Inbox, strike: Strike) -> None:
        self.inbox, self.strike = inbox, strike
        self.seek, self.ends = inbox.seek, inbox.ends

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:
        """As Inbox."""
        await self.inbox.start(assigned, revoked)

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Incoming]]:
        """As Inbox."""
        await self.strike("poll")
        polled = await self.inbox.poll(records_max, wait_ms)
        await self.strike("polled")
        return polled

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """As Inbox."""
        await self.strike("advise")
        await self.inbox.advise(offsets)

    async def stop(self) -> None:
        """As Inbox."""
        await self.inbox.stop()


class FragileStore:
    """A store that can be struck before it reads, and around its commit."""

    def __init__(self, store: Store, strike: Strike) -> None:
        self.store, self.strike = store, strike

    async def rows(self, shards: Iterable[int]) -> dict[int, Row]:
        """As Store."""
        await self.strike("rows")
        return await self.store.rows(shards)

    async def load(
        self, wanted: Mapping[int, Iterable[str]], turns: Mapping[int, int]
    ) -> dict[int, dict[str, bytes]]:
        """As Store."""
        await self.strike("load")
        return await self.store.load(wanted, turns)

    async def commit(self, writes: Sequence[Write]) -> frozenset[int]:
        """As Store."""
        await self.strike("commit")
        lost = await self.store.commit(writes)
        await self.strike("committed")
        return lost

    async def due(self, shards: Iterable[int], now_ms: int, keys_max: int) -> list[tuple[int, str]]:
        """As Store."""
        await self.strike("due")
        return await self.store.due(shards, now_ms, keys_max)

    async def effects(self, shards: Iterable[int]) -> list[tuple[int, str]]:
        """As Store."""
        await self.strike("effects")
        return await self.store.effects(shards)
