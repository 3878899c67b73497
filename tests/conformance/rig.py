"""What a behaviour is told against: a log, a group and a store, and the workers on them.

`Rig` says what a test may do; the twin and the real thing are made in conftest.py.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from shared.contracts.envelope import Envelope, Headers, read
from shared.contracts.message import Message
from shared.contracts.registry import decode
from shared.shards import ledger as ledgers
from shared.shards import outbox as outboxes
from shared.shards.admission import Incoming
from shared.shards.ledger import Ledger
from shared.shards.limits import Limits
from shared.shards.outbox import Outbox
from shared.shards.partitions import partition_of
from shared.shards.ports import Inbox, Log, Route, Store, Unavailable
from shared.shards.worker import Worker
from shared.testing.fragile import FragileInbox, FragileLog, FragileStore
from shared.testing.sender import START_MS, Sender, door_headers

from .toy import Outside, Purse, Rules, service

PARTITIONS: Final = 4
WAIT_S_MAX: Final = 10.0
POLL_S: Final = 0.005
LIMITS: Final = Limits(
    poll_wait_ms=10, due_every_ms=10, halt_look_ms=20, pause_ms_min=5, pause_ms_max=40
)


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


class Ports(NamedTuple):
    log: Log
    inbox: Inbox
    store: Store


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


class Crashed(BaseException):
    """The process is no more: nothing of it runs on."""


class Station:
    """A worker in a test's hands: what it does can be struck, and it can die."""

    def __init__(self, stage: "Stage", name: str, ports: Ports) -> None:
        self.name, self.stage, self.inner = name, stage, ports
        self.strikes: dict[str, Callable[[], Any]] = {}
        self.seen: list[str] = []
        self.dead = False
        self.awake = asyncio.Event()
        self.awake.set()
        self.worker = Worker(
            service(stage.rig.name, stage.rules, stage.outside),
            FragileLog(ports.log, self.strike),
            FragileInbox(ports.inbox, self.strike),
            FragileStore(ports.store, self.strike),
            stage.clock, name=name, partitions=PARTITIONS, limits=LIMITS,
        )  # fmt: skip
        self.task = asyncio.create_task(self.worker.run())

    async def strike(self, step: str) -> None:
        self.seen.append(step)
        await self.awake.wait()
        if self.dead:
            raise asyncio.CancelledError
        what = self.strikes.get(step)
        if what:
            result = what()
            if asyncio.iscoroutine(result):
                await result

    def once(self, step: str, error: BaseException, after: int = 0) -> None:
        """The next time it comes to this step (or after some more times), this happens."""
        left = [after]

        def happen() -> None:
            left[0] -= 1
            if left[0] < 0:
                del self.strikes[step]
                if isinstance(error, Crashed):
                    self.crash()
                raise error

        self.strikes[step] = happen

    def crash(self) -> None:
        """Kill -9: whatever is under way stops where it is."""
        self.dead = True
        tasks = [self.worker.publishing, *self.worker.effects.tasks.values(), self.task]
        for task in tasks:
            if task and task is not asyncio.current_task():
                task.cancel()

    async def buried(self) -> None:
        """After a crash: its tasks are gone, and the group has noticed."""
        await self.stage.until(lambda: self.dead)
        for task in [self.worker.publishing, self.task]:
            if task:
                with suppress(asyncio.CancelledError, Crashed, Unavailable):
                    await task
        expel = getattr(self.inner.inbox, "group", None)
        if expel:
            await expel.expel(self.inner.inbox)
        else:
            await self.inner.inbox.stop()

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        self.worker.stop()
        await asyncio.wait_for(self.task, WAIT_S_MAX)

    def ledger(self, shard: int) -> Ledger:
        return self.worker.owned[shard].ledger


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
        station = Station(self, name or f"worker-{self.names}", ports)
        self.stations.append(station)
        return station

    async def ready(self, name: str = "", group: str = "") -> Station:
        station = await self.work(name, group)
        await self.until(lambda: station.worker.health()[0])
        return station

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

    async def settled(self) -> None:
        """Everything appended has been read, decided and published."""
        quiet = 0
        async with asyncio.timeout(WAIT_S_MAX):
            while quiet < 3:  # bounded by: WAIT_S_MAX
                self.look_for_the_dead()
                quiet = quiet + 1 if await self._is_quiet() else 0
                await asyncio.sleep(4 * POLL_S)

    async def _is_quiet(self) -> bool:
        owned = {
            shard: own.ledger
            for station in self.stations
            if not station.dead
            for shard, own in station.worker.owned.items()
        }
        if len(owned) < PARTITIONS:
            return False
        for shard, ledger in owned.items():
            for topic in (self.commands, self.answers):
                end = await self.rig.end((topic, shard))
                if ledger.halt is None and ledger.offsets.get(topic, 0) < end:
                    return False
        publishing = [s.worker.publishing for s in self.stations if not s.dead]
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
                await station.buried()
            else:
                station.awake.set()
                await station.stop()
