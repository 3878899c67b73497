"""The delivery service, put together: `python -m services.delivery.app worker|views|api`."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import httpx
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.clock import SystemClock
from shared.runtime.environment import BadEnvironment
from shared.runtime.process import Runtime, main
from shared.security.keys import FolderOfKeys
from shared.shards.service import Handler, Performer, Service

from . import domain, process
from .adapters import jiuzhou, xinghe
from .adapters.supplying import Supplier, Supplying
from .api import Door, application
from .handlers import SUBSCRIPTIONS, Rules
from .projections import VIEWS, Reveals, RevealsInPostgres
from .settings import Settings

SUPPLIERS: Final[Mapping[str, Callable[..., Supplier]]] = {
    xinghe.NAME: xinghe.Xinghe,
    jiuzhou.NAME: jiuzhou.Jiuzhou,
}
"""One adapter for each; a new supplier is one file and one line here."""


def service(
    performers: Mapping[str, Performer] | None = None, settings: Settings | None = None
) -> Service:
    """Delivery as the engine runs it, within these limits or the default ones."""
    return Service(
        name="delivery",
        subscriptions=_subscriptions(settings or Settings.load({})),
        domain=domain,
        process=process,
        state=domain.State,
        performers=performers or {},
    )


def _subscriptions(settings: Settings) -> Mapping[str, Mapping[type[Message], Handler]]:
    rules = Rules(settings.limits, settings.routes)
    return {
        topic: {cls: partial(handler, rules) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


def door(runtime: Runtime, reveals: Reveals, settings: Settings) -> Door:
    """The internal door; the keys are read now, so that a missing one stops the start."""
    keys = FolderOfKeys(runtime.environment.keys)
    return Door(
        reveals=reveals,
        private_key=keys.fetch("delivery"),
        secret=keys.fetch("delivery_door"),
        clock=SystemClock(),
        patience=settings.patience,
    )


async def worker(runtime: Runtime) -> None:
    """Decides, and calls suppliers."""
    settings = Settings.load(os.environ)
    async with httpx.AsyncClient() as client:
        performers = {process.TOPUP: supplying(runtime, settings, client)}
        await roles.work(runtime, service(performers, settings))


def supplying(runtime: Runtime, settings: Settings, client: httpx.AsyncClient) -> Supplying:
    """Who calls the suppliers; the keys are read now, so that a missing one stops the start."""
    environment, clock = runtime.environment, SystemClock()
    keys, url = FolderOfKeys(environment.keys), environment.twin_supplier
    suppliers = {
        name: made(f"{url}/{name}", keys.fetch(f"supplier_{name}"), client, clock)
        for name, made in SUPPLIERS.items()
    }
    unknown = settings.routes.named - suppliers.keys()
    if unknown:
        raise BadEnvironment(f"suppliers.json names suppliers without an adapter: {unknown}")
    return Supplying(suppliers, keys.fetch("delivery"), clock, settings.limits)


async def views(runtime: Runtime) -> None:
    """Writes what the door reads."""
    await roles.follow(runtime, VIEWS)


async def api(runtime: Runtime) -> None:
    """Opens cards, for the gateway."""
    settings = Settings.load(os.environ)
    pool = AsyncConnectionPool[AsyncConnection[Any]](
        runtime.environment.dsn,
        max_size=settings.patience.connections_max,
        min_size=1,
        open=False,
    )
    async with pool:
        app = application(door(runtime, RevealsInPostgres(pool), settings))
        await roles.serve(runtime, app)


if __name__ == "__main__":
    main("delivery", {"worker": worker, "views": views, "api": api})
