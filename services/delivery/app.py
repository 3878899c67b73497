"""The delivery service, put together: `python -m services.delivery.app worker|views|api`."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.clock import SystemClock
from shared.runtime.process import Runtime, main
from shared.security.keys import FolderOfKeys
from shared.shards.service import Handler, Service

from . import domain, process
from .api import Door, application
from .handlers import SUBSCRIPTIONS
from .projections import VIEWS, Reveals, RevealsInPostgres
from .settings import Settings


def service(settings: Settings | None = None) -> Service:
    """Delivery as the engine runs it, within these limits or the default ones."""
    return Service(
        name="delivery",
        subscriptions=_subscriptions(settings or Settings.load({})),
        domain=domain,
        process=process,
        state=domain.State,
    )


def _subscriptions(settings: Settings) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, settings.limits) for cls, handler in handlers.items()}
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
    """Decides."""
    await roles.work(runtime, service(Settings.load(os.environ)))


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
