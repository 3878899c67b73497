"""A simulated process: one worker on fragile ports, that can die, stand still, or be cut off."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from shared.shards.limits import Limits
from shared.shards.memory import (
    MemoryBroker,
    MemoryDatabase,
    MemoryGroup,
    MemoryInbox,
    MemoryLog,
    MemoryStore,
)
from shared.shards.ports import Unavailable
from shared.shards.service import Service
from shared.shards.worker import Worker
from shared.testing.fragile import FragileInbox, FragileLog, FragileStore
from shared.testing.sender import START_MS

from .dice import Dice
from .loop import Tasks

LATENCY_MS_MAX: Final = 20
SLOW_ONE_IN: Final = 40
SLOW_MS_MAX: Final = 1_500
LIMITS: Final = Limits(
    poll_records_max=50, poll_wait_ms=2_000, due_every_ms=1_000, halt_look_ms=2_000,
    advise_every_ms=3_000, unwritten_records_max=40,
    claim_ms=5_000,
)  # fmt: skip
STORE_STEPS: Final = frozenset({"rows", "load", "commit", "due", "effects"})
BROKER_STEPS: Final = frozenset({"publish", "read", "ends", "poll", "advise"})


class SimulatedClock:
    """Virtual time, as far off as the process's machine is."""

    def __init__(self) -> None:
        self.skew_ms = 0

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return START_MS + self.skew_ms + int(asyncio.get_running_loop().time() * 1000)

    async def sleep(self, wait_ms: float) -> None:
        """Come back later."""
        await asyncio.sleep(wait_ms / 1000)


class Process:
    """One worker of one service."""

    def __init__(
        self, service: Service, name: str, broker: MemoryBroker, group: MemoryGroup,
        database: MemoryDatabase, dice: Dice, *, partitions: int,
    ) -> None:  # fmt: skip
        self.service, self.name, self.group, self.dice = service, name, group, dice
        self.inbox = MemoryInbox(group)
        self.clock = SimulatedClock()
        self.tasks = Tasks()
        self.alive = True
        self.awake = asyncio.Event()
        self.awake.set()
        self.broken: dict[str, int] = {}
        """Step → after how many more times it is struck, once."""
        self.fuses: dict[str, Callable[[], None]] = {}
        """Step → what happens when it is next come to."""
        self.cut_off = False
        """Its connection to the database is gone; it notices when it uses it."""
        self.away: set[str] = set()
        """`store` or `broker`: what this process cannot reach for now."""
        self.worker = Worker(
            service,
            FragileLog(MemoryLog(broker), self.strike),
            FragileInbox(self.inbox, self.strike),
            FragileStore(MemoryStore(database), self.strike),
            self.clock, name=name, partitions=partitions, limits=LIMITS,
        )  # fmt: skip
        self.running = self.tasks.start(self.worker.run())

    async def strike(self, step: str) -> None:
        """Every step to the outside takes a while, and may go wrong."""
        await asyncio.sleep(self._latency_ms() / 1000)
        await self.awake.wait()
        if fuse := self.fuses.pop(step, None):
            fuse()
        if not self.alive:
            raise asyncio.CancelledError
        if step in self.broken:
            self.broken[step] -= 1
            if self.broken[step] < 0:
                del self.broken[step]
                raise Unavailable(f"{step}: no answer")
        if step in STORE_STEPS and self.cut_off:
            self.cut_off = False
            raise Unavailable(f"{step}: the connection is gone")
        if step in STORE_STEPS and "store" in self.away:
            raise Unavailable(f"{step}: the database is away")
        if step in BROKER_STEPS and "broker" in self.away:
            raise Unavailable(f"{step}: the broker is away")

    def _latency_ms(self) -> int:
        if self.dice.randrange(SLOW_ONE_IN) == 0:
            return self.dice.randrange(SLOW_MS_MAX)
        return self.dice.randrange(LATENCY_MS_MAX)

    def slow_down(self, factor: int) -> None:
        """Look this much less often than usual whether anything has come or is due."""
        self.worker.limits = replace(LIMITS, poll_wait_ms=factor * LIMITS.poll_wait_ms)

    def crash(self) -> None:
        """Kill -9; the group notices when the session has ended."""
        self.alive = False
        self.inbox.assigned = self.inbox.revoked = None
        self.tasks.kill()

    def pause(self) -> None:
        """SIGSTOP."""
        self.awake.clear()

    def resume(self) -> None:
        """SIGCONT."""
        self.awake.set()

    async def stop(self, done: Callable[[], None]) -> None:
        """End after the turn in hand."""
        self.worker.stop()
        await asyncio.wait([self.running])
        self.alive = False
        done()
