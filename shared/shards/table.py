"""A small topic read whole, outside the group: a read-only table beside the shards."""

from collections.abc import Iterable
from typing import Any, Final, Protocol

from shared.contracts.envelope import BadEnvelope, read
from shared.contracts.orders import Seen
from shared.contracts.registry import decode_one_of

from .ports import Clock, Log, Route
from .service import Table

RECORDS_MAX: Final = 2_000
REACH_MS_MAX: Final = 5_000
"""How long a turn waits for the table to reach what a sender saw."""
POLL_MS: Final = 10
FRESH_MS: Final = 250
"""An older table is brought up to date before it is used."""


class View(Protocol):
    """What a turn needs of a table."""

    rows: dict[str, Any]


class TableReader:
    """Folds every partition of the topic; each read goes on where the last one ended."""

    def __init__(self, table: Table, log: Log, clock: Clock, partitions: int) -> None:
        self.table, self.log, self.clock = table, log, clock
        self.rows: dict[str, Any] = {}
        self.offsets: dict[Route, int] = {(table.topic, p): 0 for p in range(partitions)}
        self.positions: dict[int, int] = {}
        self.read_at_ms = 0

    async def refresh(self, seen: Iterable[Seen] = ()) -> bool:
        """Bring the table up to date, at least to ``seen``; False where that is out of reach."""
        wanted = [s for s in seen if s.shard < len(self.offsets)]
        if self._reached(wanted) and abs(self.clock.now_ms() - self.read_at_ms) < FRESH_MS:
            return True
        deadline_ms = self.clock.now_ms() + REACH_MS_MAX
        await self._catch_up()
        while not self._reached(wanted):  # bounded by: REACH_MS_MAX
            if self.clock.now_ms() > deadline_ms:
                return False
            await self.clock.sleep(POLL_MS)
            await self._catch_up()
        return True

    def _reached(self, seen: Iterable[Seen]) -> bool:
        return all(self.positions.get(s.shard, 0) >= s.position for s in seen)

    async def _catch_up(self) -> None:
        ends = await self.log.ends(self.offsets)
        self.read_at_ms = self.clock.now_ms()
        for route, end in ends.items():
            while self.offsets[route] < end:  # bounded by: the end that was asked for
                records = await self.log.read(route, self.offsets[route], RECORDS_MAX)
                if not records:
                    break
                for record in records:
                    self._fold(route[1], record.headers, record.value or b"")
                self.offsets[route] = records[-1].offset + 1

    def _fold(self, shard: int, headers: Any, value: bytes) -> None:
        try:
            envelope = read(headers)
            if envelope.position <= self.positions.get(shard, 0):
                return
            self.positions[shard] = envelope.position
            fact = decode_one_of(envelope.type, value, self.table.follows)
        except (BadEnvelope, LookupError, ValueError):
            return
        if fact is not None:
            self.table.apply(self.rows, fact)
