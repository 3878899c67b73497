"""The risk service, put together: `python -m services.risk.app worker`."""

import os
from collections.abc import Mapping
from functools import partial

import httpx

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.clock import SystemClock
from shared.runtime.process import Runtime, main
from shared.security.box import Box
from shared.security.keys import FolderOfKeys
from shared.shards.service import Handler, Performer, Service

from . import domain, process
from .adapters.codes import CodeMaker
from .adapters.sms import SmsSender
from .handlers import SUBSCRIPTIONS, Bench
from .settings import Settings


def service(
    settings: Settings | None = None, performers: Mapping[str, Performer] | None = None
) -> Service:
    """Risk as the engine runs it, by these rules or those that lie beside this file."""
    return Service(
        name="risk",
        subscriptions=_subscriptions(settings or Settings.load({})),
        domain=domain,
        process=process,
        state=domain.State,
        performers=performers or {},
    )


def _subscriptions(settings: Settings) -> Mapping[str, Mapping[type[Message], Handler]]:
    bench = Bench(settings.rules, settings.limits)
    return {
        topic: {cls: partial(handler, bench) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


async def worker(runtime: Runtime) -> None:
    """Decides, and has codes made and sent; a key that is missing stops the start."""
    settings, environment = Settings.load(os.environ), runtime.environment
    keys = FolderOfKeys(environment.keys)
    box, key = Box(keys.fetch("contact")), keys.fetch("verification")
    async with httpx.AsyncClient() as client:
        performers: dict[str, Performer] = {
            process.CODE: CodeMaker(key, box, SystemClock(), settings.limits.code_ms),
            process.SMS: SmsSender(environment.twin_sms, box, client),
        }
        await roles.work(runtime, service(settings, performers))


if __name__ == "__main__":
    main("risk", {"worker": worker})
