"""The gateway, put together: `python -m services.gateway.app api|worker|views`."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from shared.runtime import roles
from shared.runtime.appending import Appender, KafkaAppender
from shared.runtime.clock import SystemClock
from shared.runtime.connections import Bounded, room_for
from shared.runtime.environment import Environment
from shared.runtime.health import Server
from shared.runtime.limits import read_limits
from shared.runtime.process import Runtime, main
from shared.runtime.tracing import Tracer
from shared.security.box import Box
from shared.security.keys import FolderOfKeys, Keys
from shared.shards.service import Performer, Service

from . import domain, process, storefront
from .adapters.audit_key import audit_key
from .adapters.delivery import DeliveryDoor
from .adapters.sms import SmsSender
from .adapters.webhooks import TIMEOUT_S, Webhooks
from .api.application import build_api
from .door.access import Access
from .door.accounts import Accounts
from .door.addresses import Guard
from .door.api_keys import ApiKeys
from .door.batch_progress import BatchReader
from .door.batches import Batches
from .door.bespoke import Requests as CustomRequests
from .door.board import Board
from .door.catalogue import Catalogue
from .door.disputes import Disputes
from .door.door import Door, Limits, Secrets
from .door.examining import Examining
from .door.imports import Imports
from .door.invoices import Invoices
from .door.limits import Limiter, Pace, Places
from .door.listening import Listener
from .door.measuring import DoorMetrics
from .door.nonces import Nonces
from .door.order_search import OrderSearch
from .door.orders import OrderDesk
from .door.pressure import Pressure
from .door.recalls import Recalls
from .door.requests import Requests
from .door.revealing import RevealDoor
from .door.reviews import Reviews
from .door.shelf import ShelfWatch
from .door.targets import SavedTargets
from .door.threads import Threads
from .door.tracing import Tracing
from .door.waitlists import Waitlists
from .door.webhooks import WebhookDesk
from .handlers import SUBSCRIPTIONS
from .projections import VIEWS
from .projections.queries import Read
from .settings import Settings

Pool = AsyncConnectionPool[AsyncConnection[Any]]

STOP_S_MAX = 5
KEEP_ALIVE_S = 75


def service(performers: Mapping[str, Performer] | None = None) -> Service:
    """The gateway as the engine runs it."""
    return Service(
        name="gateway",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
        performers=performers or {},
    )


def secrets(keys: Keys) -> Secrets:
    """The gateway's keys; a missing one stops the start."""
    own = keys.fetch("own")
    return Secrets(
        own=Box(own),
        sms=Box(keys.fetch("sms")),
        own_key=own,
        body_key=keys.fetch("body"),
        sign_in_key=keys.fetch("sign_in"),
        fingerprint_key=keys.fetch("fingerprint"),
        contact=Box(keys.fetch("contact")),
        verification_key=keys.fetch("verification"),
        delivery_public=keys.fetch("delivery.pub"),
    )


def limits(settings: Settings) -> Limits:
    """How fast one client may go."""
    return Limits(
        orders=Limiter(Pace(settings.orders_burst, settings.orders_per_s)),
        requests=Limiter(Pace(settings.requests_burst, settings.requests_per_s)),
        strangers=Limiter(Pace(settings.strangers_burst, settings.strangers_per_s)),
        phones=Limiter(Pace(settings.phones_burst, settings.phones_per_minute / 60)),
        reveals=Limiter(Pace(settings.reveals_burst, settings.reveals_per_s)),
        streams=Places(settings.streams_max),
        webhooks=Limiter(Pace(settings.webhooks_burst, settings.webhooks_per_minute / 60)),
        voices=Limiter(Pace(settings.voices_burst, settings.voices_per_minute / 60)),
        keys=Limiter(Pace(settings.key_requests_burst, settings.key_requests_per_s)),
    )


def door(
    environment: Environment,
    settings: Settings,
    pool: Pool,
    appender: Appender,
    reveals: RevealDoor,
    tracer: Tracer,
) -> Door:
    """The parts of the door, on one pool and one producer."""
    kept, listener = secrets(FolderOfKeys(environment.keys)), Listener(environment.dsn)
    nonces, desk = Nonces(pool), OrderDesk(pool, appender)
    read, catalogue = Read(pool), Catalogue(pool, listener)
    return Door(
        read=read,
        search=OrderSearch(pool),
        board=Board(pool),
        examining=Examining(pool),
        audit_key=audit_key(FolderOfKeys(environment.keys)),
        desk=desk,
        requests=Requests(pool),
        imports=Imports(pool, appender),
        batches=Batches(pool, desk),
        batch_reader=BatchReader(pool),
        recalls=Recalls(pool),
        disputes=Disputes(pool),
        invoices=Invoices(pool),
        bespoke=CustomRequests(pool),
        targets=SavedTargets(pool),
        threads=Threads(pool),
        waitlists=Waitlists(pool),
        api_keys=ApiKeys(pool),
        accounts=Accounts(pool),
        webhooks=WebhookDesk(pool, Guard(environment.webhook_trial)),
        appender=appender,
        access=Access(pool, kept.own, nonces, listener),
        nonces=nonces,
        listener=listener,
        catalogue=catalogue,
        shelf=ShelfWatch(read, catalogue, listener),
        pressure=Pressure(pool, appender, settings.order_age_ms_max, settings.order_took_ms_max),
        reveals=reveals,
        reviews=Reviews(pool),
        secrets=kept,
        limits=limits(settings),
        tracing=Tracing(settings.trace_one_in, tracer),
        partitions=environment.partitions,
        forwarded_hops=settings.forwarded_hops,
    )


@asynccontextmanager
async def opened(environment: Environment, settings: Settings) -> AsyncIterator[Door]:
    """The door with its connections."""
    appender = KafkaAppender(environment.client(), environment.partitions)
    pool = Pool(environment.dsn, min_size=2, max_size=settings.connections_max, open=False)
    async with httpx.AsyncClient() as client, pool:
        await appender.start()
        secret = FolderOfKeys(environment.keys).fetch("delivery_door")
        reveals = DeliveryDoor(environment.delivery_url, secret, client)
        tracer = Tracer(environment.traces, environment.process)
        try:
            yield door(environment, settings, pool, appender, reveals, tracer)
        finally:
            tracer.close()
            await appender.stop()


async def api(runtime: Runtime) -> None:
    """Answers clients."""
    environment = runtime.environment
    settings = read_limits(Settings, "KAMENG_GATEWAY", os.environ)
    async with opened(environment, settings) as parts:
        room_for(settings.http_connections_max)
        site = build_api(parts, storefront.load(storefront.BUILT))
        config = uvicorn.Config(
            site, host=environment.host, port=environment.http_port, loop="none",
            http=Bounded, ws="none", lifespan="on", log_level="warning", access_log=False,
            server_header=False, date_header=False, proxy_headers=False,
            backlog=settings.backlog_max, limit_concurrency=settings.http_connections_max,
            timeout_keep_alive=KEEP_ALIVE_S, timeout_graceful_shutdown=STOP_S_MAX,
        )  # fmt: skip
        DoorMetrics(parts.pressure, SystemClock().now_ms).register()
        server = Server(config)
        runtime.health["api"] = lambda: _health(server, parts)

        def stop() -> None:
            parts.closing.set()
            parts.listener.wake_all()
            server.should_exit = True

        await roles.until_stopped(runtime, server.serve(), stop)


def _health(server: Server, parts: Door) -> tuple[bool, str]:
    ready = server.started and parts.listener.ready
    return ready, "ready" if ready else "starting"


async def worker(runtime: Runtime) -> None:
    """Decides who may come in, has texts sent, and tells webhook endpoints."""
    environment = runtime.environment
    keys = FolderOfKeys(environment.keys)
    alone = httpx.Limits(max_keepalive_connections=0)  # each name's certificate is looked at anew
    async with (
        httpx.AsyncClient() as client,
        httpx.AsyncClient(limits=alone, timeout=TIMEOUT_S, trust_env=False) as outside,
    ):
        sender = SmsSender(environment.twin_sms, Box(keys.fetch("sms")), client)
        guard = Guard(environment.webhook_trial)
        teller = Webhooks(Box(keys.fetch("own")), guard, outside, SystemClock())
        await roles.work(
            runtime,
            service({process.SMS: sender.code, process.TELL: sender.tell, process.WEBHOOK: teller}),
        )


async def views(runtime: Runtime) -> None:
    """Writes what the door reads."""
    await roles.follow(runtime, VIEWS)


if __name__ == "__main__":
    main("gateway", {"api": api, "worker": worker, "views": views})
