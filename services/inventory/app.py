"""The inventory service, put together: `python -m services.inventory.app worker`."""

import os
from collections.abc import Mapping
from functools import partial

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.process import Runtime, main
from shared.shards.service import Handler, Service

from . import domain, process
from .handlers import SUBSCRIPTIONS
from .settings import Settings


def service(settings: Settings | None = None) -> Service:
    """Inventory as the engine runs it, within these limits or the default ones."""
    return Service(
        name="inventory",
        subscriptions=_subscriptions(settings or Settings.load({})),
        domain=domain,
        process=process,
        state=domain.State,
        ahead=domain.ahead,
    )


def _subscriptions(settings: Settings) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, settings.limits) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


async def worker(runtime: Runtime) -> None:
    """Decides."""
    await roles.work(runtime, service(Settings.load(os.environ)))


if __name__ == "__main__":
    main("inventory", {"worker": worker})
