"""The real services and the real audit, for the simulator."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from services.audit.app import service as audit
from services.audit.examination import Examination
from services.catalog.app import service as catalog
from services.delivery.app import service as delivery
from services.delivery.handlers import SUBSCRIPTIONS as TO_DELIVERY
from services.delivery.handlers import Rules
from services.gateway.app import service as gateway
from services.gateway.domain import CodeSent
from services.inventory.app import service as inventory
from services.orders.app import service as orders
from services.orders.domain import Limits
from services.payments.app import MERCHANTS
from services.payments.app import service as payments
from services.payments.domain import Terms
from services.risk.app import service as risk
from services.risk.handlers import SUBSCRIPTIONS as TO_RISK
from services.risk.handlers import Bench
from shared.contracts.message import Message
from shared.kernel.decider import Effect
from shared.shards.service import Service
from shared.testing.simulator.world import Cast, World

from . import channels, screening, suppliers

Subscriptions = Mapping[str, Mapping[type[Message], Callable[..., Any]]]
PATIENCE: Final = Limits(
    stock_answer_ms=20_000, payment_ms=45_000, complete_ms=30_000, dispute_answer_ms=25_000,
    offer_ms=35_000,
)  # fmt: skip
"""Shorter than in earnest, so that a run sees every deadline pass."""


def services(world: World) -> list[Service]:
    """All that decide, and whom they call."""
    topup = suppliers.Suppliers(world, night=world.night)
    delivering = Rules(topup.limits, suppliers.ROUTES)
    screen = screening.Screening(world)
    judging = Bench(screening.RULES, screening.LIMITS)

    async def send(effect: Effect) -> CodeSent:
        await world.call(effect, lambda: None)
        return CodeSent(effect.payload[0], effect.id)

    return [
        catalog(),
        orders(PATIENCE),
        replace(risk(performers=screen.performers), subscriptions=_by(judging, TO_RISK)),
        inventory(),
        payments({"channel": channels.Channels(world)}, Terms(MERCHANTS, channels.LIMITS)),
        replace(delivery({"topup": topup}), subscriptions=_by(delivering, TO_DELIVERY)),
        gateway({"sms": send}),
        audit(),
    ]


def _by(rules: Rules | Bench, subscriptions: Subscriptions) -> Subscriptions:
    """A service's handlers, by what this installation sets."""
    return {
        topic: {cls: partial(handler, rules) for cls, handler in handlers.items()}
        for topic, handlers in subscriptions.items()
    }


NAMES: Final = (
    "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit",
)  # fmt: skip
"""Of the services, in the order in which they are made."""
CAST: Final = Cast(services, Examination)
