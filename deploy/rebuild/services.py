"""Every service as the engine runs it, by name: what is folded, and what follows."""

from collections.abc import Callable, Mapping
from typing import Final

from services.audit.app import service as audit
from services.catalog.app import service as catalog
from services.delivery.app import service as delivery
from services.delivery.projections import VIEWS as DELIVERED
from services.gateway.app import service as gateway
from services.gateway.projections import VIEWS as SEEN
from services.inventory.app import service as inventory
from services.orders.app import service as orders
from services.payments.app import service as payments
from services.risk.app import service as risk
from shared.shards.service import Service
from shared.shards.views import Views

SERVICES: Final[Mapping[str, Callable[[], Service]]] = {
    "catalog": catalog, "orders": orders, "risk": risk, "inventory": inventory,
    "payments": payments, "delivery": delivery, "gateway": gateway, "audit": audit,
}  # fmt: skip
VIEWS: Final[Mapping[str, Views]] = {"delivery": DELIVERED, "gateway": SEEN}
"""Of those that have read models."""
