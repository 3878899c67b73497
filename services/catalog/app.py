"""The catalog service, put together: `python -m services.catalog.app worker`."""

from shared.runtime import roles
from shared.runtime.process import Runtime, main
from shared.shards.service import Service

from . import domain, process
from .handlers import SUBSCRIPTIONS


def service() -> Service:
    """The catalogue as the engine runs it."""
    return Service(
        name="catalog",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
    )


async def worker(runtime: Runtime) -> None:
    """Decides."""
    await roles.work(runtime, service())


if __name__ == "__main__":
    main("catalog", {"worker": worker})
