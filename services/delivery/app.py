"""The delivery service, put together: `python -m services.delivery.app worker|views|api`."""

from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from shared.runtime import roles
from shared.runtime.clock import SystemClock
from shared.runtime.process import Runtime, main
from shared.security.keys import FolderOfKeys
from shared.shards.service import Service

from . import domain, process
from .api import Door, application
from .handlers import SUBSCRIPTIONS
from .projections import VIEWS, Reveals, RevealsInPostgres
from .settings import Settings


def service() -> Service:
    """Delivery as the engine runs it."""
    return Service(
        name="delivery",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
    )


def door(runtime: Runtime, reveals: Reveals, settings: Settings) -> Door:
    """The internal door; the keys are read now, so that a missing one stops the start."""
    keys = FolderOfKeys(runtime.environment.keys)
    return Door(
        reveals=reveals,
        private_key=keys.fetch("delivery"),
        secret=keys.fetch("delivery_door"),
        clock=SystemClock(),
        answer_ms_max=settings.answer_ms_max,
        poll_ms=settings.poll_ms,
    )


async def worker(runtime: Runtime) -> None:
    """Decides."""
    await roles.work(runtime, service())


async def views(runtime: Runtime) -> None:
    """Writes what the door reads."""
    await roles.follow(runtime, VIEWS)


async def api(runtime: Runtime) -> None:
    """Opens cards, for the gateway."""
    settings = Settings()
    pool = AsyncConnectionPool[AsyncConnection[Any]](
        runtime.environment.dsn, max_size=settings.connections_max, min_size=1, open=False
    )
    async with pool:
        app = application(door(runtime, RevealsInPostgres(pool), settings))
        await roles.serve(runtime, app)


if __name__ == "__main__":
    main("delivery", {"worker": worker, "views": views, "api": api})
