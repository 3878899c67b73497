"""A rebalance may begin at any moment of a poll: neither waits for the other."""

import asyncio
from typing import Final

from deploy.local.endpoints import KafkaEndpoint
from shared.shards.kafka import KafkaInbox
from shared.testing.local import LocalKafka
from shared.testing.workers import broker_of

WAIT_S_MAX: Final = 10.0
AT_ONCE_S_MAX: Final = 1.0
POLL_MS: Final = 100


def inbox_of(payments: KafkaEndpoint) -> KafkaInbox:
    return KafkaInbox(broker_of(payments.client()), ["payments.commands"], "payments")


async def test_a_poll_lets_go_when_its_partitions_are_taken(kafka: LocalKafka) -> None:
    inbox, lock, joined = inbox_of(kafka.as_user("payments")), asyncio.Lock(), asyncio.Event()

    async def assigned(shards: frozenset[int]) -> None:
        joined.set()

    async def revoked(shards: frozenset[int]) -> None:
        async with lock:  # as a worker does: the turn in hand ends first
            pass

    async def turn() -> object:
        async with lock:
            return await inbox.poll(1, POLL_MS)

    await inbox.start(assigned, revoked)
    try:
        await asyncio.wait_for(joined.wait(), WAIT_S_MAX)
        mine = inbox.consumer.assignment()
        inbox.seek({(where.topic, where.partition): 0 for where in mine})
        # What aiokafka does between noticing a rebalance and telling us of it.
        inbox.consumer._subscription.begin_reassignment()  # noqa: SLF001 - to meet the moment
        polling = asyncio.create_task(turn())
        await asyncio.sleep(2 * POLL_MS / 1000)
        assert not polling.done(), "a poll waits for an assignment without a limit"
        await asyncio.wait_for(inbox.on_partitions_revoked(mine), AT_ONCE_S_MAX)
        assert await polling == {}
    finally:
        await inbox.stop()
