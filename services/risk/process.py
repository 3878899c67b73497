"""What follows from risk's verdicts: nothing is sent; orders reads them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send


def follows(fact: Fact) -> list[Send]:
    """A verdict is a fact like any other."""
    return []


def due(key: str, state: Any) -> int | None:
    """A verdict is given at once."""
    return None


def effect(key: str, state: Any) -> Effect | None:
    """Nobody outside is asked."""
    return None
