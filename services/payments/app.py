"""The payments service, put together: `python -m services.payments.app worker`."""

from collections.abc import Mapping
from functools import partial

from shared.contracts.message import Message
from shared.runtime import roles
from shared.runtime.process import Runtime, main
from shared.shards.service import Handler, Performer, Service

from . import domain, process
from .handlers import SUBSCRIPTIONS

NO_TERMS = domain.Terms()


def service(
    performers: Mapping[str, Performer] | None = None, terms: domain.Terms = NO_TERMS
) -> Service:
    """Payments as the engine runs it; without channels unless the terms name some."""
    return Service(
        name="payments",
        subscriptions=_subscriptions(terms),
        domain=domain,
        process=process,
        state=domain.State,
        performers=performers or {},
    )


def _subscriptions(terms: domain.Terms) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, terms) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }


async def worker(runtime: Runtime) -> None:
    """Decides."""
    await roles.work(runtime, service())


if __name__ == "__main__":
    main("payments", {"worker": worker})
