"""The inventory service, put together."""

from shared.shards.service import Service

from . import domain, process
from .handlers import SUBSCRIPTIONS


def service() -> Service:
    """Inventory as the engine runs it."""
    return Service(
        name="inventory",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
    )
