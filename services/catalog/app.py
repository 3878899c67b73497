"""The catalog service, put together."""

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
