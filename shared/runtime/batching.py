"""Many requests at once share one piece of work: whoever comes while it runs is in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

WAITING_MAX: Final = 5_000
"""Items that wait in one process; more are turned away at once."""
ITEMS_MAX: Final = 500
"""Items in one piece of work."""


class TurnedAway(Exception):
    """Too much is waiting here already."""


class Batcher(Generic[T, R]):
    """Collects items while the last batch is worked on; alone, an item waits for nothing."""

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._work = work
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def do(self, item: T) -> R:
        """What the work made of this item; raises what the work raised, or TurnedAway."""
        if len(self._waiting) >= WAITING_MAX:
            raise TurnedAway
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:ITEMS_MAX], self._waiting[ITEMS_MAX:]
            await self._one([item for item, _ in taken], [future for _, future in taken])
        self._running = None

    async def _one(self, items: list[T], futures: list[asyncio.Future[R]]) -> None:
        working = asyncio.ensure_future(self._work(items))
        await asyncio.wait({working})
        error = working.exception()
        for at, future in enumerate(futures):
            if future.done():  # its request was given up
                continue
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(working.result()[at])
