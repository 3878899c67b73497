"""The log and the inbox on Kafka: FastStream configures, secures and starts; our loop polls."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    TopicPartition,
)  # fmt: skip
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.contracts.envelope import Sealed, unix_ms

from .admission import Incoming
from .outbox import Group, Outbox
from .ports import TOO_LATE, Claimed, Rebalanced, Route, Unavailable

BATCH_BYTES_MAX: Final = 2_000_000
"""Under the broker's message.max.bytes; a group of facts is far smaller."""
BATCH_BYTES: Final = 512_000
FETCH_WAIT_MS: Final = 250
"""An answer comes as soon as there is a record; this is how often an idle worker asks again."""
READ_FETCH_WAIT_MS: Final = 25
"""The reader asks for one partition after the other: a look past its end holds up the next."""
FETCH_BYTES_MAX: Final = 8_000_000
SESSION_MS: Final = 4_000
HEARTBEAT_MS: Final = 400
REBALANCE_MS: Final = 10_000
REQUEST_MS: Final = 10_000
OVERSTAY_TIMES_MAX: Final = 2
"""While a rebalance goes on aiokafka's poll waits for it, whatever it was told: not for longer."""
READ_WAIT_MS: Final = 200
READ_TRIES_MAX: Final = 25
ANSWER_S_MAX: Final = 3.0
PUBLISH_S_MAX: Final = 30.0
STOP_S_MAX: Final = 5.0


class KafkaLog:
    """Publishes with one idempotent producer, reads with one consumer outside any group."""

    def __init__(self, client: Mapping[str, Any], routes: Iterable[Route]) -> None:
        self.client = dict(client)
        self.routes = [TopicPartition(*route) for route in routes]
        self.producer: AIOKafkaProducer | None = None
        self.reader: AIOKafkaConsumer | None = None
        self.reading = asyncio.Lock()

    async def publish(self, boxes: Mapping[str, Outbox], ours: Claimed) -> dict[Route, int]:
        """Two rounds: facts, and when they are acknowledged what follows from them."""
        if not boxes:
            return {}
        facts = ((source, group) for source, box in boxes.items() for group in box.facts)
        follows = ((source, (one,)) for source, box in boxes.items() for one in box.follows)
        ends = await self._round(facts, ours)
        await self._round(follows, ours)
        return ends

    async def _round(self, groups: Iterable[tuple[str, Group]], ours: Claimed) -> dict[Route, int]:
        by_route: dict[Route, list[tuple[str, Group]]] = {}
        for source, group in groups:
            by_route.setdefault((group[0].topic, group[0].partition), []).append((source, group))
        if not by_route:
            return {}
        try:
            async with asyncio.timeout(PUBLISH_S_MAX):  # a send never gives up by itself
                if self.producer is None:
                    self.producer = await self._start_producer()
                sends = [self._send(self.producer, ours, *each) for each in by_route.items()]
                ends = await asyncio.gather(*sends)
        except (KafkaError, OSError, TimeoutError) as error:
            raise Unavailable(f"Kafka: {type(error).__name__}") from None
        return dict(zip(by_route, ends, strict=True))

    async def _send(
        self, producer: AIOKafkaProducer, ours: Claimed, route: Route,
        groups: Sequence[tuple[str, Group]],
    ) -> int:  # fmt: skip
        """The partition's batches in order; returns the offset after the last record."""
        end = 0
        for batch in _batches(producer, groups):
            if not ours():
                raise Unavailable(TOO_LATE)
            sent = await producer.send_batch(batch, route[0], partition=route[1])
            acknowledged = await sent
            end = max(end, acknowledged.offset + batch.record_count())
        return end

    async def _start_producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self.client, enable_idempotence=True, acks="all", max_batch_size=BATCH_BYTES_MAX,
            max_request_size=2 * BATCH_BYTES_MAX, request_timeout_ms=REQUEST_MS,
        )  # fmt: skip
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def renew(self) -> None:
        """A producer that failed may be poisoned: its successor starts with a fresh identity."""
        producer, self.producer = self.producer, None
        if producer:
            with suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(producer.stop(), STOP_S_MAX)

    async def read(self, route: Route, start: int, records_max: int) -> Sequence[Incoming]:
        """Any part of the log; [] at its end."""
        where = TopicPartition(*route)
        async with self.reading:
            try:
                reader = await self._reader()
                end = await self._end(reader, where)
                if start >= end:
                    return []
                reader.seek(where, start)
                reader.resume(where)
                for _ in range(READ_TRIES_MAX):
                    found = await reader.getmany(
                        where, timeout_ms=READ_WAIT_MS, max_records=records_max
                    )
                    if where in found:
                        records: Sequence[Incoming] = found[where]
                        reader.pause(where)
                        return records
            except (KafkaError, OSError, TimeoutError) as error:
                raise Unavailable(f"Kafka: {type(error).__name__}") from None
        raise Unavailable(f"Kafka: nothing of {route} in {READ_TRIES_MAX * READ_WAIT_MS} ms")

    async def ends(self, routes: Iterable[Route]) -> dict[Route, int]:
        """One request for all of them."""
        wanted = [TopicPartition(*route) for route in routes]
        async with self.reading:
            try:
                reader = await self._reader()
                found = await asyncio.wait_for(reader.end_offsets(wanted), ANSWER_S_MAX)
            except (KafkaError, OSError, TimeoutError) as error:
                raise Unavailable(f"Kafka: {type(error).__name__}") from None
        return {(tp.topic, tp.partition): end for tp, end in found.items()}

    async def _end(self, reader: AIOKafkaConsumer, where: TopicPartition) -> int:
        found = await asyncio.wait_for(reader.end_offsets([where]), ANSWER_S_MAX)
        return int(found[where])

    async def _reader(self) -> AIOKafkaConsumer:
        if self.reader is None:
            reader = AIOKafkaConsumer(
                **self.client, enable_auto_commit=False, auto_offset_reset="earliest",
                fetch_max_wait_ms=READ_FETCH_WAIT_MS, max_partition_fetch_bytes=FETCH_BYTES_MAX,
                request_timeout_ms=REQUEST_MS,
            )  # fmt: skip
            await reader.start()
            reader.assign(self.routes)
            reader.pause(*self.routes)
            self.reader = reader
        return self.reader

    async def close(self) -> None:
        """Stop both clients."""
        await self.renew()
        if self.reader:
            with suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(self.reader.stop(), STOP_S_MAX)


def _batches(
    producer: AIOKafkaProducer, groups: Sequence[tuple[str, Group]]
) -> Iterable[BatchBuilder]:
    """Groups are never torn: one that would not fit goes whole into the next batch."""
    batch = producer.create_batch()
    for source, group in groups:
        bytes_more = sum(len(record.value) + len(record.key) + 512 for record in group)
        if batch.record_count() and batch.size() + bytes_more > BATCH_BYTES:
            yield batch
            batch = producer.create_batch()
        for record in group:
            if not _append(batch, source, record):
                raise ValueError(f"{record.type}: a group of facts over {BATCH_BYTES_MAX} bytes")
    yield batch


def _append(batch: BatchBuilder, source: str, record: Sealed) -> bool:
    return (
        batch.append(
            timestamp=unix_ms(record.time),
            key=record.key,
            value=record.value,
            headers=record.headers(source),
        )
        is not None
    )


class KafkaInbox(ConsumerRebalanceListener):
    """A subscriber without a handler: FastStream starts it, the worker polls its consumer."""

    def __init__(self, broker: KafkaBroker, topics: Iterable[str], group: str) -> None:
        self.broker = broker
        self.subscriber = broker.subscriber(
            *topics, group_id=group, ack_policy=AckPolicy.MANUAL, auto_offset_reset="none",
            listener=self, partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=SESSION_MS, heartbeat_interval_ms=HEARTBEAT_MS,
            rebalance_timeout_ms=REBALANCE_MS, fetch_max_wait_ms=FETCH_WAIT_MS,
            max_partition_fetch_bytes=FETCH_BYTES_MAX,
        )  # fmt: skip
        self.positions: dict[TopicPartition, int] = {}
        self.advised: dict[TopicPartition, int] = {}
        self.assigned: Rebalanced | None = None
        self.revoked: Rebalanced | None = None
        self.polling: asyncio.Task[Any] | None = None

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """Aiokafka's own, once it is started."""
        return self.subscriber.consumer

    async def start(self, assigned: Rebalanced, revoked: Rebalanced) -> None:
        """Join the group."""
        self.assigned, self.revoked = assigned, revoked
        await self.broker.start()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called by aiokafka before a rebalance: the turn in hand ends first.

        A poll in hand ends at once: from here on it would wait for the new assignment, which waits
        for this, which waits for the turn that polls.
        """
        if self.polling:
            self.polling.cancel()
        shards = frozenset(tp.partition for tp in revoked)
        self.positions, self.advised = {}, {}
        if shards and self.revoked:
            await self.revoked(shards)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called by aiokafka after a rebalance, with all that this member has now."""
        if self.assigned:
            await self.assigned(frozenset(tp.partition for tp in assigned))

    async def poll(self, records_max: int, wait_ms: int) -> Mapping[Route, Sequence[Incoming]]:
        """Whatever has arrived; {} while the broker is away, or when a rebalance begins."""
        self.polling = polling = asyncio.ensure_future(
            self.consumer.getmany(timeout_ms=wait_ms, max_records=records_max)
        )
        try:
            await asyncio.wait({polling}, timeout=OVERSTAY_TIMES_MAX * wait_ms / 1_000)
            found = polling.result() if polling.done() and not polling.cancelled() else {}
        except NoOffsetForPartitionError:
            # Asked for before the take-over set a position; ours is the one that counts.
            self.seek({(tp.topic, tp.partition): at for tp, at in self.positions.items()})
            return {}
        except KafkaError as error:
            raise Unavailable(f"Kafka: {type(error).__name__}") from None
        finally:
            polling.cancel()  # of no effect, unless it is we who are given up
        return {(tp.topic, tp.partition): records for tp, records in found.items()}

    def seek(self, offsets: Mapping[Route, int]) -> None:
        """Read on from here; what is not assigned any more is left alone."""
        for route, offset in offsets.items():
            where = TopicPartition(*route)
            with suppress(IllegalStateError):
                self.consumer.seek(where, offset)
                self.positions[where] = offset

    def ends(self) -> Mapping[Route, int]:
        """The high watermarks that came with the last answers."""
        found: dict[Route, int] = {}
        if (consumer := self.subscriber.consumer) is None:
            return found
        for where in consumer.assignment():
            end = consumer.highwater(where)
            if end is not None:
                found[where.topic, where.partition] = end
        return found

    async def advise(self, offsets: Mapping[Route, int]) -> None:
        """For lag monitors; while the broker is away nobody is advised."""
        wanted = {TopicPartition(*route): offset for route, offset in offsets.items()}
        have = self.consumer.assignment()
        wanted = {where: offset for where, offset in wanted.items() if where in have}
        news = {where: at for where, at in wanted.items() if self.advised.get(where) != at}
        if news:
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(self.consumer.commit(news), ANSWER_S_MAX)
                self.advised |= news

    async def stop(self) -> None:
        """Leave the group."""
        with suppress(KafkaError, OSError, TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self.broker.stop(), STOP_S_MAX)
