"""What is remembered of webhooks after each fact."""

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from shared.contracts.webhooks import (
    WebhookAllowed,
    WebhookDelivered,
    WebhookDisabled,
    WebhookExhausted,
    WebhookFailed,
    WebhookQueued,
    WebhookRefused,
    WebhookRetried,
    WebhookSecretRotated,
    WebhookSet,
    WebhookVerificationFailed,
    WebhookVerified,
    WebhookVerifying,
)

from .states import Answered, Endpoint, Endpoints, State, Waiting
from .webhook_sending import kept

Ended = WebhookDelivered | WebhookExhausted
WebhookEvent = (
    WebhookSet | WebhookVerifying | WebhookVerified | WebhookVerificationFailed
    | WebhookSecretRotated | WebhookQueued | WebhookRetried | WebhookFailed | Ended
    | WebhookDisabled | WebhookAllowed | WebhookRefused
)  # fmt: skip


def keys_of(fact: WebhookEvent) -> Iterable[str]:
    """The aggregates that a fact changes."""
    own = f"webhook/{fact.endpoint_id}"
    match fact:
        case WebhookSet():
            return (own, f"webhooks/{fact.account_id}", f"request/{fact.request_id}")
        case WebhookQueued(message=message, after=after):
            behind = (f"webhook_message/{after}",) if after else ()
            asked = (f"request/{fact.request_id}",) if fact.request_id else ()
            return (own, f"webhook_message/{message.message_id}", *behind, *asked)
        case WebhookDelivered(next=following) | WebhookExhausted(next=following):
            return (own, f"webhook_message/{following.message_id}") if following else (own,)
        case WebhookVerifying() | WebhookSecretRotated() | WebhookAllowed() | WebhookDisabled():
            return (own, f"request/{fact.request_id}") if fact.request_id else (own,)
        case WebhookVerified() | WebhookVerificationFailed() | WebhookRetried() | WebhookFailed():
            return (own,)
        case WebhookRefused():
            return (f"request/{fact.request_id}",)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: WebhookEvent) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    if key not in keys_of(fact):
        return state
    kind, _, name = key.partition("/")
    if kind == "request":
        return Answered()
    if kind == "webhooks":
        ids = state.ids if isinstance(state, Endpoints) else ()
        return Endpoints(ids if fact.endpoint_id in ids else (*ids, fact.endpoint_id))
    if kind == "webhook_message":
        return _evolve_message(name, state, fact)
    return _evolve_endpoint(state if isinstance(state, Endpoint) else None, fact)


def _evolve_message(name: str, state: State | None, fact: WebhookEvent) -> State | None:
    match fact:
        case WebhookQueued(message=message, after=after):
            if name == message.message_id:
                return Waiting(kept(message)) if after else Answered()
            if isinstance(state, Waiting):
                return Waiting(replace(state.item, next_id=message.message_id))
            return state
        case WebhookDelivered() | WebhookExhausted():
            return Answered()
        case (
            WebhookSet()
            | WebhookVerifying()
            | WebhookVerified()
            | WebhookVerificationFailed()
            | WebhookSecretRotated()
            | WebhookRetried()
            | WebhookFailed()
            | WebhookDisabled()
            | WebhookAllowed()
            | WebhookRefused()
        ):
            return state
        case _ as never:
            assert_never(never)


def _evolve_endpoint(found: Endpoint | None, fact: WebhookEvent) -> Endpoint | None:
    if isinstance(fact, WebhookSet):
        return _after_set(found, fact)
    if found is None:
        return None
    match fact:
        case WebhookVerifying():
            return replace(found, verifying=True, version=found.version + 1)
        case WebhookVerified():
            return replace(found, verifying=False, verified=True, proven=True)
        case WebhookVerificationFailed():
            return replace(found, verifying=False)
        case WebhookSecretRotated():
            return replace(
                found,
                sealed_secret=fact.sealed_secret,
                old_secret=found.sealed_secret,
                old_until_ms=fact.old_until_ms,
            )
        case WebhookQueued():
            return _after_queued(found, fact)
        case WebhookRetried():
            return replace(found, retry_ms=None)
        case WebhookFailed():
            return replace(
                found, tries=fact.tries, retry_ms=fact.retry_ms, failing_ms=fact.since_ms
            )
        case WebhookDelivered():
            return _after_end(found, fact, failing_ms=0)
        case WebhookExhausted():
            return _after_end(found, fact, failing_ms=fact.since_ms)
        case WebhookDisabled():
            barred = found.barred or fact.code == "OPERATOR"
            return replace(found, enabled=False, verifying=False, barred=barred)
        case WebhookAllowed():
            return replace(found, barred=False)
        case WebhookRefused():
            return found
        case _ as never:
            assert_never(never)


def _after_set(found: Endpoint | None, fact: WebhookSet) -> Endpoint:
    """A try that is out counts no more: what is sent next goes to where this says."""
    was = found or Endpoint(fact.account_id, fact.url, (), fact.sealed_secret or "")
    return replace(
        was,
        url=fact.url,
        events=fact.events,
        enabled=fact.enabled,
        verified=was.verified and was.url == fact.url,
        verifying=fact.verifying,
        version=was.version + 1,
        tries=0,
        retry_ms=None,
        failing_ms=0,
    )


def _after_queued(found: Endpoint, fact: WebhookQueued) -> Endpoint:
    named, current = fact.message.message_id, found.current
    if current is None:
        item, serial = kept(fact.message), found.serial + 1
        return replace(found, current=item, serial=serial, last_id=named, tries=0, retry_ms=None)
    if current.message_id == fact.after:
        current = replace(current, next_id=named)
    return replace(found, current=current, last_id=named, waiting=found.waiting + 1)


def _after_end(found: Endpoint, fact: Ended, failing_ms: int) -> Endpoint:
    following = kept(fact.next, fact.then or "") if fact.next else None
    return replace(
        found,
        current=following,
        serial=found.serial + 1,
        last_id=found.last_id if following else "",
        waiting=found.waiting - 1 if following else 0,
        tries=0,
        retry_ms=None,
        failing_ms=failing_ms,
    )
