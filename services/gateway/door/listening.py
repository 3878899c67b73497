"""Whoever waits is woken when what they wait for is committed, by whichever process did it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import psycopg
import structlog

from services.gateway.projections.signals import CHANNEL

PAUSE_MS_MIN: Final = 50
PAUSE_MS_MAX: Final = 2_000
CONNECT_S_MAX: Final = 5
WAITERS_MAX: Final = 20_000

log = structlog.get_logger()


class TooManyWait(Exception):
    """This process holds as many waiting requests as it may."""


class Bell:
    """Rings once for any number of changes."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """True when it rang since the last time; False when the time is up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        rang = self._rung.is_set()
        self._rung.clear()
        return rang


class Listener:
    """One LISTEN connection for a process, and everybody who waits in it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._bells: dict[str, set[Bell]] = {}
        self._count = 0
        self.ready = False

    @asynccontextmanager
    async def watch(self, *keys: str) -> AsyncIterator[Bell]:
        """A bell that rings for these keys. Take it first, then look; then wait."""
        if self._count >= WAITERS_MAX:
            raise TooManyWait
        bell = Bell()
        self._count += 1
        for key in keys:
            self._bells.setdefault(key, set()).add(bell)
        try:
            yield bell
        finally:
            self._count -= 1
            for key in keys:
                self._leave(key, bell)

    def _leave(self, key: str, bell: Bell) -> None:
        bells = self._bells[key]
        bells.discard(bell)
        if not bells:
            del self._bells[key]

    def heard(self, key: str) -> bool:
        """Whether anybody in this process waits for it."""
        return key in self._bells

    def wake(self, keys: Iterable[str]) -> None:
        """Ring for these."""
        for key in keys:
            for bell in self._bells.get(key, ()):
                bell.ring()

    def wake_all(self) -> None:
        """Ring for everybody: look again, or leave."""
        self.wake(list(self._bells))

    async def run(self) -> None:
        """Until cancelled. After an outage everybody is woken: something may have been missed."""
        pause_ms = PAUSE_MS_MIN
        while True:  # bounded by: the task's cancellation when the process stops
            try:
                await self._listen()
            except (psycopg.OperationalError, OSError) as error:
                self.ready = False
                log.warning("not listening", why=type(error).__name__, pause_ms=pause_ms)
                await asyncio.sleep(pause_ms / 1000)
                pause_ms = min(2 * pause_ms, PAUSE_MS_MAX)

    async def _listen(self) -> None:
        connection: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=CONNECT_S_MAX
        )
        async with connection:
            await connection.execute(f"listen {CHANNEL}".encode())
            self.ready = True
            self.wake_all()
            async for told in connection.notifies():
                self.wake(told.payload.split("\n"))
