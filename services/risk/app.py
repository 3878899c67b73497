"""The risk service, put together."""

from collections.abc import Mapping
from functools import partial

from shared.contracts.message import Message
from shared.shards.service import Handler, Service

from . import domain, process
from .handlers import SUBSCRIPTIONS
from .settings import Settings


def service(settings: Settings) -> Service:
    """Risk as the engine runs it, by the rules of these settings."""
    return Service(
        name="risk",
        subscriptions=_subscriptions(settings),
        domain=domain,
        process=process,
        state=domain.State,
    )


def _subscriptions(settings: Settings) -> Mapping[str, Mapping[type[Message], Handler]]:
    return {
        topic: {cls: partial(handler, settings.rules) for cls, handler in handlers.items()}
        for topic, handlers in SUBSCRIPTIONS.items()
    }
