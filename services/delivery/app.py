"""The delivery service, put together."""

from shared.shards.service import Service

from . import domain, process
from .handlers import SUBSCRIPTIONS


def service() -> Service:
    """Delivery as the engine runs it."""
    return Service(
        name="delivery",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
    )
