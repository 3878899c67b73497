"""The orders service, put together: `python -m services.orders.app worker`."""

import os
from collections.abc import Mapping
from functools import partial

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.process import Runtime, main
from shared.shards.service import Handler, Service

from . import domain, process
from .handlers import SUBSCRIPTIONS
from .projections import CATALOGUE
from .settings import Settings


def service(limits: domain.Limits | None = None) -> Service:
    """Orders as the engine runs it, within these limits or the default ones."""
    return Service(
        name="orders",
        subscriptions=_subscriptions(limits or domain.Limits()),
        domain=domain,
        process=process,
        state=domain.State,
        table=CATALOGUE,
    )


def _subscriptions(limits: domain.Limits) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, limits) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


async def worker(runtime: Runtime) -> None:
    """Decides."""
    await roles.work(runtime, service(Settings.load(os.environ).limits))


if __name__ == "__main__":
    main("orders", {"worker": worker})
