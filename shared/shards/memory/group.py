"""A consumer group in memory: who has which shards, and what they read."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from shared.shards.ports import Polled, Rebalanced, Route, Unavailable

from .broker import MemoryBroker

REVOKE_MS_MAX: Final = 5_000
"""How long the group waits for a member to give its shards up, then it goes on without it."""

Change = Callable[["MemoryInbox"], Awaitable[None]]


class MemoryGroup:
    """A consumer group: every change of members revokes all shards, then assigns them anew."""

    def __init__(self, broker: MemoryBroker, topics: Sequence[str]) -> None:
        self.broker, self.topics = broker, topics
        self.members: list[MemoryInbox] = []
        self.offsets: dict[Route, int] = {}
        """What members have committed: advice."""
        self.turn = asyncio.Lock()

    async def join(self, member: "MemoryInbox") -> None:
        """One more member."""
        await self._change(member, self._join)

    async def leave(self, member: "MemoryInbox") -> None:
        """The member gives its shards up and goes."""
        await self._change(member, self._leave)

    async def expel(self, member: "MemoryInbox") -> None:
        """The member has not been heard of for a session: the others get its shards.

        It is not told. It notices when it polls again, and joins anew.
        """
        await self._change(member, self._expel)

    async def _change(self, member: "MemoryInbox", change: Change) -> None:
        """The coordinator's own work: it goes on when whoever asked for it dies."""
        await asyncio.shield(
            asyncio.create_task(self._in_turn(member, change), context=contextvars.Context())
        )

    async def _in_turn(self, member: "MemoryInbox", change: Change) -> None:
        async with self.turn:
            await change(member)

    async def _join(self, member: "MemoryInbox") -> None:
        self.members.append(member)
        await self._rebalance()

    async def _leave(self, member: "MemoryInbox") -> None:
        if member in self.members:
            await self._revoke(member)
            await self._expel(member)

    async def _expel(self, member: "MemoryInbox") -> None:
        if member in self.members:
            self.members.remove(member)
            await self._rebalance()

    async def _rebalance(self) -> None:
        await asyncio.gather(*(self._revoke(member) for member in self.members))
        if self.members:
            count, more = divmod(self.broker.partitions, len(self.members))
            first = 0
            for place, member in enumerate(self.members):
                after = first + count + (place < more)
                member.give(frozenset(range(first, after)))
                first = after

    async def _revoke(self, member: "MemoryInbox") -> None:
        """A member that dies over it goes when its session ends: it holds up no rebalance."""
        giving = asyncio.ensure_future(member.take_back())
        await asyncio.wait({giving}, timeout=REVOKE_MS_MAX / 1000)
        if not giving.done():
            giving.cancel()
            if member in self.members:
                self.members.remove(member)
        elif not giving.cancelled():
            giving.result()


class MemoryInbox:
    """A member of a group."""

    def __init__(self, group: MemoryGroup) -> None:
        self.group, self.broker = group, group.broker
        self.positions: dict[Route, int] = {}
        self.shards: frozenset[int] = frozenset()
        self.assigned: Rebalanced | None = None
        self.revoked: Rebalanced | None = None
        self.joining: asyncio.Task[None] | None = None
        self.hearing: asyncio.Task[None] | None = None

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:
        """As Inbox."""
        self.assigned, self.revoked = assigned, revoked
        await self.group.join(self)

    async def take_back(self) -> None:
        """The group takes this member's shards."""
        self.positions = {}
        if self.shards and self.revoked:
            await self.revoked(self.shards)
        self.shards = frozenset()

    def give(self, shards: frozenset[int]) -> None:
        """The group gives this member shards; it hears of it when it has a moment."""
        self.shards = shards
        routes = [(topic, shard) for topic in self.group.topics for shard in sorted(shards)]
        self.positions = {route: self.group.offsets.get(route, 0) for route in routes}
        if self.assigned:
            self.hearing = asyncio.create_task(self._hear(self.assigned, shards))

    async def _hear(self, assigned: Rebalanced, shards: frozenset[int]) -> None:
        await assigned(shards)

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Polled]]:
        """As Inbox."""
        if self not in self.group.members and not (self.joining and not self.joining.done()):
            self.joining = asyncio.create_task(self._join_again())
        found = self._fetch(records_max)
        if not found:
            arrived = asyncio.Event()
            self.broker.waiting[arrived] = self.positions
            try:
                await asyncio.wait_for(arrived.wait(), wait_ms / 1000)
            except TimeoutError:
                return {}
            finally:
                del self.broker.waiting[arrived]
            found = self._fetch(records_max)
        return found

    def _fetch(self, records_max: int) -> dict[Route, Sequence[Polled]]:
        found: dict[Route, Sequence[Polled]] = {}
        for route, position in self.positions.items():
            if route in self.broker.away:
                continue
            if position > self.broker.end(route):
                raise Unavailable(f"{route[0]}/{route[1]}: {position} is out of range")
            records = self.broker.records(route, position, records_max) if records_max else []
            if records:
                found[route] = records
                self.positions[route] = records[-1].offset + 1
                records_max -= len(records)
        return found

    async def _join_again(self) -> None:
        await self.take_back()
        await self.group.join(self)

    def seek(self, offsets: Mapping[Route, int]) -> None:
        """As Inbox."""
        self.positions |= {r: offset for r, offset in offsets.items() if r in self.positions}

    def ends(self) -> Mapping[Route, int]:
        """As Inbox."""
        return {route: self.broker.end(route) for route in self.positions}

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """As Inbox."""
        self.group.offsets |= offsets

    async def stop(self) -> None:
        """As Inbox."""
        await self.group.leave(self)
