"""Read models follow facts, in a consumer group and with offsets of their own.

The offsets move in the transaction that writes the rows, by compare-and-set: a follower whose
partitions somebody else has taken meanwhile writes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import psycopg
import structlog

from shared.contracts.envelope import BadEnvelope, Coordinates, Envelope, read
from shared.contracts.message import Fact
from shared.contracts.registry import decode_one_of

from .admission import Incoming
from .ports import Clock, Fenced, Inbox, Route, Unavailable
from .postgres import FAILURES

RECORDS_MAX: Final = 2_000
WAIT_MS: Final = 100
PAUSE_MS_MIN: Final = 50
PAUSE_MS_MAX: Final = 1_000
ADVISE_EVERY_MS: Final = 1_000
CONNECT_S_MAX: Final = 5

MOVE: Final = """
update view_offset v set next_offset = w.next, position = w.position
from unnest(%b::text[], %b::int[], %b::bigint[], %b::bigint[], %b::bigint[])
as w (topic, shard, before, next, position)
where v.topic = w.topic and v.shard = w.shard and v.next_offset = w.before
"""

log = structlog.get_logger()


class Landed(NamedTuple):
    """A fact as it stands on the log."""

    fact: Fact
    envelope: Envelope
    coordinates: Coordinates


Project = Callable[[psycopg.AsyncConnection[Any], Sequence[Landed]], Awaitable[None]]
"""Applies facts to rows, inside the transaction that also moves the offsets."""


@dataclass(frozen=True)
class Views:
    """A service's read models: which facts they follow, and how they are written."""

    name: str
    """Of the consumer group, `<service>.views`."""
    follows: Mapping[str, frozenset[type[Fact]]]
    """Topic → the facts wanted; others are passed over undecoded."""
    project: Project
    every_ms: int = 40
    """From one look to the next at least: a look costs about as much for a record as for ten."""


class Place(NamedTuple):
    """How far one partition has been followed."""

    offset: int
    position: int


class Follower:
    """One member of a views group."""

    def __init__(self, views: Views, inbox: Inbox, dsn: str, clock: Clock) -> None:
        self.views, self.inbox, self.dsn, self.clock = views, inbox, dsn, clock
        self.places: dict[Route, Place] = {}
        self.untaken: set[int] = set()
        self.connection: psycopg.AsyncConnection[Any] | None = None
        self.lock = asyncio.Lock()
        self.stopping = self.joined = False
        self.advised_at_ms = self.looked_at_ms = 0
        self.facts = self.undecodable = 0

    async def run(self) -> None:
        """Until stop(); outages are waited out."""
        await self.inbox.start(self._assigned, self._revoked)
        pause_ms = PAUSE_MS_MIN
        while not self.stopping:
            try:
                async with self.lock:
                    await self._take_over()
                    await self._turn()
                pause_ms = PAUSE_MS_MIN
            except (Unavailable, Fenced, *FAILURES) as error:
                log.warning("waiting", views=self.views.name, why=str(error), pause_ms=pause_ms)
                async with self.lock:
                    self.untaken |= {shard for _, shard in self.places}
                    self.places = {}
                    await self._disconnect()
                await self.clock.sleep(pause_ms)
                pause_ms = min(2 * pause_ms, PAUSE_MS_MAX)
        await self._advise()
        await self._disconnect()
        await self.inbox.stop()

    def stop(self) -> None:
        """End after the batch in hand."""
        self.stopping = True

    def health(self) -> tuple[bool, str]:
        """Whether it follows, in words."""
        ready = self.joined and not self.untaken
        return ready, "ready" if ready else "starting"

    async def _assigned(self, shards: frozenset[int]) -> None:
        async with self.lock:
            self.untaken, self.places, self.joined = set(shards), {}, True

    async def _revoked(self, _: frozenset[int]) -> None:
        async with self.lock:
            self.untaken, self.places = set(), {}

    async def _take_over(self) -> None:
        if not self.untaken:
            return
        topics, shards = list(self.views.follows), sorted(self.untaken)
        connection = await self._connected()
        await connection.execute(
            "insert into view_offset (topic, shard, next_offset, position)"
            " select t, s, 0, 0 from unnest(%b::text[]) as t, unnest(%b::int[]) as s"
            " on conflict do nothing",
            (topics, shards),
        )
        found = await connection.execute(
            "select topic, shard, next_offset, position from view_offset"
            " where topic = any(%b::text[]) and shard = any(%b::int[])",
            (topics, shards),
        )
        self.places |= {(t, s): Place(o, p) for t, s, o, p in await found.fetchall()}
        self.inbox.seek({route: place.offset for route, place in self.places.items()})
        self.untaken = set()

    async def _turn(self) -> None:
        await self._pace()
        polled = await self.inbox.poll(RECORDS_MAX, WAIT_MS)
        moved: dict[Route, Place] = {}
        landed: list[Landed] = []
        for route, records in polled.items():
            place = self.places.get(route)
            if place is not None:
                moved[route] = self._collect(place, records, landed)
        if moved:
            await self._write(moved, landed)
            self.places |= moved
            self.facts += len(landed)
        if self.clock.now_ms() - self.advised_at_ms >= ADVISE_EVERY_MS:
            await self._advise()

    async def _pace(self) -> None:
        """Nobody decides by a read model: what comes close together is written together."""
        ago_ms = abs(self.clock.now_ms() - self.looked_at_ms)
        if ago_ms < self.views.every_ms:
            await self.clock.sleep(self.views.every_ms - ago_ms)
        self.looked_at_ms = self.clock.now_ms()

    def _collect(self, place: Place, records: Sequence[Incoming], landed: list[Landed]) -> Place:
        offset, position = place
        wanted = self.views.follows[records[0].topic]
        for record in records:
            if record.offset < offset:
                continue
            offset = record.offset + 1
            try:
                envelope = read(record.headers)
                if envelope.position <= position:
                    continue
                position = envelope.position
                fact = decode_one_of(envelope.type, record.value or b"", wanted)
            except (BadEnvelope, LookupError, ValueError) as error:
                self.undecodable += 1
                log.warning("undecodable", offset=offset, why=type(error).__name__)
                continue
            if fact is not None:
                where = Coordinates(record.topic, record.partition, record.offset)
                landed.append(Landed(fact, envelope, where))
        return Place(offset, position)

    async def _write(self, moved: Mapping[Route, Place], landed: Sequence[Landed]) -> None:
        connection = await self._connected()
        arguments = (
            [topic for topic, _ in moved],
            [shard for _, shard in moved],
            [self.places[route].offset for route in moved],
            [place.offset for place in moved.values()],
            [place.position for place in moved.values()],
        )
        async with connection.transaction():
            done = await connection.execute(MOVE, arguments)
            if done.rowcount != len(moved):
                raise Fenced(f"{self.views.name}: another follower has moved on")
            if landed:
                await self.views.project(connection, landed)

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self.connection is None or self.connection.closed:
            self.connection = await psycopg.AsyncConnection.connect(
                self.dsn, autocommit=True, connect_timeout=CONNECT_S_MAX
            )
        return self.connection

    async def _disconnect(self) -> None:
        if self.connection:
            with suppress(*FAILURES):
                await self.connection.close()
            self.connection = None

    async def _advise(self) -> None:
        self.advised_at_ms = self.clock.now_ms()
        await self.inbox.advise({route: place.offset for route, place in self.places.items()})
