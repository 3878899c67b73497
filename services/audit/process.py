"""What follows from audit's facts: nothing; whoever cares reads them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send


def follows(fact: Fact) -> list[Send]:
    """Nobody is asked for anything."""
    return []


def due(key: str, state: Any) -> int | None:
    """The reader keeps the schedule; what is on record has no deadline."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None
