"""Reads topics from the front to where they ended when it started: no group, no decoding."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from .entry import RawRecord
from .merge import Merge, Route

PARTITION_FETCH_BYTES_MAX: Final = 64 * 1024
"""Of one partition in one answer: what bounds memory is this times the partitions."""
FETCH_BYTES_MAX: Final = 16 * 1024 * 1024
FETCH_WAIT_MS_MAX: Final = 50
POLL_MS: Final = 200
REQUEST_MS_MAX: Final = 20_000
LOOK_S: Final = 0.5
SILENT_POLLS_MAX: Final = 150
"""Polls without an answer (of POLL_MS each) after which the log counts as out of reach."""


class LogOutOfReach(Exception):
    """The log cannot be read; the text says what is in the way."""


class LogReader:
    """An async context manager; ``client`` is what any aiokafka client takes to connect."""

    def __init__(self, client: Mapping[str, Any], topics: Iterable[str]) -> None:
        self._client, self._topics = dict(client), list(topics)
        self._consumer = AIOKafkaConsumer(
            **client,
            enable_auto_commit=False,
            auto_offset_reset="none",
            check_crcs=True,
            max_partition_fetch_bytes=PARTITION_FETCH_BYTES_MAX,
            fetch_max_bytes=FETCH_BYTES_MAX,
            fetch_max_wait_ms=FETCH_WAIT_MS_MAX,
            request_timeout_ms=REQUEST_MS_MAX,
        )
        self.begins: dict[Route, int] = {}
        """The first offset of each partition; more than 0 means that its front was cut off."""
        self.ends: dict[Route, int] = {}
        """The offset after the last record to be read."""
        self._read: dict[Route, int] = {}
        """The offset after the last record that was read."""
        self._paused: set[Route] = set()
        """Partitions that nothing is fetched of for now."""

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
            partitions = await self._partitions()
            self._consumer.assign(partitions)
            begins = await self._consumer.beginning_offsets(partitions)
            ends = await self._consumer.end_offsets(partitions)
        except (KafkaError, OSError) as error:
            await self._consumer.stop()
            raise LogOutOfReach(f"Kafka does not answer: {error}") from error
        except LogOutOfReach:
            await self._consumer.stop()
            raise
        for partition in partitions:
            route = (partition.topic, partition.partition)
            self.begins[route], self.ends[route] = begins[partition], ends[partition]
            self._consumer.seek(partition, begins[partition])
        self._read = dict(self.begins)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    @property
    def total(self) -> int:
        """Records to be read."""
        return sum(self.ends[route] - begin for route, begin in self.begins.items())

    async def batches(self) -> AsyncIterator[list[RawRecord]]:
        """All records, partitions side by side, about in the order of time."""
        merge = Merge(self.ends)
        for route, end in self.ends.items():
            if end <= self._read[route]:
                self._leave(merge, route)
        silent = 0
        while not merge.done:
            if await self._poll(merge):
                silent = 0
            else:
                silent += 1
            if silent > SILENT_POLLS_MAX:
                raise LogOutOfReach(f"Kafka has stopped answering at {_named(merge.starving)}")
            if ready := merge.take():
                yield ready
        self._read = dict(self.ends)

    async def following(self, stopping: asyncio.Event) -> AsyncIterator[list[RawRecord]]:
        """What is written after that, twice a second: empty where nothing was.

        It does not hurry: each look costs the broker as much whether it brings one record or
        thousands. One that has fallen behind reads partitions side by side, as it did the past,
        or it would hold what it has read of one until it had read the others. Ends when
        ``stopping`` is set.
        """
        while not stopping.is_set():
            await self._look()
            async for records in self.batches():
                yield records
                if stopping.is_set():
                    return
            yield []
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_S)

    async def _look(self) -> None:
        """Where the log ends by now."""
        try:
            ends = await self._consumer.end_offsets([TopicPartition(*r) for r in self.ends])
        except (KafkaError, OSError) as error:
            raise LogOutOfReach(f"Kafka does not answer: {error}") from error
        self.ends = {(where.topic, where.partition): end for where, end in ends.items()}
        for route, end in self.ends.items():
            if end > self._read[route]:
                where = TopicPartition(*route)
                self._consumer.seek(where, self._read[route])

    async def _poll(self, merge: Merge) -> bool:
        """Take all that has come, and let only the hungry be asked for more.

        What aiokafka has and nobody takes keeps it from fetching anything else for 100 ms.
        """
        hungry = merge.hungry()
        self._resume(hungry)
        if not hungry:
            return True
        wait_ms = POLL_MS if merge.starving else 0
        try:
            found = await self._consumer.getmany(timeout_ms=wait_ms)
        except KafkaError as error:
            raise LogOutOfReach(f"Kafka does not hand out its log: {error}") from error
        for partition, records in found.items():
            route = (partition.topic, partition.partition)
            end = self.ends[route]
            past = records[-1].offset + 1 - end
            merge.add(route, records if past <= 0 else [r for r in records if r.offset < end])
            self._pause(route)
            if past >= 0:
                merge.end(route)
        return bool(found)

    def _resume(self, routes: Iterable[Route]) -> None:
        for route in self._paused.intersection(routes):
            self._consumer.resume(TopicPartition(*route))
            self._paused.remove(route)

    def _pause(self, route: Route) -> None:
        """Nothing of it is at hand or under way: a partition is fetched once what came is taken."""
        self._consumer.pause(TopicPartition(*route))
        self._paused.add(route)

    def _leave(self, merge: Merge, route: Route) -> None:
        merge.end(route)
        self._pause(route)

    async def _partitions(self) -> list[TopicPartition]:
        admin = AIOKafkaAdminClient(**self._client, request_timeout_ms=REQUEST_MS_MAX)
        await admin.start()
        try:
            described = await admin.describe_topics(self._topics)
        finally:
            await admin.close()
        found: list[TopicPartition] = []
        for topic in described:
            if topic["error_code"]:
                raise LogOutOfReach(f"topic {topic['topic']} is not there, or may not be read")
            found += [TopicPartition(topic["topic"], p["partition"]) for p in topic["partitions"]]
        return sorted(found)


def _named(routes: frozenset[Route]) -> str:
    return ", ".join(f"{topic}/{partition}" for topic, partition in sorted(routes)[:3])
