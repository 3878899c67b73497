"""All deciding services in one process, over the twins in memory: a log as in earnest."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.load.shop import Keys, Shop
from services.audit.examination import Examination
from services.catalog.app import service as catalog
from services.delivery.app import service as delivery
from services.inventory.app import service as inventory
from services.orders.app import service as orders
from services.payments.app import service as payments
from services.risk.app import service as risk
from shared.contracts.message import Command
from shared.contracts.orders import Seen
from shared.runtime.clock import SystemClock
from shared.shards.limits import Limits
from shared.shards.memory import (
    MemoryBroker,
    MemoryDatabase,
    MemoryGroup,
    MemoryInbox,
    MemoryLog,
    MemoryStore,
)
from shared.shards.partitions import partition_of
from shared.shards.worker import Worker
from shared.testing.sender import door_headers

PARTITIONS: Final = 3
QUIET_S: Final = 0.25
QUIET_S_MAX: Final = 30
FAST: Final = Limits(poll_wait_ms=5, due_every_ms=20)
SERVICES: Final = (catalog, risk, orders, inventory, payments, delivery)


def worker_of(broker: MemoryBroker, number: int) -> Worker:
    service = SERVICES[number]()
    group = MemoryGroup(broker, list(service.subscriptions))
    return Worker(
        service, MemoryLog(broker), MemoryInbox(group), MemoryStore(MemoryDatabase()),
        SystemClock(), name=f"{service.name}-1", partitions=PARTITIONS, limits=FAST,
    )  # fmt: skip


@asynccontextmanager
async def working() -> AsyncIterator[MemoryBroker]:
    broker = MemoryBroker(PARTITIONS)
    workers = [worker_of(broker, number) for number in range(len(SERVICES))]
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield broker
    finally:
        for worker in workers:
            worker.stop()
        await asyncio.gather(*tasks)


def tell(broker: MemoryBroker, commands: Iterable[Command]) -> None:
    for command in commands:
        route = (f"{command.owner}.commands", partition_of(command.partition_key, PARTITIONS))
        headers = door_headers(command, str(uuid4()))
        broker.append(route, command.partition_key.encode(), command.encode(), headers)


async def quiet(broker: MemoryBroker) -> None:
    """Until nothing more is written."""
    async with asyncio.timeout(QUIET_S_MAX):
        before = -1
        while (now := sum(map(len, broker.logs.values()))) != before:
            before = now
            await asyncio.sleep(QUIET_S)


async def trade(shop: Shop, cards: int, orders: int) -> MemoryBroker:
    """A shop is put in, and its orders come to rest."""
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    keys = Keys(public, bytes(32))
    async with working() as broker:
        tell(broker, shop.listings())
        tell(broker, shop.deposits())
        for sku in shop.skus:
            tell(broker, shop.cards(sku, cards, keys))
        await quiet(broker)
        seen = {
            listing.product_id: Seen(shard=partition_of(listing.product_id, PARTITIONS), position=1)
            for listing in shop.listings()
        }
        tell(broker, itertools.islice(shop.orders(seen), orders))
        await quiet(broker)
    return broker


def examined(broker: MemoryBroker) -> Examination:
    """As the command does it, with nothing on its way any more."""
    examination = Examination()
    for lane in broker.logs.values():
        examination.feed(lane)
    examination.finish(now_ms=0, patience_ms=0)
    return examination
