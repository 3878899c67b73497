"""The real services and the real audit, for the simulator."""

from collections.abc import Callable
from typing import Any, Final

from services.audit.app import service as audit
from services.audit.examination import Examination
from services.catalog.app import service as catalog
from services.delivery.app import service as delivery
from services.gateway.app import service as gateway
from services.gateway.domain import CodeSent
from services.inventory.app import service as inventory
from services.orders.app import service as orders
from services.orders.domain import Limits
from services.payments.app import service as payments
from services.risk.app import service as risk
from shared.kernel.decider import Effect
from shared.shards.service import Service
from shared.testing.simulator.world import Cast

PATIENCE: Final = Limits(stock_answer_ms=20_000, payment_ms=45_000, complete_ms=30_000)
"""Shorter than in earnest, so that a run sees every deadline pass."""


def services(perform: Callable[[Effect], Any]) -> list[Service]:
    """All that decide."""

    async def send(effect: Effect) -> CodeSent:
        await perform(effect)
        return CodeSent(effect.payload[0], effect.id)

    return [
        catalog(), orders(PATIENCE), risk(), inventory(), payments(), delivery(),
        gateway({"sms": send}), audit(),
    ]  # fmt: skip


NAMES: Final = (
    "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit",
)  # fmt: skip
"""Of the services, in the order in which they are made."""
CAST: Final = Cast(services, Examination)
