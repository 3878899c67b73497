"""Webhooks on the wire: an endpoint, what it was told, and what can be asked of it."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.gateway.domain.webhook_events import NAMES
from services.gateway.door.addresses import URL_LENGTH_MAX
from services.gateway.projections.webhooks import EndpointRow, MessageRow
from shared.contracts.envelope import rfc3339

from .messages import Language, messages
from .shapes import NAME_LENGTH_MAX, Shape

EVENTS_MAX: Final = 32
Event = Annotated[str, Field(pattern="^(" + "|".join(NAMES).replace(".", r"\.") + ")$")]
State = Literal["enabled", "unverified", "disabled", "barred"]


class NewWebhook(Shape):
    """Where an account wants to be told, and of what."""

    url: Annotated[str, Field(min_length=1, max_length=URL_LENGTH_MAX)]
    events: Annotated[list[Event], Field(max_length=EVENTS_MAX)] = Field(default_factory=list)
    """Types of messages; none: all of them."""
    enabled: bool = True


class NothingMore(Shape):
    """What is asked is said by the path."""


class NewJudgement(Shape):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class Webhook(Shape):
    """An endpoint."""

    name: str
    endpoint_id: str
    account_id: str | None = None
    """For our own people."""
    url: str
    events: list[str]
    state: State
    label: str
    code: str | None = None
    """Why it is not enabled, or what the last challenge came to."""
    detail: str | None = None
    reason: str | None = None
    set_at: str
    old_secret_until: str | None = None
    failing_since: str | None = None
    waiting: int
    delivered: int
    exhausted: int
    last_at: str | None = None
    secret: str | None = None
    """Told once: when the endpoint is new."""


class Webhooks(Shape):
    """Endpoints."""

    items: list[Webhook]
    next_cursor: str | None = None


class WebhookSecret(Shape):
    """The secret that signs from now on: told once."""

    name: str
    secret: str


class WebhookDelivery(Shape):
    """A message, and what became of it."""

    message_id: str
    """Sent as `webhook-id`, the same at every try and replay."""
    event: str
    order_id: str
    state: Literal["waiting", "failing", "delivered", "exhausted"]
    label: str
    tries: int
    """Failed ones."""
    status: int | None = None
    code: str | None = None
    took_ms: int
    queued_at: str
    told_at: str | None = None
    retry_at: str | None = None
    replays: int
    body: str


class WebhookDeliveries(Shape):
    """The newest first."""

    items: list[WebhookDelivery]
    next_cursor: str | None = None


def told(row: EndpointRow, language: Language, *, to_shop: bool = False) -> dict[str, Any]:
    """An endpoint as it is shown; empty things are left out."""
    words = messages().webhooks
    found = {
        "name": row.name,
        "endpoint_id": row.endpoint_id,
        "account_id": row.account_id if to_shop else None,
        "url": row.url,
        "events": row.events,
        "state": row.state,
        "label": words[row.state].told(language),
        "code": row.code or None,
        "detail": words[row.code].told(language) if row.code in words else None,
        "reason": row.reason or None,
        "set_at": rfc3339(row.set_ms),
        "old_secret_until": _time(row.old_until_ms),
        "failing_since": _time(row.failing_ms),
        "waiting": row.waiting,
        "delivered": row.delivered,
        "exhausted": row.exhausted,
        "last_at": _time(row.last_ms),
    }
    return {name: value for name, value in found.items() if value is not None}


def delivery(row: MessageRow, language: Language) -> dict[str, Any]:
    """A message as it is shown."""
    found = {
        "message_id": row.message_id,
        "event": row.event,
        "order_id": row.order_id,
        "state": row.state,
        "label": messages().webhooks[row.state].told(language),
        "tries": row.tries,
        "status": row.status or None,
        "code": row.code or None,
        "took_ms": row.took_ms,
        "queued_at": rfc3339(row.queued_ms),
        "told_at": _time(row.told_ms),
        "retry_at": _time(row.retry_ms),
        "replays": row.replays,
        "body": row.body,
    }
    return {name: value for name, value in found.items() if value is not None}


def _time(time_ms: int) -> str | None:
    return rfc3339(time_ms) if time_ms else None
