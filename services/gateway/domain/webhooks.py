"""Webhook endpoints: verified before they are told anything, told in order, given up in the end.

Aggregates: `webhooks/<account>`, `webhook/<endpoint>`, and `webhook_message/<message>`, so that an
endpoint stays small however many messages wait for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.contracts.message import Fact
from shared.contracts.webhooks import (
    JudgeWebhook,
    Refusal,
    ReplayWebhook,
    RotateWebhookSecret,
    SetWebhook,
    VerifyWebhook,
    WebhookDisabled,
    WebhookQueued,
    WebhookRefused,
    WebhookRetried,
    WebhookSecretRotated,
    WebhookSet,
    WebhookVerificationFailed,
    WebhookVerified,
    WebhookVerifying,
)
from shared.kernel.decider import States

from . import webhook_barring as barring
from . import webhook_sending as sending
from .states import Endpoint, Endpoints, Waiting
from .webhook_events import OrderMoved, message_id, message_of
from .webhook_limits import ENDPOINTS_MAX, OLD_SECRET_MS, WAITING_MAX

Asked = SetWebhook | VerifyWebhook | RotateWebhookSecret | ReplayWebhook | JudgeWebhook


@dataclass(frozen=True, slots=True)
class WebhookAnswered:
    """What came of one call to an endpoint."""

    account_id: str
    endpoint_id: str
    call_id: str
    code: str
    """OK, or why it does not count."""
    status: int
    """HTTP status; 0 where there was none."""
    took_ms: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class Rotate:
    """Another secret, and when that was asked for."""

    asked: RotateWebhookSecret
    now_ms: int


WebhookCommand = (
    SetWebhook | VerifyWebhook | ReplayWebhook | JudgeWebhook | Rotate | OrderMoved
    | WebhookAnswered
)  # fmt: skip


def keys_of(command: WebhookCommand, states: States) -> Iterable[str]:
    """The aggregates that a command reads."""
    match command:
        case OrderMoved(fact=fact):
            listed = of_account(fact.account_id)
            ids = _listed(states, fact.account_id)
            own = (own for each in ids for own in _told(each, message_id(each, command), states))
            return (listed, *own)
        case WebhookAnswered(endpoint_id=endpoint_id):
            return (of(endpoint_id), *sending.next_of(states.get(of(endpoint_id))))
        case Rotate(asked=asked):
            return (request(asked), of(asked.endpoint_id))
        case ReplayWebhook(endpoint_id=endpoint_id, message=message):
            return (request(command), *_told(endpoint_id, message.message_id, states))
        case _:
            others = map(of, _listed(states, command.account_id))
            named = (request(command), of(command.endpoint_id))
            return (*named, of_account(command.account_id), *others)


def decide(states: States, command: WebhookCommand) -> list[Fact]:  # one line a command
    """What happens; [] where it has happened before."""
    match command:
        case OrderMoved():
            return _moved(states, command)
        case WebhookAnswered():
            return _answered(states, command)
        case Rotate(asked=asked):
            return [] if request(asked) in states else [_rotated(states, command)]
        case _ if request(command) in states:
            return []
        case SetWebhook():
            return [_set(states, command)]
        case VerifyWebhook():
            return [_verify(states, command)]
        case ReplayWebhook():
            return [_replay(states, command)]
        case JudgeWebhook():
            return _judged(states, command)


def decide_elapsed(key: str, states: States, now_ms: int) -> list[Fact]:
    """The pause after a failed try is over."""
    found = states.get(key)
    if not isinstance(found, Endpoint) or not found.current or now_ms < (due(found) or now_ms + 1):
        return []
    return [
        WebhookRetried(
            endpoint_id=key.partition("/")[2],
            account_id=found.account_id,
            message_id=found.current.message_id,
            tries=found.tries,
        )
    ]


def due(found: Endpoint) -> int | None:
    """When its message is tried again, Unix milliseconds."""
    return found.retry_ms if found.enabled and found.verified and found.current else None


def _moved(states: States, moved: OrderMoved) -> list[Fact]:
    facts: list[Fact] = []
    for endpoint_id, endpoint in _endpoints(states, moved.fact.account_id).items():
        named = message_id(endpoint_id, moved)
        if of_message(named) in states:
            continue
        if not endpoint.enabled or not endpoint.proven:
            continue
        message = message_of(endpoint_id, moved)
        if endpoint.events and message.event not in endpoint.events:
            continue
        facts.append(_queued(endpoint_id, endpoint, message))
    return facts


def _queued(
    endpoint_id: str, endpoint: Endpoint, message: Any, **who: str
) -> WebhookQueued | WebhookDisabled:
    """Sent now, or behind those that wait; where too many do, the endpoint is disabled."""
    about = {"endpoint_id": endpoint_id, "account_id": endpoint.account_id}
    if endpoint.waiting >= WAITING_MAX:
        return WebhookDisabled(**about, code="QUEUE_FULL")
    return WebhookQueued(**about, message=message, after=endpoint.last_id or None, **who)


def _answered(states: States, answer: WebhookAnswered) -> list[Fact]:
    endpoint = states.get(of(answer.endpoint_id))
    if not isinstance(endpoint, Endpoint):
        return []
    about = {"endpoint_id": answer.endpoint_id, "account_id": endpoint.account_id}
    if endpoint.verifying and answer.call_id == sending.ping_id(answer.endpoint_id, endpoint):
        if answer.code == "OK":
            return [WebhookVerified(**about)]
        failed = WebhookVerificationFailed(**about, code=answer.code, status=answer.status)
        return [failed]
    if not sending.is_sending(endpoint):
        return []
    if answer.call_id != sending.call_id(answer.endpoint_id, endpoint):
        return []
    then = next(iter(sending.next_of(endpoint)), "")
    behind = states.get(then)
    item = behind.item if isinstance(behind, Waiting) else None
    return sending.outcome(about, endpoint, item, answer)


def _set(states: States, asked: SetWebhook) -> WebhookSet | WebhookRefused:
    known = _known(states, asked.endpoint_id)
    if known is None and len(_listed(states, asked.account_id)) >= ENDPOINTS_MAX:
        return _refused(asked, "TOO_MANY")
    if barring.is_barred(_endpoints(states, asked.account_id), asked):
        return _refused(asked, "BARRED")
    same = known is not None and known.verified and known.url == asked.url
    return WebhookSet(
        endpoint_id=asked.endpoint_id,
        account_id=asked.account_id,
        request_id=asked.request_id,
        name=asked.name,
        url=asked.url,
        events=asked.events,
        enabled=asked.enabled,
        sealed_secret=None if known else asked.sealed_secret,
        verifying=asked.enabled and not same,
        by=asked.by,
    )


def _verify(states: States, asked: VerifyWebhook) -> WebhookVerifying | WebhookRefused:
    known = _known(states, asked.endpoint_id)
    if known is None:
        return _refused(asked, "UNKNOWN")
    if not known.enabled:
        return _refused(asked, "DISABLED")
    if known.verified:
        return _refused(asked, "ALREADY_VERIFIED")
    return WebhookVerifying(
        endpoint_id=asked.endpoint_id, account_id=asked.account_id, request_id=asked.request_id
    )


def _rotated(states: States, command: Rotate) -> WebhookSecretRotated | WebhookRefused:
    asked = command.asked
    if _known(states, asked.endpoint_id) is None:
        return _refused(asked, "UNKNOWN")
    return WebhookSecretRotated(**asked.model_dump(), old_until_ms=command.now_ms + OLD_SECRET_MS)


def _replay(states: States, asked: ReplayWebhook) -> Fact:
    known = _known(states, asked.endpoint_id)
    if known is None:
        return _refused(asked, "UNKNOWN")
    if not known.enabled:
        return _refused(asked, "DISABLED")
    if not known.proven:
        return _refused(asked, "UNVERIFIED")
    named = asked.message.message_id
    under_way = known.current is not None and known.current.message_id == named
    if under_way or isinstance(states.get(of_message(named)), Waiting):
        return _refused(asked, "UNDER_WAY")
    if known.waiting >= WAITING_MAX:
        return _refused(asked, "QUEUE_FULL")
    who = {"request_id": asked.request_id, "by": asked.by}
    return _queued(asked.endpoint_id, known, asked.message, **who)


def _judged(states: States, asked: JudgeWebhook) -> list[Fact]:
    mine = _endpoints(states, asked.account_id)
    if asked.endpoint_id not in mine:
        return [_refused(asked, "UNKNOWN")]
    return barring.judged(mine, asked)


def _refused(asked: Asked, code: Refusal) -> WebhookRefused:
    return WebhookRefused(
        endpoint_id=asked.endpoint_id,
        account_id=asked.account_id,
        request_id=asked.request_id,
        code=code,
    )


def _known(states: States, endpoint_id: str) -> Endpoint | None:
    found = states.get(of(endpoint_id))
    return found if isinstance(found, Endpoint) else None


def _listed(states: States, account_id: str) -> tuple[str, ...]:
    """The ids of all endpoints of an account."""
    found = states.get(of_account(account_id))
    return found.ids if isinstance(found, Endpoints) else ()


def _endpoints(states: States, account_id: str) -> dict[str, Endpoint]:
    """All endpoints of an account."""
    found = ((each, _known(states, each)) for each in _listed(states, account_id))
    return {each: endpoint for each, endpoint in found if endpoint}


def _told(endpoint_id: str, named: str, states: States) -> tuple[str, ...]:
    """The endpoint, the message, and the one that it would wait behind."""
    found = states.get(of(endpoint_id))
    last_id = found.last_id if isinstance(found, Endpoint) else ""
    behind = (of_message(last_id),) if last_id else ()
    return (of(endpoint_id), of_message(named), *behind)


def of_account(account_id: str) -> str:
    """The list of an account's endpoints."""
    return f"webhooks/{account_id}"


def of(endpoint_id: str) -> str:
    """An endpoint."""
    return f"webhook/{endpoint_id}"


def of_message(named: str) -> str:
    """A message: waiting, or known."""
    return f"webhook_message/{named}"


def request(asked: Asked | Any) -> str:
    """Something that was asked, and is answered once."""
    return f"request/{asked.request_id}"
