"""Cards that may be bad: set aside until somebody knows, then good again or condemned (F2)."""

from typing import Literal

from .inventory import Card
from .message import Command, Fact


class QuarantineCard(Command, owner="inventory", key="sku", subject="card_id"):
    """A card may be bad: it is not sold until somebody knows."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str


class LiftQuarantine(Command, owner="inventory", key="sku", subject="card_id"):
    """A card that was set aside is good: it may be sold again."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str


class CardQuarantined(Fact, owner="inventory", key="sku", subject="card_id"):
    """A card has left its SKU's queue for now; the card at the head takes its place."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str
    sealed: str
    index: int
    """Its place in the SKU's queue."""
    head: int
    """The place that is handed out next no more: the head's."""
    moved: Card | None = None
    """The card from the head, at `index` from here on; none where it was the head itself."""


class QuarantineLifted(Fact, owner="inventory", key="sku", subject="card_id"):
    """A card is good: it stands at the end of its SKU's queue again."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str
    sealed: str
    index: int
    """Its new place in the SKU's queue."""


class CardCondemned(Fact, owner="inventory", key="sku", subject="card_id"):
    """A card that was set aside was called back: it is withdrawn, for good."""

    card_id: str
    sku: str
    request_id: str
    by: str
    reason: str


class QuarantineRefused(Fact, owner="inventory", key="sku", subject="card_id"):
    """Nothing was moved."""

    card_id: str
    sku: str
    request_id: str
    code: Literal["UNKNOWN_CARD", "NOT_AVAILABLE", "NOT_QUARANTINED"]
    """NOT_AVAILABLE: somebody has it, or it is withdrawn or set aside already · NOT_QUARANTINED:
    it was never set aside, is good again, or was called back."""
