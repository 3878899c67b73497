"""The real services and the real audit, for the simulator."""

from dataclasses import replace
from typing import Final

from services.audit.app import service as audit
from services.audit.examination import Examination
from services.catalog.app import service as catalog
from services.delivery.app import service as delivery
from services.delivery.settings import Settings as DeliverySettings
from services.gateway.app import service as gateway
from services.gateway.domain import CodeSent
from services.inventory.app import service as inventory
from services.orders.app import service as orders
from services.orders.domain import Limits
from services.payments.app import MERCHANTS
from services.payments.app import service as payments
from services.payments.domain import Terms
from services.risk.app import service as risk
from services.risk.settings import Settings as RiskSettings
from shared.kernel.decider import Effect
from shared.shards.service import Service
from shared.testing.simulator.world import Cast, World

from . import channels, screening, suppliers

PATIENCE: Final = Limits(stock_answer_ms=20_000, payment_ms=45_000, complete_ms=30_000)
"""Shorter than in earnest, so that a run sees every deadline pass."""
RISK: Final = RiskSettings(screening.RULES, screening.LIMITS)
DELIVERY: Final = DeliverySettings.load({})


def services(world: World) -> list[Service]:
    """All that decide, and whom they call."""
    topup = suppliers.Suppliers(world, night=world.night)
    screen = screening.Screening(world)

    async def send(effect: Effect) -> CodeSent:
        await world.call(effect, lambda: None)
        return CodeSent(effect.payload[0], effect.id)

    return [
        catalog(),
        orders(PATIENCE),
        risk(RISK, screen.performers),
        inventory(),
        payments({"channel": channels.Channels(world)}, Terms(MERCHANTS, channels.LIMITS)),
        delivery(
            {"topup": topup},
            replace(DELIVERY, limits=topup.limits, routes=suppliers.ROUTES),
        ),
        gateway({"sms": send}),
        audit(),
    ]


NAMES: Final = (
    "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit",
)  # fmt: skip
"""Of the services, in the order in which they are made."""
CAST: Final = Cast(services, Examination)
