"""One process that is kept running: started, watched, started again, stopped."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from deploy.local.children import Child, ChildSpec
from deploy.local.console import Console
from deploy.local.refusal import Refusal

READY_S_MAX = 60.0
POLL_S = 0.05
PAUSE_S_MIN, PAUSE_S_MAX = 0.2, 5.0
FAILURES_MAX = 5
HEALTHY_S_MIN = 5.0
LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to start one process and how to tell that it serves.

    `make` is called for every start, so that a process that found its port taken gets another.
    """

    name: str
    make: Callable[[], ChildSpec]
    ready: Callable[[], Awaitable[bool]]
    stop_s_max: float = 6.0


@dataclass(slots=True)
class Supervised:
    """A recipe being carried out, until it is stopped.

    One that has never served is given up when it has failed too often in a row; one that has is
    not: what is in its way has come later, and may go again.
    """

    recipe: Recipe
    console: Console
    changed: Callable[[], None]
    """Called whenever the process has been started, has become ready, or has ended."""
    child: Child | None = None
    serving: bool = False
    restarts: int = 0
    failed: str = ""
    """Why it was given up, as a sentence."""
    _served: bool = False
    """Whether it has ever served."""
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _life: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.recipe.name

    def start(self) -> None:
        """Begin; `settled()` tells how it went."""
        self._life = asyncio.create_task(self._live(), name=self.name)

    async def settled(self) -> None:
        """Wait until it serves for the first time or is given up."""
        await self._settled.wait()

    async def stop(self) -> None:
        """Ask it to stop, wait its time, then kill it."""
        self._stopping.set()
        if self.child:
            self.child.send(self.child.spec.stop_signal)
            try:
                async with asyncio.timeout(self.recipe.stop_s_max):
                    await _ended(self.child)
            except TimeoutError:
                self.console.say(f"{self.name} does not stop: killed")
        self.kill()
        if self._life:
            await self._life

    def kill(self) -> None:
        """End it at once."""
        self._stopping.set()
        if self.child:
            self.child.kill()

    async def _live(self) -> None:
        try:
            await self._keep_up()
        except (Refusal, OSError) as error:
            self.kill()
            self._give_up(str(error))

    async def _keep_up(self) -> None:
        failures = 0
        while self._to_try(failures):
            healthy = await self._run_once()
            failures = 0 if healthy else min(failures + 1, FAILURES_MAX)
            if not self._to_try(failures):
                continue
            pause_s = min(PAUSE_S_MAX, PAUSE_S_MIN * 2**failures)
            self.console.say(f"{self.name} has ended ({self._how()}): again in {pause_s:.1f} s")
            self.restarts += 1
            await self._pause(pause_s)
        if not self._stopping.is_set():
            self._give_up(f"{self.name} did not stay up in {failures} tries; {self._last_lines()}")

    def _to_try(self, failures: int) -> bool:
        return not self._stopping.is_set() and (self._served or failures < FAILURES_MAX)

    async def _run_once(self) -> bool:
        """Start it and wait until it ends; whether it had served for a while."""
        child = self.child = Child(self.recipe.make())
        follow = (
            asyncio.create_task(self.console.follow(self.name, child.process.stdout))
            if child.process.stdout
            else None
        )
        self.changed()
        served_since = await self._until_ready(child)
        await _ended(child)
        self.serving = False
        if follow:
            await follow
        self.changed()
        return served_since is not None and time.monotonic() - served_since > HEALTHY_S_MIN

    async def _until_ready(self, child: Child) -> float | None:
        deadline = child.started_s + READY_S_MAX
        while child.running and not self._stopping.is_set():
            if await self.recipe.ready():
                self.serving = self._served = True
                self._settled.set()
                self.changed()
                return time.monotonic()
            if time.monotonic() > deadline:
                self.console.say(f"{self.name} is not ready after {READY_S_MAX:.0f} s")
                child.kill()
            await asyncio.sleep(POLL_S)
        return None

    async def _pause(self, pause_s: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), pause_s)
        except TimeoutError:
            return

    def _how(self) -> str:
        assert self.child is not None
        code = self.child.process.wait()
        return f"signal {-code}" if code < 0 else f"status {code}"

    def _last_lines(self) -> str:
        assert self.child is not None
        file = self.child.spec.log or self.console.log_file(self.name)
        lines = file.read_text(errors="replace").splitlines() if file.exists() else []
        return "\n    ".join((f"its log {file} ends:", *lines[-LAST_LINES:]))

    def _give_up(self, why: str) -> None:
        self.failed = why
        self._settled.set()
        self.changed()


async def _ended(child: Child) -> None:
    while child.running:  # noqa: ASYNC110 - a process cannot set an event
        await asyncio.sleep(POLL_S)
