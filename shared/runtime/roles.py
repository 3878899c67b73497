"""The roles that every service has the same: worker, and views."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.applications import Starlette

from shared.contracts.matrix import TOPICS
from shared.shards.kafka import KafkaInbox, KafkaLog
from shared.shards.limits import Limits
from shared.shards.ports import Route
from shared.shards.postgres import PostgresStore
from shared.shards.predecessor import bury
from shared.shards.service import Service
from shared.shards.views import Follower, Views
from shared.shards.worker import Worker

from .clock import SystemClock
from .health import server
from .metrics import ViewsMetrics, WorkerMetrics
from .process import Runtime
from .tracing import Tracer
from .watching import Watching


def readable(service: Service, partitions: int) -> list[Route]:
    """Every partition that the service's log port may be asked for."""
    topics = {f"{service.name}.events", *service.topics}
    if service.table:
        topics.add(service.table.topic)
    return [(topic, p) for topic in sorted(topics & set(TOPICS)) for p in range(partitions)]


async def work(runtime: Runtime, service: Service, limits: Limits | None = None) -> None:
    """Run one worker of the service until the process is told to stop."""
    environment = runtime.environment
    log = KafkaLog(environment.client(), readable(service, environment.partitions))
    inbox = KafkaInbox(environment.broker(), service.topics, service.name)
    store = PostgresStore(environment.dsn)
    worker = Worker(
        service, log, inbox, store, SystemClock(),
        name=environment.process, partitions=environment.partitions, limits=limits,
    )  # fmt: skip
    await bury(environment.client(), service.name)
    tracer = Tracer(environment.traces, environment.process)
    worker.watch = Watching(service.name, tracer)
    WorkerMetrics(service.name, worker).register()
    runtime.health["worker"] = worker.health
    try:
        await until_stopped(runtime, worker.run(), worker.stop)
    finally:
        await store.close()
        await log.close()
        tracer.close()


async def follow(runtime: Runtime, views: Views) -> None:
    """Run one follower of a service's read models until the process is told to stop."""
    environment = runtime.environment
    inbox = KafkaInbox(environment.broker(), views.follows, views.name)
    await bury(environment.client(), views.name)
    follower = Follower(views, inbox, environment.dsn, SystemClock())
    ViewsMetrics(views.name, follower).register()
    runtime.health["views"] = follower.health
    await until_stopped(runtime, follower.run(), follower.stop)


async def serve(runtime: Runtime, app: Starlette) -> None:
    """Run a service's HTTP door until the process is told to stop."""
    environment = runtime.environment
    listening = server(app, environment.host, environment.http_port)
    runtime.health["api"] = lambda: (
        listening.started,
        "ready" if listening.started else "starting",
    )

    def stop() -> None:
        listening.should_exit = True

    await until_stopped(runtime, listening.serve(), stop)


async def until_stopped(
    runtime: Runtime, run: Coroutine[Any, Any, None], stop: Callable[[], None]
) -> None:
    """Run it, and stop it in its own way when the process is told to stop."""
    running = asyncio.create_task(run)
    stopped = asyncio.create_task(runtime.stopping.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stop()
    stopped.cancel()
    await running
