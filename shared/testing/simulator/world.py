"""The simulated world: a broker, every service's database and processes, and a clock for all."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from shared.contracts.message import Command
from shared.kernel.decider import Effect
from shared.replay.fold import Fold
from shared.shards import ledger as ledgers
from shared.shards.ledger import Ledger
from shared.shards.memory import MemoryBroker, MemoryDatabase, MemoryGroup
from shared.shards.partitions import partition_of
from shared.shards.ports import Polled, Route
from shared.shards.service import Service
from shared.testing.sender import START_MS, door_headers

from .dice import dice_of
from .process import Process
from .watch import Auditor, Broken, Watch, differing, fold_of

PARTITIONS: Final = 2
SESSION_MS: Final = 6_000
BACKUP_EVERY_MS: Final = 10_000
ANSWER_MS_MAX: Final = 8_000
"""How long the outside takes."""
CALLS_MAX: Final = 4
"""The outside answers this call at the latest."""
PROCESSES_MAX: Final = 4
"""Of one service at once."""


@dataclass(frozen=True)
class Cast:
    """Who plays: the real services, and the real audit's examination."""

    services: Callable[[Callable[[Effect], Any]], Sequence[Service]]
    """Given whoever performs effects, all deciding services."""
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
        self.broker = Broker(PARTITIONS)
        self.watch = self.broker.watch = Watch(cast.auditor())
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.services = {service.name: service for service in cast.services(self.perform)}
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
        self.performed: dict[str, int] = {}
        """Effect id → how often the outside was called."""
        self.coming_down: set[asyncio.Task[None]] = set()

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

    async def perform(self, effect: Effect) -> None:
        """The outside: slow, and often silent; raises TimeoutError."""
        self.performed[effect.id] = self.performed.get(effect.id, 0) + 1
        on_log = any(effect.id in fact.model_dump().values() for fact in self._facts())
        if not on_log and not self.watch.blind:
            self.fail(Broken(f"effect {effect.id} is performed before its fact is on the log"))
        await asyncio.sleep(self.dice.randrange(ANSWER_MS_MAX) / 1000)
        if self.performed[effect.id] < CALLS_MAX and self.dice.percent(50):
            raise TimeoutError

    def _facts(self) -> list[Any]:
        return [fact for facts in self.watch.facts.values() for fact in facts]

    async def keep_backups(self) -> None:
        """Until cancelled."""
        while True:  # bounded by: the run
            for name, database in self.databases.items():
                self.backups[name].append(database.copy())
            await asyncio.sleep(BACKUP_EVERY_MS / 1000)

    def halted(self) -> list[str]:
        """Why shards stand still."""
        return [why for process in self.processes for why in process.worker.halted().values()]

    def at_rest(self) -> bool:
        """Everything was read, decided and sent, and nothing is due any more."""
        if self.watch.parked or any(d.dues or d.effects for d in self.databases.values()):
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
        encode = msgspec.msgpack.Encoder().encode
        for name, service in self.services.items():
            for shard in range(PARTITIONS):
                if not self._even(name, shard):
                    continue
                fold = Fold(service.domain)
                fold_of(self.log(f"{name}.events", shard), fold.apply)
                folded = {key: encode(state) for key, state in fold.states.items()}
                stored = self.databases[name].states.get(shard, {})
                if key := differing(folded, stored):
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
