"""What a behaviour is told against: a log, a group and a store, and the workers on them.

`Rig` says what a test may do; the twin and the real thing are made in conftest.py.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import msgspec

from shared.contracts.envelope import Envelope, Headers, read
from shared.contracts.message import Message
from shared.contracts.registry import decode
from shared.shards import ledger as ledgers
from shared.shards import outbox as outboxes
from shared.shards.admission import Incoming
from shared.shards.ledger import Ledger
from shared.shards.outbox import Outbox
from shared.shards.partitions import partition_of
from shared.shards.ports import Route, Unavailable
from shared.shards.turn import Report, Unwatched
from shared.testing.sender import START_MS, Sender, door_headers

from .limits import PARTITIONS, POLL_S, WAIT_S_MAX
from .station import Ports, Station
from .toy import Outside, Purse, Rules, service


class TestClock:
    """Runs with the machine's, as far ahead as a test wants."""

    __test__ = False

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        passed_ms = int(asyncio.get_running_loop().time() * 1000)
        return START_MS + passed_ms + self.ahead_ms

    async def sleep(self, wait_ms: float) -> None:
        await asyncio.sleep(wait_ms / 1000)


def who(shard: int, number: int = 0) -> str:
    """An account of that shard; with another number, another one."""
    names = (f"a{n}" for n in itertools.count())
    mine = (name for name in names if partition_of(name, PARTITIONS) == shard)
    return next(itertools.islice(mine, number, None))


class Found(NamedTuple):
    """A record, read back."""

    envelope: Envelope
    message: Message
    offset: int


class Rig(Protocol):
    """One service's topics and tables."""

    name: str

    async def ports(self, group: str = "") -> Ports: ...
    async def append(
        self, route: Route, key: bytes | None, value: bytes | None, headers: Headers
    ) -> None: ...
    async def end(self, route: Route) -> int: ...
    async def records(self, route: Route) -> Sequence[Incoming]: ...
    async def state_of(self, shard: int, key: str) -> bytes | None: ...
    async def keep(self) -> Any: ...
    async def go_back(self, backup: Any) -> None: ...
    async def row(self, shard: int) -> tuple[bytes, bytes] | None: ...
    async def tables(self) -> Any: ...
    async def release(self, ports: Ports) -> None: ...
    async def close(self) -> None: ...


class Stage:
    """A rig, a toy service and the workers of one test."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.rules, self.outside = rig, Rules(), Outside()
        self.clock = TestClock()
        self.stations: list[Station] = []
        self.names = 0
        self.commands, self.answers = f"{rig.name}.commands", f"{rig.name}.answers"
        self.events = f"{rig.name}.events"

    async def work(self, name: str = "", group: str = "") -> Station:
        """One more worker; in a group of its own it believes that it has every shard."""
        self.names += 1
        ports = await self.rig.ports(group)
        toy = service(self.rig.name, self.rules, self.outside)
        station = Station(toy, name or f"worker-{self.names}", ports, self.clock)
        self.stations.append(station)
        return station

    async def ready(self, name: str = "", group: str = "") -> Station:
        station = await self.work(name, group)
        await self.until(lambda: station.worker.health()[0])
        return station

    def watch(self, station: Station) -> list[Report]:
        """What this worker tells of its turns from now on."""
        told: list[Report] = []

        class Watching(Unwatched):
            def turn(self, report: Report) -> None:
                told.append(report)

        station.worker.watch = Watching()
        return told

    async def ready_or_halted(self) -> Station:
        station = await self.work()
        await self.until(lambda: station.worker.joined and not station.worker.untaken)
        return station

    async def pass_turns(self, station: Station, polls: int = 5) -> None:
        """Let it look around."""
        seen = station.seen.count("poll")
        await self.until(lambda: station.seen.count("poll") >= seen + polls)

    async def has(self, shard: int, kind: type[Message]) -> bool:
        """Whether the shard's log holds such a fact."""
        return any(isinstance(fact, kind) for fact in await self.facts(shard))

    async def until_purse(self, shard: int, account: str, amount: int) -> None:
        async def holds() -> bool:
            return await self.purse(shard, account) == amount

        await self.until(holds)

    async def ask(self, message: Message, shard: int, record_id: str = "00") -> None:
        """As the door asks; the test names the shard."""
        await self.rig.append(
            (self.commands, shard), message.partition_key.encode(), message.encode(),
            door_headers(message, record_id),
        )  # fmt: skip

    async def send(self, sender: Sender, topic: str, shard: int, message: Message) -> Any:
        """As another service's shard sends; returns the record, to be sent again."""
        sealed = sender.seal(topic, shard, message)
        await self.deliver(sender, sealed)
        return sealed

    async def deliver(self, sender: Sender, sealed: Any) -> None:
        route = (sealed.topic, sealed.partition)
        await self.rig.append(route, sealed.key, sealed.value, sealed.headers(sender.source))

    async def buried(self, station: Station) -> None:
        """After a crash: its tasks are gone, and the group has noticed."""
        await self.until(lambda: station.dead)
        for task in [station.worker.publishing, station.task]:
            if task:
                with suppress(asyncio.CancelledError, Unavailable):
                    await task
        await self.rig.release(station.inner)

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait for it, with a limit."""
        async with asyncio.timeout(WAIT_S_MAX):
            while True:  # bounded by: WAIT_S_MAX
                result = holds()
                if asyncio.iscoroutine(result):
                    result = await result
                if result:
                    return
                self.look_for_the_dead()
                await asyncio.sleep(POLL_S)

    def look_for_the_dead(self) -> None:
        for station in self.stations:
            if station.task.done() and not station.dead and not station.worker.stopping:
                station.task.result()

    async def settled(self, without: Station | None = None) -> None:
        """Everything appended has been read, decided and published."""
        quiet = 0
        async with asyncio.timeout(WAIT_S_MAX):
            while quiet < 3:  # bounded by: WAIT_S_MAX
                self.look_for_the_dead()
                quiet = quiet + 1 if await self._is_quiet(without) else 0
                await asyncio.sleep(4 * POLL_S)

    async def _is_quiet(self, without: Station | None) -> bool:
        working = [s for s in self.stations if not (s.dead or s.task.done() or s is without)]
        owned = {
            shard: own.ledger for station in working for shard, own in station.worker.owned.items()
        }
        if len(owned) < PARTITIONS:
            return False
        for shard, ledger in owned.items():
            for topic in (self.commands, self.answers):
                end = await self.rig.end((topic, shard))
                if ledger.halt is None and ledger.offsets.get(topic, 0) < end:
                    return False
        publishing = [s.worker.publishing for s in working]
        return all(p is None or (p.done() and not p.exception()) for p in publishing)

    async def facts(self, shard: int) -> list[Message]:
        """The shard's own log, each position once."""
        return [found.message for found in await self.log(shard)]

    async def log(self, shard: int) -> list[Found]:
        found, reached = [], 0
        for record in await self.rig.records((self.events, shard)):
            envelope = read(record.headers)
            if envelope.position > reached:
                reached = envelope.position
                message = decode(envelope.type, record.value or b"")
                found.append(Found(envelope, message, record.offset))
        return found

    async def purse(self, shard: int, account: str) -> int:
        state = await self.rig.state_of(shard, f"purse/{account}")
        return 0 if state is None else msgspec.msgpack.decode(state, type=Purse).amount

    async def row(self, shard: int) -> tuple[Ledger, Outbox]:
        found = await self.rig.row(shard)
        assert found
        return ledgers.decode(found[0]), outboxes.decode(found[1])

    async def close(self) -> None:
        for station in self.stations:
            if station.dead:
                await self.buried(station)
            elif not station.task.done():
                station.wake()
                await station.stop()
        await self.rig.close()
