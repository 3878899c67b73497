"""When a SKU's stock has run low: what a person has set. Inventory decides; key: SKU (F2)."""

from typing import Literal

from .message import Command, Fact


class SetThreshold(Command, owner="inventory", key="sku", subject="sku"):
    """Stock of this SKU has run low at so many units and fewer."""

    sku: str
    request_id: str
    units: int
    """0: only when nothing is left."""
    by: str
    reason: str


class ThresholdSet(Fact, owner="inventory", key="sku", subject="sku"):
    """From here on it has run low at so many units and fewer."""

    sku: str
    request_id: str
    units: int
    """0: only when nothing is left."""
    by: str
    reason: str


class ThresholdRefused(Fact, owner="inventory", key="sku", subject="sku"):
    """Nothing changed."""

    sku: str
    request_id: str
    code: Literal["BAD_QUANTITY"]
