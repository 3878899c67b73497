"""What follows from delivery's facts: nothing is sent; others read them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send


def follows(fact: Fact) -> list[Send]:
    """Orders reads delivery's facts on delivery's own log."""
    return []


def due(key: str, state: Any) -> int | None:
    """Payments and orders say when an order ends; nothing here ends by itself."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """A card lies here already: nobody outside is asked for it."""
    return None
