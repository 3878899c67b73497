"""Commands go to the log on somebody's behalf: acknowledged by all replicas, or not accepted."""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, Protocol

import uuid_utils
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.envelope import API_SOURCE, rfc3339
from shared.contracts.message import Command
from shared.shards.partitions import partition_of

from .batching import Batcher

BATCH_BYTES: Final = 512_000
BATCH_BYTES_MAX: Final = 2_000_000
REQUEST_MS: Final = 10_000
APPEND_S_MAX: Final = 10.0
STOP_S_MAX: Final = 3.0


class NotAppended(Exception):
    """Kafka has not acknowledged it: it may be on the log, or not."""


class Outgoing(NamedTuple):
    """A command in its bytes."""

    topic: str
    key: str
    type: str
    subject: str
    body: bytes
    partition: int | None = None
    """Where it is not the key's: a shard itself is asked."""
    traceparent: str = ""
    """Only where a trace is sampled."""


class Appended(NamedTuple):
    """Where it lies."""

    partition: int
    offset: int


def outgoing(command: Command, traceparent: str = "") -> Outgoing:
    """The command as it is appended; with the trace that it belongs to, where one is sampled."""
    return Outgoing(
        f"{command.owner}.commands", command.partition_key, command.type, command.subject,
        command.encode(), traceparent=traceparent,
    )  # fmt: skip


class Appender(Protocol):
    """The one thing the door does to the log."""

    async def append(self, record: Outgoing) -> Appended:
        """Returns when it is acknowledged; raises NotAppended or TurnedAway."""


class KafkaAppender:
    """One idempotent producer; requests that come together share a batch."""

    def __init__(
        self, client: Mapping[str, Any], partitions: int, source: str = API_SOURCE
    ) -> None:
        self._client, self._partitions, self._source = dict(client), partitions, source
        self._batcher: Batcher[Outgoing, Appended] = Batcher(self._append)
        self._producer: AIOKafkaProducer | None = None

    async def append(self, record: Outgoing) -> Appended:
        """Returns when it is acknowledged."""
        return await self._batcher.do(record)

    async def start(self) -> None:
        """Sign in, so that the first order does not wait for it."""
        self._producer = AIOKafkaProducer(
            **self._client, enable_idempotence=True, acks="all", linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX, max_request_size=2 * BATCH_BYTES_MAX,
            request_timeout_ms=REQUEST_MS,
        )  # fmt: skip
        await self._producer.start()

    async def stop(self) -> None:
        """What was promised is acknowledged by now; leave."""
        producer, self._producer = self._producer, None
        if producer:
            with suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(producer.stop(), STOP_S_MAX)

    async def _append(self, records: Sequence[Outgoing]) -> Sequence[Appended]:
        routes: dict[tuple[str, int], list[int]] = {}
        for at, record in enumerate(records):
            partition = record.partition
            if partition is None:
                partition = partition_of(record.key, self._partitions)
            routes.setdefault((record.topic, partition), []).append(at)
        found: list[Appended | None] = [None] * len(records)
        try:
            if self._producer is None:
                await self.start()
            await asyncio.wait_for(
                asyncio.gather(
                    *(self._send(route, records, places, found) for route, places in routes.items())
                ),
                APPEND_S_MAX,
            )
        except (KafkaError, OSError, TimeoutError) as error:
            await self.stop()  # it may be poisoned: the next batch starts a fresh one
            raise NotAppended(type(error).__name__) from None
        return [each for each in found if each is not None]

    async def _send(
        self,
        route: tuple[str, int],
        records: Sequence[Outgoing],
        places: Sequence[int],
        found: list[Appended | None],
    ) -> None:
        """One partition's records, in as few batches as they fit in."""
        topic, partition = route
        producer: Any = self._producer
        now_ms = time.time_ns() // 1_000_000
        batch, inside = producer.create_batch(), list[int]()
        for at in places:
            record = records[at]
            if batch.record_count() and batch.size() + len(record.body) > BATCH_BYTES:
                await _sent(producer, batch, topic, partition, inside, found)
                batch, inside = producer.create_batch(), []
            batch.append(
                timestamp=now_ms, key=record.key.encode(), value=record.body,
                headers=headers(record, now_ms, self._source),
            )  # fmt: skip
            inside.append(at)
        await _sent(producer, batch, topic, partition, inside, found)


async def _sent(
    producer: Any,
    batch: Any,
    topic: str,
    partition: int,
    inside: Sequence[int],
    found: list[Appended | None],
) -> None:
    acknowledged = await (await producer.send_batch(batch, topic, partition=partition))
    for index, at in enumerate(inside):
        found[at] = Appended(partition, acknowledged.offset + index)


def headers(record: Outgoing, now_ms: int, source: str) -> list[tuple[str, bytes]]:
    """What a door says of a command: its source, a fresh id, no link."""
    traced = [("traceparent", record.traceparent.encode())] if record.traceparent else []
    return [
        ("ce_specversion", b"1.0"),
        ("ce_type", record.type.encode()),
        ("ce_source", source.encode()),
        ("ce_id", str(fresh_id()).encode()),
        ("ce_subject", record.subject.encode()),
        ("ce_time", rfc3339(now_ms).encode()),
        *traced,
    ]


def fresh_id() -> uuid.UUID:
    """A UUIDv7."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
