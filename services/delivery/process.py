"""What follows from delivery's facts: suppliers are called; nothing is sent to other services."""

from typing import Any, Final, Literal, NamedTuple

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain.state import Asking, Job, Submitting, Unsure

TOPUP: Final = "topup"
"""The kind of effect that calls a supplier."""


class Call(NamedTuple):
    """One call to a supplier."""

    verb: Literal["submit", "ask"]
    job: Job
    call_id: str


def follows(fact: Fact) -> list[Send]:
    """Orders reads delivery's facts on delivery's own log."""
    return []


def due(key: str, state: Any) -> int | None:
    """When a supplier is asked again, Unix milliseconds; nothing else here ends by itself."""
    return state.ask_ms if isinstance(state, Unsure) else None


def effect(key: str, state: Any) -> Effect | None:
    """The call to a supplier that a top-up waits for; a card lies here already."""
    match state:
        case Submitting(job=job, call_id=call_id):
            return Effect(call_id, TOPUP, Call("submit", job, call_id))
        case Asking(job=job, call_id=call_id):
            return Effect(call_id, TOPUP, Call("ask", job, call_id))
        case _:
            return None
