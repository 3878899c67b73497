"""What follows from payments' facts: nothing is sent; others read them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain.state import OpenPayment


def follows(fact: Fact) -> list[Send]:
    """Orders and delivery read payments' facts on payments' own log."""
    return []


def due(key: str, state: Any) -> int | None:
    """An open payment's deadline, Unix milliseconds."""
    return state.deadline_ms if isinstance(state, OpenPayment) else None


def effect(key: str, state: Any) -> Effect | None:
    """The wallet is our own: nobody outside is asked."""
    return None
