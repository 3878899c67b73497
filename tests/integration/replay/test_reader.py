"""The log is read from the front to where it ended, once, partitions side by side."""

import time
from itertools import pairwise

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.matrix import TOPICS
from shared.replay.entry import RawRecord
from shared.replay.merge import Route
from shared.replay.reader import PARTITION_FETCH_BYTES_MAX, LogOutOfReach, LogReader
from shared.testing.local import LocalKafka

RECORDS, PARTITIONS = 3_000, 4
STEP_MS = 10
WIDE_BYTES, NARROW_BYTES = 1_000, 500
HELD_BACK_S = 0.1
"""How long aiokafka waits for somebody to take what it has, before it fetches anything else."""


async def fill(kafka: LocalKafka, topics: tuple[str, ...], first: int = 0) -> None:
    """Records in turn over all partitions; their time says their number."""
    async with AIOKafkaProducer(**kafka.admin.client(), linger_ms=20) as producer:
        for number in range(first, first + RECORDS):
            await producer.send(
                topics[number % len(topics)],
                b"%d" % number,
                partition=number // 2 % PARTITIONS,
                timestamp_ms=1_700_000_000_000 + number * STEP_MS,
                headers=[("n", b"%d" % number)],
            )


async def test_everything_is_read_once_and_about_in_the_order_of_time(kafka: LocalKafka) -> None:
    topics = await kafka.fresh_topics("events", "commands", partitions=PARTITIONS)
    await fill(kafka, topics)
    read: list[RawRecord] = []
    async with LogReader(kafka.admin.client(), topics) as reader:
        assert reader.total == RECORDS
        await fill(kafka, topics, RECORDS)  # what is written meanwhile is for the next reader
        async for batch in reader.batches():
            read += batch
    assert [int(record.value or b"") for record in read] == list(range(RECORDS))
    lanes: dict[Route, list[int]] = {}
    for record in read:
        lanes.setdefault((record.topic, record.partition), []).append(record.offset)
    assert all(after == before + 1 for lane in lanes.values() for before, after in pairwise(lane))


async def test_a_reader_never_waits_for_what_lies_ready(kafka: LocalKafka) -> None:
    """A client that holds records nobody takes fetches nothing else for a tenth of a second."""
    wide, narrow = await kafka.fresh_topics("events", "commands", partitions=1)
    async with AIOKafkaProducer(**kafka.admin.client(), linger_ms=20) as producer:
        for number in range(2 * RECORDS):
            time_ms = 1_700_000_000_000 + number * STEP_MS
            await producer.send(wide, bytes(WIDE_BYTES), partition=0, timestamp_ms=time_ms)
            await producer.send(narrow, bytes(NARROW_BYTES), partition=0, timestamp_ms=time_ms)
    began_s, fetches = time.monotonic(), 2 * RECORDS * WIDE_BYTES / PARTITION_FETCH_BYTES_MAX
    async with LogReader(kafka.admin.client(), [wide, narrow]) as reader:
        assert sum([len(batch) async for batch in reader.batches()]) == 4 * RECORDS
    assert time.monotonic() - began_s < fetches * HELD_BACK_S / 4


async def test_an_empty_log_is_read_at_once(kafka: LocalKafka) -> None:
    topics = await kafka.fresh_topics("events")
    async with LogReader(kafka.admin.client(), topics) as reader:
        assert [batch async for batch in reader.batches()] == []


async def test_a_topic_that_is_not_there_is_named(kafka: LocalKafka) -> None:
    with pytest.raises(LogOutOfReach, match=r"nowhere\.events"):
        async with LogReader(kafka.admin.client(), ["nowhere.events"]):
            pass


async def test_the_auditor_may_read_all_there_is(kafka: LocalKafka) -> None:
    async with LogReader(kafka.as_user("auditor").client(), TOPICS) as reader:
        assert {topic for topic, _ in reader.ends} == set(TOPICS)


async def test_who_may_not_sign_in_reads_nothing(kafka: LocalKafka) -> None:
    stranger = kafka.admin.as_user("auditor", "wrong")
    with pytest.raises(LogOutOfReach, match="Kafka does not answer"):
        async with LogReader(stranger.client(), ["orders.events"]):
            pass
