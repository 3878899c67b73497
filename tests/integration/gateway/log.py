"""What the doors have put onto orders.commands."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.testing.local import LocalKafka

PARTITIONS = 12
TOPIC = "orders.commands"
QUIET_MS = 300
SEEN_S_MAX = 30.0


class Commands:
    """Reads from where the topic ended when the test began."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def of(self, account_id: str, least: int = 0) -> list[dict[str, Any]]:
        """The account's commands that have come since: so many at least, and until it is quiet."""
        found: list[dict[str, Any]] = []
        end_s = time.monotonic() + SEEN_S_MAX
        while True:  # bounded by: the log goes quiet, because a test sends only so much
            batches = await self._consumer.getmany(timeout_ms=QUIET_MS)
            for records in batches.values():
                every = [json.loads(record.value) for record in records]
                found += [each for each in every if each["account_id"] == account_id]
            if not batches and (len(found) >= least or time.monotonic() > end_s):
                return found


@asynccontextmanager
async def commands(kafka: LocalKafka) -> AsyncIterator[Commands]:
    """A reader outside any group."""
    consumer = AIOKafkaConsumer(**kafka.admin.client(), enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield Commands(consumer)
    finally:
        await consumer.stop()
