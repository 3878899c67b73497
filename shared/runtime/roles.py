"""The worker role, the same for every service that decides."""

import asyncio

from shared.contracts.matrix import TOPICS
from shared.shards.kafka import KafkaInbox, KafkaLog
from shared.shards.ports import Route
from shared.shards.postgres import PostgresStore
from shared.shards.service import Service
from shared.shards.worker import Limits, Worker

from .clock import SystemClock
from .metrics import WorkerMetrics
from .process import Runtime


def readable(service: Service, partitions: int) -> list[Route]:
    """Every partition that the service's log port may be asked for."""
    topics = {f"{service.name}.events", *service.subscriptions}
    if service.table:
        topics.add(service.table.topic)
    return [(topic, p) for topic in sorted(topics & set(TOPICS)) for p in range(partitions)]


async def work(runtime: Runtime, service: Service, limits: Limits | None = None) -> None:
    """Run one worker of the service until the process is told to stop."""
    environment = runtime.environment
    log = KafkaLog(environment.client(), readable(service, environment.partitions))
    inbox = KafkaInbox(environment.broker(), service.subscriptions, service.name)
    store = PostgresStore(environment.dsn)
    worker = Worker(
        service, log, inbox, store, SystemClock(),
        name=environment.process, partitions=environment.partitions, limits=limits,
    )  # fmt: skip
    WorkerMetrics(service.name, worker).register()
    runtime.health["worker"] = worker.health
    running = asyncio.create_task(worker.run())
    stopped = asyncio.create_task(runtime.stopping.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    worker.stop()
    try:
        await running
    finally:
        stopped.cancel()
        await store.close()
        await log.close()
