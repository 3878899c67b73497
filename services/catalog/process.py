"""What follows from the catalogue's facts: nothing is sent; others read them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send


def follows(fact: Fact) -> list[Send]:
    """Orders and the gateway read the catalogue on its own log."""
    return []


def due(key: str, state: Any) -> int | None:
    """A product stays on the shelf until somebody takes it off."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None
