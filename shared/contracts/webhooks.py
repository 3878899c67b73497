"""Webhook endpoints of an account: the gateway's words. Partition key: account id.

An endpoint is told of its account's orders in order, one message at a time; what is said here is
enough to say it again to the byte.
"""

from typing import Literal

from .message import Command, Fact, Part

Disabling = Literal["FAILING", "GONE", "QUEUE_FULL", "OPERATOR"]
Refusal = Literal[
    "UNKNOWN", "TOO_MANY", "BARRED", "DISABLED", "UNVERIFIED", "ALREADY_VERIFIED", "UNDER_WAY",
    "QUEUE_FULL",
]  # fmt: skip


class WebhookMessage(Part):
    """What an endpoint is told, under one id however often it is sent."""

    message_id: str
    event: str
    """Its type, e.g. `order.delivered`."""
    order_id: str
    body: str
    """JSON, exactly the bytes that are signed; no code is ever in it."""


class SetWebhook(Command, owner="gateway", key="account_id", subject="endpoint_id"):
    """An account wants to be told at this URL; or no longer, or elsewhere."""

    endpoint_id: str
    account_id: str
    request_id: str
    name: str
    url: str
    events: tuple[str, ...] = ()
    """Types of messages; none: all."""
    enabled: bool
    sealed_secret: str
    """A new endpoint's, under the gateway's own key; one that exists keeps what it has."""
    by: str


class VerifyWebhook(Command, owner="gateway", key="account_id", subject="endpoint_id"):
    """Challenge the endpoint once more."""

    endpoint_id: str
    account_id: str
    request_id: str


class RotateWebhookSecret(Command, owner="gateway", key="account_id", subject="endpoint_id"):
    """Sign with this from now on; the secret before it signs too for a while."""

    endpoint_id: str
    account_id: str
    request_id: str
    sealed_secret: str


class ReplayWebhook(Command, owner="gateway", key="account_id", subject="endpoint_id"):
    """Send a message once more, under the same id, behind those that wait."""

    endpoint_id: str
    account_id: str
    request_id: str
    message: WebhookMessage
    by: str


class JudgeWebhook(Command, owner="gateway", key="account_id", subject="endpoint_id"):
    """A person of ours bars an endpoint, or lets its owner use it again."""

    endpoint_id: str
    account_id: str
    request_id: str
    barred: bool
    reason: str
    by: str


class WebhookSet(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The endpoint is as its owner wants it; a new URL is challenged before it is told anything."""

    endpoint_id: str
    account_id: str
    request_id: str
    name: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    sealed_secret: str | None = None
    """Of a new endpoint."""
    verifying: bool
    """Whether it is challenged now."""
    by: str


class WebhookVerifying(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The endpoint is challenged once more."""

    endpoint_id: str
    account_id: str
    request_id: str


class WebhookVerified(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """Whoever answers at the URL has sent the challenge back: it may be told of orders."""

    endpoint_id: str
    account_id: str


class WebhookVerificationFailed(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The challenge did not come back."""

    endpoint_id: str
    account_id: str
    code: str
    status: int
    """HTTP status; 0 where there was none."""


class WebhookSecretRotated(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """Another secret signs from here on."""

    endpoint_id: str
    account_id: str
    request_id: str
    sealed_secret: str
    old_until_ms: int
    """Until when the one before it signs too, Unix milliseconds."""


class WebhookQueued(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The endpoint is to be told this."""

    endpoint_id: str
    account_id: str
    message: WebhookMessage
    after: str | None = None
    """The message that it waits behind; none: it is sent now."""
    request_id: str | None = None
    """Of a replay."""
    by: str | None = None
    """Who wanted the replay."""


class WebhookRetried(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The pause is over: the message is sent again."""

    endpoint_id: str
    account_id: str
    message_id: str
    tries: int
    """Failed ones so far."""


class WebhookDelivered(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The endpoint has answered 2xx; the next message is sent."""

    endpoint_id: str
    account_id: str
    message_id: str
    tries: int
    """Failed ones before."""
    status: int
    """HTTP status."""
    took_ms: int
    next: WebhookMessage | None = None
    then: str | None = None
    """The message that waits behind the next."""


class WebhookFailed(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """A try came to nothing; the message is tried again after a pause, or never."""

    endpoint_id: str
    account_id: str
    message_id: str
    tries: int
    """Failed ones, this one included."""
    status: int
    """HTTP status; 0 where there was none."""
    code: str
    took_ms: int
    since_ms: int
    """Since when nothing has arrived there, Unix milliseconds."""
    retry_ms: int
    """When it is tried again, Unix milliseconds."""


class WebhookExhausted(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """The last try of a message came to nothing; the next message is sent."""

    endpoint_id: str
    account_id: str
    message_id: str
    tries: int
    """Failed ones: all of them."""
    status: int
    """HTTP status; 0 where there was none."""
    code: str
    took_ms: int
    since_ms: int
    next: WebhookMessage | None = None
    then: str | None = None
    """The message that waits behind the next."""


class WebhookDisabled(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """Nothing is sent there, and nothing new is queued, until its owner enables it again."""

    endpoint_id: str
    account_id: str
    code: Disabling
    request_id: str | None = None
    by: str | None = None
    """Whose word it was; none: nobody's."""
    reason: str | None = None


class WebhookAllowed(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """Its owner may enable it again."""

    endpoint_id: str
    account_id: str
    request_id: str
    by: str
    reason: str


class WebhookRefused(Fact, owner="gateway", key="account_id", subject="endpoint_id"):
    """What was asked of the endpoint cannot be."""

    endpoint_id: str
    account_id: str
    request_id: str
    code: Refusal
