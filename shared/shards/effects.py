"""Calls to the outside: repeated with the same request id until answered, never in a turn."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from shared.kernel.decider import Effect

from .ports import Clock
from .service import Performer

PAUSE_MS_MIN: Final = 200
PAUSE_MS_MAX: Final = 60_000
AT_ONCE_MAX: Final = 64
"""Calls of one kind under way in one process; the others of that kind wait for a place."""


class Answer(NamedTuple):
    """What the outside said, on its way into a turn."""

    shard: int
    key: str
    effect_id: str
    command: Any


class Effects:
    """The open effects of the shards that this worker has."""

    def __init__(self, performers: Mapping[str, Performer], clock: Clock) -> None:
        self.performers, self.clock = performers, clock
        self.tasks: dict[tuple[int, str], asyncio.Task[None]] = {}
        self.answers: list[Answer] = []
        self.places = {kind: asyncio.Semaphore(AT_ONCE_MAX) for kind in performers}
        """By kind: endpoints that hang keep nobody's sign-in code waiting."""
        self.performed = self.retried = 0
        """Answers that came, and calls that had none."""

    @property
    def waiting(self) -> int:
        """Effects that are open: called, or about to be."""
        return len(self.tasks)

    def open(self, shard: int, key: str, effect: Effect) -> None:
        """Begin, unless this very effect is under way or answered."""
        if (shard, effect.id) not in self.tasks:
            task = asyncio.create_task(self._perform(shard, key, effect))
            self.tasks[shard, effect.id] = task

    def take(self, shards: Iterable[int]) -> list[Answer]:
        """The answers that have come for these shards."""
        wanted = set(shards)
        taken = [answer for answer in self.answers if answer.shard in wanted]
        self.answers = [answer for answer in self.answers if answer.shard not in wanted]
        return taken

    def close(self, answers: Iterable[Answer]) -> None:
        """These answers are committed."""
        for answer in answers:
            self.tasks.pop((answer.shard, answer.effect_id), None)

    def drop(self, shards: Iterable[int]) -> None:
        """These shards are somebody else's now: whoever has them calls again."""
        lost = set(shards)
        for shard, effect_id in list(self.tasks):
            if shard in lost:
                self.tasks.pop((shard, effect_id)).cancel()
        self.answers = [answer for answer in self.answers if answer.shard not in lost]

    async def _perform(self, shard: int, key: str, effect: Effect) -> None:
        pause_ms = PAUSE_MS_MIN
        while True:  # bounded by: the effect's own deadline in the domain; pauses grow
            try:
                async with self.places[effect.kind]:
                    command = await self.performers[effect.kind](effect)
            except (OSError, TimeoutError):
                self.retried += 1
                await self.clock.sleep(pause_ms)
                pause_ms = min(2 * pause_ms, PAUSE_MS_MAX)
            else:
                self.performed += 1
                self.answers.append(Answer(shard, key, effect.id, command))
                return
