"""The orders service, put together."""

from shared.shards.service import Service

from . import domain, process
from .handlers import SUBSCRIPTIONS
from .projections import CATALOGUE


def service() -> Service:
    """Orders as the engine runs it."""
    return Service(
        name="orders",
        subscriptions=SUBSCRIPTIONS,
        domain=domain,
        process=process,
        state=domain.State,
        table=CATALOGUE,
    )
