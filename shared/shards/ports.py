"""What the engine needs of the outside: a log, an inbox on it, a store and a clock.

Kafka and PostgreSQL stand behind these, each with a twin in memory; one conformance suite holds
for both.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from shared.contracts.envelope import Headers

from .admission import Incoming
from .outbox import Outbox

Route = tuple[str, int]
"""Topic and partition."""


class Polled(NamedTuple):
    """A record as the twins and the readers hand it out; aiokafka's own has the same fields."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int = 0


class Unavailable(Exception):
    """The log or the store does not answer for now; nothing is known to be lost."""


class Fenced(Exception):
    """Another worker has moved these shards."""


TOO_LATE: Final = "too long since the row was asked for: it may be somebody else's by now"

Claimed = Callable[[], bool]
"""Whether the shards were ours so lately, when last asked for, that they still must be."""


def claimed(clock: "Clock", claim_ms: int) -> Claimed:
    """Ours from now on, for so long: begin it before the row is read or moved, never after."""
    asked_ms = clock.now_ms()
    return lambda: abs(clock.now_ms() - asked_ms) <= claim_ms


class Log(Protocol):
    """Appends to the log and reads any part of it."""

    async def publish(self, boxes: Mapping[str, Outbox], ours: Claimed) -> dict[Route, int]:
        """By source. First all facts, and when they are acknowledged what follows from them.

        Before anything is sent, ``ours`` is asked: who stood still since the commit sends nothing.
        Returns, for each partition that facts went to, the offset after the last of them.
        Raises Unavailable; then it is unknown what arrived.
        """

    async def read(self, route: Route, start: int, records_max: int) -> Sequence[Incoming]:
        """Records from ``start`` on; [] at the end of the log. Raises Unavailable."""

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """The offset after the last record of each. Raises Unavailable."""

    async def renew(self) -> None:
        """Forget the producer and what it may still hold; start with a fresh one."""


Rebalanced = Callable[[frozenset[int]], Awaitable[None]]
"""Called with the shards that this worker now has, or is about to lose."""


class Inbox(Protocol):
    """A member of the service's consumer group."""

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:
        """Join; the callbacks tell which shards come and go."""

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Incoming]]:
        """Whatever has arrived, by partition, in order."""

    def seek(self, offsets: Mapping[Route, int]) -> None:
        """Read on from here."""

    def ends(self) -> Mapping[Route, int]:
        """Where its partitions end, as far as it has heard; nobody is asked."""

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """Commit offsets to the group: advice for lag monitors, never the truth."""

    async def stop(self) -> None:
        """Leave the group."""


class Row(NamedTuple):
    """A shard's row."""

    ledger: bytes
    outbox: bytes


class Change(NamedTuple):
    """What becomes of one aggregate."""

    key: str
    state: bytes | None
    """None: it is no more."""
    due_ms: int | None
    effect: bool


class Write(NamedTuple):
    """One shard's part of a turn."""

    shard: int
    turn: int
    """The new turn; the row must hold the one before it."""
    ledger: bytes
    outbox: bytes
    changes: Sequence[Change]


class Store(Protocol):
    """A service's own tables."""

    async def rows(self, shards: Iterable[int]) -> dict[int, Row]:
        """The shards' rows; a shard without one has never had a turn. Raises Unavailable."""

    async def load(
        self, wanted: Mapping[int, Iterable[str]], turns: Mapping[int, int]
    ) -> dict[int, dict[str, bytes]]:
        """The aggregates that exist among these, by shard and key. Raises Unavailable.

        Of a shard whose row does not hold this turn any more there is no answer: what stands
        there now is another worker's, and may not be on the log yet.
        """

    async def commit(self, writes: Sequence[Write]) -> frozenset[int]:
        """All writes in one transaction, each only if its row holds the turn before it.

        Returns the shards that somebody else has moved: nothing of theirs was written.
        Raises Unavailable; then it is unknown whether the transaction happened.
        """

    async def due(self, shards: Iterable[int], now_ms: int, keys_max: int) -> list[tuple[int, str]]:
        """Aggregates whose deadline has passed, the oldest first. Raises Unavailable."""

    async def effects(self, shards: Iterable[int]) -> list[tuple[int, str]]:
        """Aggregates that wait for the outside. Raises Unavailable."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now_ms(self) -> int:
        """Unix milliseconds."""

    async def sleep(self, wait_ms: float) -> None:
        """Come back later."""
