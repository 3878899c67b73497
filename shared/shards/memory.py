"""The ports in memory: a log, an inbox with its group, a store. Deterministic, one thread.

They hold to the same conformance suite as Kafka and PostgreSQL. What may go wrong on the way to
them (a lost answer, an outage, a crash) is the business of whoever wraps them.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shared.contracts.envelope import Headers, Sealed

from .outbox import Outbox
from .ports import Polled, Rebalanced, Route, Row, Unavailable, Write

REVOKE_MS_MAX: Final = 5_000
"""How long the group waits for a member to give its shards up, then it goes on without it."""


class MemoryBroker:
    """Topics and partitions; what is appended stays, unless the broker itself loses its tail."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.logs: dict[Route, list[Polled]] = {}
        self.waiting: set[asyncio.Event] = set()

    def append(self, route: Route, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """The record's offset."""
        log = self.logs.setdefault(route, [])
        log.append(Polled(*route, len(log), key, value, tuple(headers)))
        for arrived in self.waiting:
            arrived.set()
        return len(log) - 1

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

    async def publish(self, boxes: Mapping[str, Outbox]) -> dict[Route, int]:
        """As Log; a reader may see the records one input at a time."""
        ends: dict[Route, int] = {}
        for source, box in boxes.items():
            for group in box.facts:
                ends |= self._append(source, group)
                await asyncio.sleep(0)
        for source, box in boxes.items():
            for record in box.follows:
                self._append(source, [record])
                await asyncio.sleep(0)
        return ends

    def _append(self, source: str, records: Sequence[Sealed]) -> dict[Route, int]:
        ends: dict[Route, int] = {}
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
        async with self.turn:
            self.members.append(member)
            await self._rebalance()

    async def leave(self, member: "MemoryInbox") -> None:
        """The member gives its shards up and goes."""
        async with self.turn:
            if member in self.members:
                await self._revoke(member)
                self.members.remove(member)
                await self._rebalance()

    async def expel(self, member: "MemoryInbox") -> None:
        """The member has not been heard of for a session: the others get its shards.

        It is not told. It notices when it polls again, and joins anew.
        """
        async with self.turn:
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
                await member.give(frozenset(range(first, after)))
                first = after

    async def _revoke(self, member: "MemoryInbox") -> None:
        try:
            await asyncio.wait_for(member.take_back(), REVOKE_MS_MAX / 1000)
        except TimeoutError:
            self.members.remove(member)


class MemoryInbox:
    """A member of a group."""

    def __init__(self, group: MemoryGroup) -> None:
        self.group, self.broker = group, group.broker
        self.positions: dict[Route, int] = {}
        self.shards: frozenset[int] = frozenset()
        self.assigned: Rebalanced | None = None
        self.revoked: Rebalanced | None = None
        self.joining: asyncio.Task[None] | None = None

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:
        """As Inbox."""
        self.assigned, self.revoked = assigned, revoked
        await self.group.join(self)

    async def take_back(self) -> None:
        """The group takes this member's shards."""
        shards, self.shards = self.shards, frozenset()
        if shards and self.revoked:
            await self.revoked(shards)
        self.positions.clear()

    async def give(self, shards: frozenset[int]) -> None:
        """The group gives this member shards."""
        self.shards = shards
        routes = [(topic, shard) for topic in self.group.topics for shard in sorted(shards)]
        self.positions = {route: self.group.offsets.get(route, 0) for route in routes}
        if self.assigned:
            await self.assigned(shards)

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Polled]]:
        """As Inbox."""
        if self not in self.group.members and not (self.joining and not self.joining.done()):
            self.joining = asyncio.create_task(self._join_again())
        found = self._fetch(records_max)
        if not found:
            arrived = asyncio.Event()
            self.broker.waiting.add(arrived)
            try:
                await asyncio.wait_for(arrived.wait(), wait_ms / 1000)
            except TimeoutError:
                return {}
            finally:
                self.broker.waiting.discard(arrived)
            found = self._fetch(records_max)
        return found

    def _fetch(self, records_max: int) -> dict[Route, Sequence[Polled]]:
        found: dict[Route, Sequence[Polled]] = {}
        for route, position in self.positions.items():
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

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """As Inbox."""
        self.group.offsets |= offsets

    async def stop(self) -> None:
        """As Inbox."""
        await self.group.leave(self)


class MemoryDatabase:
    """A service's tables, and copies of them to go back to."""

    def __init__(self) -> None:
        self.turns: dict[int, int] = {}
        self.rows: dict[int, Row] = {}
        self.states: dict[int, dict[str, bytes]] = {}
        self.dues: dict[tuple[int, str], int] = {}
        self.effects: dict[tuple[int, str], None] = {}

    def copy(self) -> "MemoryDatabase":
        """A backup."""
        backup = MemoryDatabase()
        backup.restore(self)
        return backup

    def restore(self, backup: "MemoryDatabase") -> None:
        """Go back to a backup; an empty one is a lost database."""
        self.turns, self.rows = dict(backup.turns), dict(backup.rows)
        self.states = {shard: dict(states) for shard, states in backup.states.items()}
        self.dues, self.effects = dict(backup.dues), dict(backup.effects)


class MemoryStore:
    """Reads and writes a database."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database

    async def rows(self, shards: Iterable[int]) -> dict[int, Row]:
        """As Store."""
        return {s: self.database.rows[s] for s in shards if s in self.database.rows}

    async def load(self, wanted: Mapping[int, Iterable[str]]) -> dict[int, dict[str, bytes]]:
        """As Store."""
        found: dict[int, dict[str, bytes]] = {}
        for shard, keys in wanted.items():
            states = self.database.states.get(shard, {})
            found[shard] = {key: states[key] for key in keys if key in states}
        return found

    async def commit(self, writes: Sequence[Write]) -> frozenset[int]:
        """As Store."""
        lost = {w.shard for w in writes if self.database.turns.get(w.shard, 0) != w.turn - 1}
        for write in writes:
            if write.shard not in lost:
                self._write(write)
        return frozenset(lost)

    def _write(self, write: Write) -> None:
        database, shard = self.database, write.shard
        database.turns[shard] = write.turn
        database.rows[shard] = Row(write.ledger, write.outbox)
        states = database.states.setdefault(shard, {})
        for key, state, due_ms, effect in write.changes:
            states.pop(key, None)
            database.dues.pop((shard, key), None)
            database.effects.pop((shard, key), None)
            if state is not None:
                states[key] = state
            if due_ms is not None:
                database.dues[shard, key] = due_ms
            if effect:
                database.effects[shard, key] = None

    async def due(self, shards: Iterable[int], now_ms: int, keys_max: int) -> list[tuple[int, str]]:
        """As Store."""
        wanted = set(shards)
        late = sorted(
            (due_ms, shard, key)
            for (shard, key), due_ms in self.database.dues.items()
            if shard in wanted and due_ms <= now_ms
        )
        return [(shard, key) for _, shard, key in late[:keys_max]]

    async def effects(self, shards: Iterable[int]) -> list[tuple[int, str]]:
        """As Store."""
        wanted = set(shards)
        return [(shard, key) for shard, key in self.database.effects if shard in wanted]
