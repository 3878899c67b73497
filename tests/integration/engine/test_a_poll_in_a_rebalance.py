"""A rebalance may begin in a poll, or just before one: neither waits for the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from deploy.local.endpoints import KafkaEndpoint
from shared.shards.kafka import KafkaInbox
from shared.testing.local import LocalKafka
from shared.testing.workers import broker_of

WAIT_S_MAX: Final = 30.0
AT_ONCE_S_MAX: Final = 1.0
POLL_MS: Final = 100


def inbox_of(payments: KafkaEndpoint) -> KafkaInbox:
    return KafkaInbox(broker_of(payments.client()), ["payments.commands"], "payments")


class Turns:
    """What a worker does with an inbox: one turn at a time, and no shard is lost in one."""

    def __init__(self, inbox: KafkaInbox) -> None:
        self.inbox, self.lock, self.joined = inbox, asyncio.Lock(), asyncio.Event()

    async def assigned(self, _: frozenset[int]) -> None:
        self.joined.set()

    async def revoked(self, _: frozenset[int]) -> None:
        async with self.lock:  # the turn in hand ends first
            pass

    async def turn(self) -> object:
        async with self.lock:
            return await self.inbox.poll(1, POLL_MS)


@asynccontextmanager
async def rebalancing(kafka: LocalKafka) -> AsyncIterator[Turns]:
    """A member that has all partitions, when aiokafka has noticed a rebalance and not said so."""
    turns = Turns(inbox_of(kafka.as_user("payments")))
    await turns.inbox.start(turns.assigned, turns.revoked)
    try:
        await asyncio.wait_for(turns.joined.wait(), WAIT_S_MAX)
        mine = turns.inbox.consumer.assignment()
        turns.inbox.seek({(where.topic, where.partition): 0 for where in mine})
        turns.inbox.consumer._subscription.begin_reassignment()  # noqa: SLF001 - to meet the moment
        yield turns
    finally:
        await turns.inbox.stop()


async def test_a_poll_lets_go_when_its_partitions_are_taken(kafka: LocalKafka) -> None:
    async with rebalancing(kafka) as turns:
        mine = turns.inbox.consumer.assignment()
        polling = asyncio.create_task(turns.turn())
        await asyncio.sleep(0)
        await asyncio.wait_for(turns.inbox.on_partitions_revoked(mine), AT_ONCE_S_MAX)
        assert await polling == {}


async def test_a_turn_that_polls_while_a_rebalance_waits_for_it_ends(kafka: LocalKafka) -> None:
    async with rebalancing(kafka) as turns:
        mine = turns.inbox.consumer.assignment()
        async with turns.lock:  # it was taking shards over when the rebalance began
            revoking = asyncio.create_task(turns.inbox.on_partitions_revoked(mine))
            await asyncio.sleep(0)
            assert await asyncio.wait_for(turns.inbox.poll(1, POLL_MS), AT_ONCE_S_MAX) == {}
        await asyncio.wait_for(revoking, AT_ONCE_S_MAX)


async def test_a_poll_is_not_longer_than_it_may_be(kafka: LocalKafka) -> None:
    async with rebalancing(kafka) as turns:
        assert await asyncio.wait_for(turns.turn(), AT_ONCE_S_MAX) == {}
