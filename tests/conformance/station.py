"""A worker in a test's hands."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from shared.shards.ledger import Ledger
from shared.shards.ports import Clock, Inbox, Log, Store
from shared.shards.service import Service
from shared.shards.worker import Worker
from shared.testing.fragile import FragileInbox, FragileLog, FragileStore

from .limits import LIMITS, PARTITIONS, WAIT_S_MAX


class Ports(NamedTuple):
    """A worker's ways to the outside."""

    log: Log
    inbox: Inbox
    store: Store


class Crashed(Exception):
    """The process is no more: nothing of it runs on."""


class Station:
    """A worker in a test's hands: what it does can be struck, and it can die."""

    def __init__(self, service: Service, name: str, ports: Ports, clock: Clock) -> None:
        self.name, self.inner = name, ports
        self.strikes: dict[str, Callable[[], Any]] = {}
        self.seen: list[str] = []
        self.dead = False
        self.sleeping_at = self.stuck_at = ""
        self.awake = asyncio.Event()
        self.awake.set()
        self.worker = Worker(
            service,
            FragileLog(ports.log, self.strike),
            FragileInbox(ports.inbox, self.strike),
            FragileStore(ports.store, self.strike),
            clock, name=name, partitions=PARTITIONS, limits=LIMITS,
        )  # fmt: skip
        self.task = asyncio.create_task(self.worker.run())

    async def strike(self, step: str) -> None:
        self.seen.append(step)
        if step == self.sleeping_at:
            self.awake.clear()
        self.stuck_at = "" if self.awake.is_set() else step
        await self.awake.wait()
        self.stuck_at = ""
        if self.dead:
            raise asyncio.CancelledError
        what = self.strikes.get(step)
        if what:
            result = what()
            if asyncio.iscoroutine(result):
                await result

    def once(self, step: str, error: Exception, after: int = 0) -> None:
        """The next time it comes to this step (or after some more times), this happens."""
        times = itertools.count()
        self.when(step, lambda: next(times) >= after, error)

    def when(self, step: str, holds: Callable[[], Any], error: Exception) -> None:
        """The first time it comes to this step and this holds, this happens."""

        def happen() -> None:
            if holds():
                del self.strikes[step]
                if isinstance(error, Crashed):
                    self.crash()
                    raise asyncio.CancelledError
                raise error

        self.strikes[step] = happen

    def always(self, step: str, error: Exception) -> None:
        """Every time it comes to this step, this happens."""

        def happen() -> None:
            raise error

        self.strikes[step] = happen

    def sleep_at(self, step: str) -> None:
        """SIGSTOP at this step."""
        self.sleeping_at = step

    def wake(self) -> None:
        """SIGCONT."""
        self.sleeping_at = ""
        self.awake.set()

    def slow_polls(self) -> None:
        """One record a poll from now on."""
        self.worker.limits = replace(LIMITS, poll_records_max=1)

    def crash(self) -> None:
        """Kill -9: whatever is under way stops where it is."""
        self.dead = True
        tasks = [self.worker.publishing, *self.worker.effects.tasks.values(), self.task]
        for task in tasks:
            if task and task is not asyncio.current_task():
                task.cancel()

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        self.worker.stop()
        await asyncio.wait_for(self.task, WAIT_S_MAX)

    def ledger(self, shard: int) -> Ledger:
        return self.worker.owned[shard].ledger
