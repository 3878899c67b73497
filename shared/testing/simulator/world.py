"""The simulated world: a broker, every service's database and processes, and a clock for all."""

import asyncio
import contextvars
import itertools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from shared.contracts.message import Command
from shared.kernel.decider import Effect
from shared.shards import ledger as ledgers
from shared.shards.ledger import Ledger
from shared.shards.memory import MemoryBroker, MemoryDatabase, MemoryGroup
from shared.shards.partitions import partition_of
from shared.shards.ports import Polled, Route
from shared.shards.service import Service
from shared.testing.sender import START_MS, door_headers

from .dice import dice_of
from .folds import Folded
from .process import Process
from .watch import Auditor, Broken, Watch

T = TypeVar("T")

PARTITIONS: Final = 2
SESSION_MS: Final = 6_000
BACKUP_EVERY_MS: Final = 10_000
WAY_MS_MAX: Final = 4_000
"""How long a call is on its way to the outside, and its answer on the way back."""
CALLS_MAX: Final = 4
"""The outside answers this call at the latest."""
NIGHTS_PERCENT: Final = 6
SOON_MS: Final = 60_000
SLOWER: Final = 15
PROCESSES_MAX: Final = 4
"""Of one service at once."""


@dataclass(frozen=True)
class Cast:
    """Who plays: the real services, and the real audit's examination."""

    services: Callable[["World"], Sequence[Service]]
    """All deciding services, on this world's outside."""
    auditor: Callable[[], Auditor]


class Broker(MemoryBroker):
    """A broker whose every record is looked at."""

    watch: Watch
    stopped = False

    def append(self, route: Route, key: bytes | None, value: bytes | None, headers: Any) -> int:
        """As MemoryBroker."""
        offset = super().append(route, key, value, headers)
        if not self.stopped:
            self.watch.look(self.logs[route][offset])
        return offset


class World:
    """Everything there is in one run."""

    def __init__(self, seed: int, cast: Cast) -> None:
        self.seed = seed
        self.dice = dice_of(seed, "world")
        self.night = dice_of(seed, "night").percent(NIGHTS_PERCENT)
        """Whether the outside takes hours over something."""
        self.pace = 1
        """How much longer than usual everybody waits between two looks."""
        self.broker = Broker(PARTITIONS)
        self.watch = self.broker.watch = Watch(cast.auditor())
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.performed: dict[str, int] = {}
        """Effect id → how often the outside was called."""
        self.errands: dict[asyncio.Task[None], None] = {}
        """What people, and others outside, have under way."""
        self.checks: list[Callable[[], None]] = []
        """What the outside knows better; each raises Broken, once all is at rest."""
        self.texts: dict[str, list[str]] = {}
        """Order → what its buyer was sent by SMS."""
        self.services = {service.name: service for service in cast.services(self)}
        self.folds = {
            (name, shard): Folded(service.domain)
            for name, service in self.services.items()
            for shard in range(PARTITIONS)
        }
        self.databases = {name: MemoryDatabase() for name in self.services}
        self.groups = {
            name: MemoryGroup(self.broker, service.topics)
            for name, service in self.services.items()
        }
        self.backups: dict[str, list[MemoryDatabase]] = {name: [] for name in self.services}
        self.processes: list[Process] = []
        self.numbers = itertools.count(1)
        self.broker_there = asyncio.Event()
        self.broker_there.set()

    def now_ms(self) -> int:
        """True time."""
        return START_MS + int(asyncio.get_running_loop().time() * 1000)

    def start(self, name: str, group: MemoryGroup | None = None) -> Process:
        """One more worker of this service."""
        number = next(self.numbers)
        process = Process(
            self.services[name], f"{name}-{number}", self.broker, group or self.groups[name],
            self.databases[name], dice_of(self.seed, name, number), partitions=PARTITIONS,
        )  # fmt: skip
        process.running.add_done_callback(lambda done: self._ended(process, done))
        self.processes.append(process)
        return process

    def restart(self) -> None:
        """Every worker is killed, and another takes over at once."""
        for process in list(self.processes):
            process.crash()
        for name, service in self.services.items():
            self.groups[name] = MemoryGroup(self.broker, service.topics)
            self.start(name)

    def _ended(self, process: Process, done: "asyncio.Task[None]") -> None:
        if process in self.processes:
            self.processes.remove(process)
        if not done.cancelled() and (error := done.exception()):
            self.fail(error if isinstance(error, Broken) else Broken(f"{process.name}: {error!r}"))

    def fail(self, error: BaseException) -> None:
        """The run ends here."""
        if not self.broken.done():
            self.broken.set_exception(error)

    def of(self, name: str) -> list[Process]:
        """The living workers of a service that its group knows."""
        return [p for p in self.processes if p.group is self.groups[name] and p.alive]

    async def ask(self, command: Command) -> None:
        """Through the door: it answers once the broker has the command."""
        await self.broker_there.wait()
        partition = partition_of(command.partition_key, PARTITIONS)
        self.put(command, partition)

    def put(self, command: Command, partition: int, service: str = "") -> None:
        """Append a command to the door's or an operator's choice of partition."""
        headers = door_headers(command, str(UUID(int=next(self.numbers))), self.now_ms())
        route = (f"{service or command.owner}.commands", partition)
        self.broker.append(route, command.partition_key.encode(), command.encode(), headers)

    async def call(self, effect: Effect, arrive: Callable[[], T]) -> T:
        """The outside: slow, and often silent, before it has heard or after; raises TimeoutError.

        ``arrive`` is what happens there when the call has arrived.
        """
        calls = self.performed[effect.id] = self.performed.get(effect.id, 0) + 1
        if effect.id not in self.watch.named and not self.watch.blind:
            self.fail(Broken(f"effect {effect.id} is performed before its fact is on the log"))
        silent = calls < CALLS_MAX and self.dice.percent(50)
        unheard = silent and self.dice.percent(50)
        await asyncio.sleep(self.dice.randrange(WAY_MS_MAX) / 1000)
        if unheard:
            raise TimeoutError
        answer = arrive()
        await asyncio.sleep(self.dice.randrange(WAY_MS_MAX) / 1000)
        if silent:
            raise TimeoutError
        return answer

    def send_out(self, errand: Coroutine[Any, Any, None]) -> None:
        """Somebody outside does this, whatever becomes of our processes."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(errand, context=contextvars.Context())
        self.errands[task] = None
        task.add_done_callback(self._done)

    def _done(self, errand: "asyncio.Task[None]") -> None:
        del self.errands[errand]
        if not errand.cancelled() and (error := errand.exception()):
            self.fail(error)

    async def keep_backups(self) -> None:
        """Until cancelled."""
        while True:  # bounded by: the run
            for name, database in self.databases.items():
                self.backups[name].append(database.copy())
            await asyncio.sleep(BACKUP_EVERY_MS / 1000)

    def halted(self) -> list[str]:
        """Why shards stand still."""
        return [why for process in self.processes for why in process.worker.halted().values()]

    def find_pace(self) -> None:
        """Everybody may look less often where nothing moves, and nothing is due for long."""
        waits_ms = [due - self.now_ms() for d in self.databases.values() for due in d.dues.values()]
        calling = self.errands or any(d.effects for d in self.databases.values())
        calm = bool(waits_ms) and min(waits_ms) > SOON_MS and not (calling or self.busy())
        self.pace = SLOWER if calm else 1
        for process in self.processes:
            process.slow_down(self.pace)

    def at_rest(self) -> bool:
        """Everything was read, decided and sent, and nothing is due any more."""
        if self.errands or self.watch.parked:
            return False
        if any(d.dues or d.effects for d in self.databases.values()):
            return False
        return not self.busy()

    def busy(self) -> list[str]:
        """Services that have something to read, to decide or to send."""
        return [name for name in self.services if not self._is_idle(name)]

    def _is_idle(self, name: str) -> bool:
        ledgers: dict[int, Ledger] = {}
        for process in self.of(name):
            publishing = process.worker.publishing
            if publishing and not publishing.done():
                return False
            ledgers |= {shard: own.ledger for shard, own in process.worker.owned.items()}
        return len(ledgers) == PARTITIONS and all(
            ledger.offsets.get(topic, 0) >= self.broker.end((topic, shard))
            for shard, ledger in ledgers.items()
            for topic in self.services[name].topics
        )

    def check_tallies(self) -> None:
        """In = applied + skipped + parked + duplicate, always."""
        for process in self.processes:
            for shard, ledger in process.worker.shards().items():
                if not ledger.tally.balanced:
                    raise Broken(f"{process.name}, shard {shard}: {ledger.tally}")

    def check_states(self) -> None:
        """Every service's state is the fold of its log, wherever both have come equally far."""
        for name in self.services:
            for shard in range(PARTITIONS):
                if not self._even(name, shard):
                    continue
                stored = self.databases[name].states.get(shard, {})
                log = self.log(f"{name}.events", shard)
                if key := self.folds[name, shard].differs(log, stored):
                    raise Broken(f"{name}/{shard}: {key} is not the fold of the log")

    def _even(self, name: str, shard: int) -> bool:
        if self.watch.blind:
            return False
        row = self.databases[name].rows.get(shard)
        position = ledgers.decode(row.ledger).position if row else 0
        return position == self.watch.highest.get(f"/kameng/{name}/{shard}", 0)

    def log(self, topic: str, partition: int) -> Sequence[Polled]:
        """A partition from the front."""
        return self.broker.logs.get((topic, partition), [])
