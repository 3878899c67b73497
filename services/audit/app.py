"""The audit service, put together: `python -m services.audit.app worker`."""

import asyncio
import os

from shared.runtime import roles
from shared.runtime.clock import SystemClock
from shared.runtime.process import Runtime, main
from shared.security.keys import FolderOfKeys
from shared.shards.service import Service

from . import process
from .adapters.metrics import WatchMetrics
from .adapters.signing import Signer
from .adapters.watch import Watch
from .domain import verdicts
from .handlers import SUBSCRIPTIONS
from .settings import Settings

NICENESS = 10
"""It may fall behind while others are busy: whoever serves a buyer goes first."""


def service() -> Service:
    """What is put on record, as the engine runs it."""
    return Service(
        name="audit",
        subscriptions=SUBSCRIPTIONS,
        domain=verdicts,
        process=process,
        state=verdicts.State,
    )


async def worker(runtime: Runtime) -> None:
    """Reads everything, and puts on record what it finds."""
    os.nice(NICENESS)
    environment = runtime.environment
    signer = Signer(FolderOfKeys(environment.keys).fetch("signing"))
    watch = Watch(
        environment.client(), environment.partitions, signer, Settings.load(os.environ).pace,
        SystemClock(),
    )  # fmt: skip
    WatchMetrics(watch).register()
    await asyncio.gather(roles.work(runtime, service()), watch.run(runtime.stopping))


if __name__ == "__main__":
    main("audit", {"worker": worker})
