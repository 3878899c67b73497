"""What follows from the gateway's facts: codes and news go out by SMS, endpoints are told."""

from typing import Any, Final, NamedTuple

from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Send

from .domain import webhooks
from .domain.sms import SMS as SMS_KEY
from .domain.states import Endpoint, OpenCode, SignIn, Sms
from .domain.webhook_sending import call_id, is_sending, ping_id

SMS: Final = "sms"
"""The kind of effect that sends a code."""
TELL: Final = "tell"
"""The kind of effect that tells an account something by SMS."""
WEBHOOK: Final = "webhook"
"""The kind of effect that calls an endpoint."""


class Call(NamedTuple):
    """One call to an endpoint; the secrets are sealed."""

    account_id: str
    endpoint_id: str
    url: str
    secret: str
    old_secret: str
    old_until_ms: int
    message_id: str
    body: str
    """Empty: a challenge."""


def follows(fact: Fact) -> list[Send]:  # nobody is asked for anything
    """Others read the gateway's facts on the gateway's own log."""
    return []


def due(key: str, state: Any) -> int | None:  # the state says what it is
    """When an unsent text is given up, or a message is tried again, Unix milliseconds."""
    if isinstance(state, Endpoint):
        return webhooks.due(state)
    if isinstance(state, Sms):
        return state.expires_ms
    code = _unsent(state)
    return code.expires_ms if code else None


def effect(key: str, state: Any) -> Effect | None:
    """The SMS, or the call to an endpoint, that is to be made; what is secret in it is sealed."""
    if isinstance(state, Endpoint):
        return _call(key.partition("/")[2], state)
    if isinstance(state, Sms):
        sms_id = key.removeprefix(SMS_KEY)
        return Effect(f"tell {sms_id}", TELL, (state.account_id, sms_id, state.sealed))
    code = _unsent(state)
    if code is None:
        return None
    return Effect(code.request_id, SMS, (key.removeprefix("sign_in/"), code.sealed))


def _call(endpoint_id: str, state: Endpoint) -> Effect | None:
    """The challenge, else the message whose turn it is."""
    secrets = (state.sealed_secret, state.old_secret, state.old_until_ms)
    to = (state.account_id, endpoint_id, state.url, *secrets)
    if state.verifying:
        named = ping_id(endpoint_id, state)
        return Effect(named, WEBHOOK, Call(*to, f"msg_{named}", ""))
    if is_sending(state) and state.current is not None:
        item = state.current
        return Effect(call_id(endpoint_id, state), WEBHOOK, Call(*to, item.message_id, item.body))
    return None


def _unsent(state: Any) -> OpenCode | None:
    if isinstance(state, SignIn) and state.code and not state.code.sent:
        return state.code
    return None
