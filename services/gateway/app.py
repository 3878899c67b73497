"""The gateway, put together."""

from collections.abc import Mapping

from shared.shards.service import Performer, Service

from . import domain, process
from .handlers import SUBSCRIPTIONS


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
