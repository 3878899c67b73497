"""A process that was killed and starts again has its shards back before its session has run out."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaConsumer

from shared.shards.kafka import SESSION_MS
from shared.shards.predecessor import bury
from shared.testing.local import LocalKafka

PARTITIONS: Final = 4
JOINED_S_MAX: Final = 20.0
POLL_S: Final = 0.05

MEMBER: Final = """
import asyncio, json, sys
from aiokafka import AIOKafkaConsumer
from shared.shards.kafka import SESSION_MS
topic, group, client = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
async def run():
    consumer = AIOKafkaConsumer(topic, group_id=group, session_timeout_ms=SESSION_MS, **client)
    await consumer.start()
    while not consumer.assignment():
        await asyncio.sleep(0.02)
    print(len(consumer.assignment()), flush=True)
    await asyncio.sleep(60)
asyncio.run(run())
"""


async def killed_in_the_group(topic: str, group: str, client: Mapping[str, Any]) -> None:
    """A member of the group that has all partitions, and is killed."""
    member = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEMBER, topic, group, json.dumps(client), stdout=PIPE
    )
    assert member.stdout is not None
    async with asyncio.timeout(JOINED_S_MAX):
        assert int(await member.stdout.readline()) == PARTITIONS
    member.send_signal(signal.SIGKILL)
    await member.wait()


async def seconds_to_join(topic: str, group: str, client: Mapping[str, Any]) -> float:
    """Until a new member has all partitions."""
    began_s = time.monotonic()
    consumer = AIOKafkaConsumer(topic, group_id=group, session_timeout_ms=SESSION_MS, **client)
    await consumer.start()
    try:
        async with asyncio.timeout(JOINED_S_MAX):
            while len(consumer.assignment()) < PARTITIONS:
                await asyncio.sleep(POLL_S)
    finally:
        await consumer.stop()
    return time.monotonic() - began_s


@pytest.mark.timeout(90)
async def test_whoever_starts_again_under_its_name_need_not_wait(kafka: LocalKafka) -> None:
    topic = (await kafka.fresh_topics("asked", partitions=PARTITIONS))[0]
    client = {**kafka.admin.client(), "client_id": "orders-1"}
    await killed_in_the_group(topic, topic, client)
    assert await bury(client, topic) == 1
    assert await seconds_to_join(topic, topic, client) < SESSION_MS / 2_000
    assert await bury(client, topic) == 0


@pytest.mark.timeout(90)
async def test_nobody_else_is_taken_out(kafka: LocalKafka) -> None:
    topic = (await kafka.fresh_topics("asked", partitions=PARTITIONS))[0]
    client = {**kafka.admin.client(), "client_id": "orders-2"}
    await killed_in_the_group(topic, topic, client)
    assert await bury({**client, "client_id": "orders-1"}, topic) == 0
    assert await bury(client, topic) == 1


async def test_where_nobody_answers_nobody_waits_for_long(kafka: LocalKafka) -> None:
    client = {**kafka.admin.client(), "client_id": "orders-1", "bootstrap_servers": "127.0.0.1:9"}
    assert await bury(client, "nobody") == 0
