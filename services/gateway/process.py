"""What follows from the gateway's facts: a code that was granted is sent by SMS."""

from typing import Any, Final

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain.states import OpenCode, SignIn

SMS: Final = "sms"
"""The kind of effect that sends a code."""


def follows(fact: Fact) -> list[Send]:  # nobody is asked for anything
    """Others read the gateway's facts on the gateway's own log."""
    return []


def due(key: str, state: Any) -> int | None:  # the state says what it is
    """When a code that was never sent is given up, Unix milliseconds."""
    code = _unsent(state)
    return code.expires_ms if code else None


def effect(key: str, state: Any) -> Effect | None:
    """The SMS that is to be sent; its payload is sealed, and for whose phone."""
    code = _unsent(state)
    if code is None:
        return None
    return Effect(code.request_id, SMS, (key.removeprefix("sign_in/"), code.sealed))


def _unsent(state: Any) -> OpenCode | None:
    if isinstance(state, SignIn) and state.code and not state.code.sent:
        return state.code
    return None
