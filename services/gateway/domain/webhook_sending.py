"""One message of an endpoint at a time: its calls, and what follows from each answer."""

from typing import Any, Final

from shared.contracts.message import Fact
from shared.contracts.webhooks import (
    WebhookDelivered,
    WebhookDisabled,
    WebhookExhausted,
    WebhookFailed,
    WebhookMessage,
)
from shared.kernel.ids import derive

from .states import Endpoint, Item
from .webhook_limits import FAILING_MS_MAX, PAUSES_MS

GONE: Final = 410
"""HTTP: the receiver wants nothing any more."""


def is_sending(endpoint: Endpoint) -> bool:
    """Whether its current message is out, or about to be."""
    ready = endpoint.enabled and endpoint.verified and not endpoint.verifying
    return ready and endpoint.current is not None and endpoint.retry_ms is None


def ping_id(endpoint_id: str, endpoint: Endpoint) -> str:
    """The call that challenges it."""
    return derive("webhook challenge", endpoint_id, str(endpoint.version))


def call_id(endpoint_id: str, endpoint: Endpoint) -> str:
    """This very try of its current message, at this very URL."""
    place = (str(endpoint.serial), str(endpoint.version), str(endpoint.tries))
    return derive("webhook call", endpoint_id, *place)


def next_of(endpoint: Any) -> tuple[str, ...]:
    """The message that waits behind the current one, as an aggregate."""
    current = endpoint.current if isinstance(endpoint, Endpoint) else None
    return (f"webhook_message/{current.next_id}",) if current and current.next_id else ()


def outcome(
    about: dict[str, str], endpoint: Endpoint, behind: Item | None, answer: Any
) -> list[Fact]:
    """Delivered; or tried again later; or given up, and perhaps the whole endpoint with it."""
    current = endpoint.current
    assert current is not None, "asked of an endpoint that sends something"
    said: dict[str, Any] = {
        **about,
        "message_id": current.message_id,
        "status": answer.status,
        "took_ms": answer.took_ms,
    }
    then = behind.next_id if behind else ""
    follow: dict[str, Any] = {"next": told(behind), "then": then or None}
    if answer.code == "OK":
        return [WebhookDelivered(**said, tries=endpoint.tries, **follow)]
    tries, since_ms = endpoint.tries + 1, endpoint.failing_ms or answer.now_ms
    said |= {"tries": tries, "code": answer.code, "since_ms": since_ms}
    facts: list[Fact] = []
    if tries > len(PAUSES_MS):
        facts.append(WebhookExhausted(**said, **follow))
    else:
        facts.append(WebhookFailed(**said, retry_ms=answer.now_ms + PAUSES_MS[tries - 1]))
    if answer.status == GONE:
        facts.append(WebhookDisabled(**about, code="GONE"))
    elif answer.now_ms - since_ms >= FAILING_MS_MAX:
        facts.append(WebhookDisabled(**about, code="FAILING"))
    return facts


def told(item: Item | None) -> WebhookMessage | None:
    """As contracts say it."""
    if item is None:
        return None
    return WebhookMessage(
        message_id=item.message_id, event=item.event, order_id=item.order_id, body=item.body
    )


def kept(message: WebhookMessage, next_id: str = "") -> Item:
    """As it is remembered."""
    return Item(message.message_id, message.event, message.order_id, message.body, next_id)
