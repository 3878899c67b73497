"""What follows from payments' facts: nothing is sent; others read them where they stand."""

from typing import Any

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain.state import OpenPayment


def follows(fact: Fact) -> list[Send]:  # noqa: ARG001  # orders and delivery read payments.events itself
    """Orders and delivery read payments' facts on payments' own log."""
    return []


def due(key: str, state: Any) -> int | None:  # noqa: ARG001  # the state says what it is
    """An open payment's deadline, Unix milliseconds."""
    return state.deadline_ms if isinstance(state, OpenPayment) else None


def effect(key: str, state: Any) -> Effect | None:  # noqa: ARG001  # no channel calls out yet
    """The wallet is our own: nobody outside is asked."""
    return None
