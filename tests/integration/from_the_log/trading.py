"""A small shop on the real broker and database; its services are started and stopped by name."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.load.shop import Keys, Shop
from deploy.local.migrate import migrate_service
from deploy.rebuild.rebuilding import Site
from deploy.rebuild.services import SERVICES, VIEWS
from shared.contracts.matrix import TOPICS
from shared.contracts.message import Command
from shared.contracts.orders import Seen
from shared.runtime.clock import SystemClock
from shared.shards.kafka import KafkaInbox
from shared.shards.partitions import partition_of
from shared.shards.views import Follower
from shared.testing.local import FreshDatabase, LocalKafka
from shared.testing.workers import PARTITIONS, broker_of, tell, working

DECIDING: Final = ("catalog", "risk", "orders", "inventory", "payments", "delivery", "gateway")
KEYS: Final = Keys(X25519PrivateKey.generate().public_key().public_bytes_raw(), bytes(32))
QUIET_S: Final = 0.6
WAIT_S_MAX: Final = 40.0
EVENTS: Final = [name for name, rule in TOPICS.items() if rule.kind == "events"]


class Trading:
    """Every deciding service in this process, over one database."""

    def __init__(self, kafka: LocalKafka, database: FreshDatabase) -> None:
        self.kafka, self.database = kafka, database
        self.running: dict[str, AsyncExitStack] = {}
        self.placed = 0

    async def __aenter__(self) -> Self:
        self.producer = AIOKafkaProducer(**self.kafka.as_user("gateway").client())
        await self.producer.start()
        for service in SERVICES:
            migrate_service(service, self.database.dsn(service))
        await asyncio.gather(*map(self.start, DECIDING))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*map(self.stop, list(self.running)))
        await self.producer.stop()

    @property
    def site(self) -> Site:
        """As the auditor and the database's admin see it."""
        client = self.kafka.as_user("auditor").client()
        return Site(client, self.database.admin, PARTITIONS)

    async def start(self, service: str) -> None:
        stack = self.running[service] = AsyncExitStack()
        client, dsn = self.kafka.as_user(service).client(), self.database.dsn(service)
        await stack.enter_async_context(working(SERVICES[service](), client, dsn))
        if service in VIEWS:
            inbox = KafkaInbox(broker_of(client), VIEWS[service].follows, VIEWS[service].name)
            await stack.enter_async_context(following(Follower(VIEWS[service], inbox, dsn, CLOCK)))

    async def stop(self, service: str) -> None:
        await self.running.pop(service).aclose()

    @asynccontextmanager
    async def paused(self, service: str) -> AsyncIterator[None]:
        """Nobody decides for it meanwhile."""
        await self.stop(service)
        try:
            yield
        finally:
            await self.start(service)

    async def tell(self, commands: Iterable[Command]) -> None:
        for command in commands:
            await tell(self.producer, command, time.time_ns() // 1_000_000)

    async def open(self, shop: Shop, cards: int) -> None:
        """Its products are listed, its buyers have money, its cards are in."""
        await self.tell(shop.listings())
        await self.tell(shop.deposits())
        for sku in shop.skus:
            await self.tell(shop.cards(sku, cards, KEYS))
        await self.quiet()

    async def order(self, shop: Shop, count: int) -> None:
        """So many orders more."""
        seen = {
            each.product_id: Seen(shard=partition_of(each.product_id, PARTITIONS), position=1)
            for each in shop.listings()
        }
        await self.tell(itertools.islice(shop.orders(seen, first=self.placed), count))
        self.placed += count

    async def quiet(self) -> None:
        """Until nothing more is written."""
        async with asyncio.timeout(WAIT_S_MAX):
            before = -1
            while (now := await self._written()) != before:
                before = now
                await asyncio.sleep(QUIET_S)

    async def _written(self) -> int:
        client = self.kafka.as_user("auditor").client()
        routes = [TopicPartition(topic, p) for topic in TOPICS for p in range(PARTITIONS)]
        async with AIOKafkaConsumer(**client) as consumer:
            return sum((await consumer.end_offsets(routes)).values())


CLOCK: Final = SystemClock()


@asynccontextmanager
async def following(follower: Follower) -> AsyncIterator[None]:
    running = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(WAIT_S_MAX):
            while not follower.health()[0]:
                await asyncio.sleep(QUIET_S / 10)
        yield
    finally:
        follower.stop()
        await running
