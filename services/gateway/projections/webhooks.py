"""Webhook endpoints and their messages, for who owns them and for who watches over them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, get_args

import psycopg

from shared.contracts.message import Fact
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
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .people import ATTEMPT
from .signals import Signals

Ended = WebhookDelivered | WebhookExhausted
AboutMessage = WebhookQueued | WebhookRetried | WebhookFailed | Ended
AboutEndpoint = (
    WebhookSet | WebhookVerifying | WebhookVerified | WebhookVerificationFailed
    | WebhookSecretRotated | WebhookDisabled | WebhookAllowed
)  # fmt: skip
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    *get_args(AboutMessage), *get_args(AboutEndpoint), WebhookRefused,
})  # fmt: skip

ENDPOINTS: Final = "select * from webhook_view where endpoint_id = any(%b::text[])"
MESSAGES: Final = "select * from webhook_message_view where message_id = any(%b::text[])"
SAVE: Final = """
insert into webhook_view values
(%s, %s, %s, %s, %s::text[], %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (endpoint_id) do update
set name = excluded.name, url = excluded.url, events = excluded.events, state = excluded.state,
    code = excluded.code, reason = excluded.reason, set_ms = excluded.set_ms,
    old_until_ms = excluded.old_until_ms, failing_ms = excluded.failing_ms,
    waiting = excluded.waiting, delivered = excluded.delivered, exhausted = excluded.exhausted,
    last_ms = excluded.last_ms
"""
SAVE_MESSAGE: Final = """
insert into webhook_message_view values
(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (message_id) do update
set state = excluded.state, tries = excluded.tries, status = excluded.status,
    code = excluded.code, took_ms = excluded.took_ms, told_ms = excluded.told_ms,
    retry_ms = excluded.retry_ms, replays = excluded.replays
"""


class EndpointRow(NamedTuple):
    """One endpoint."""

    endpoint_id: str
    account_id: str
    name: str
    url: str
    events: list[str]
    state: str
    code: str
    reason: str
    set_ms: int
    old_until_ms: int
    failing_ms: int
    waiting: int
    """Messages that are not answered yet, the one that is sent among them."""
    delivered: int
    exhausted: int
    last_ms: int
    """When a call was last answered or given up."""


class MessageRow(NamedTuple):
    """One message, as it stands."""

    message_id: str
    endpoint_id: str
    account_id: str
    position: int
    event: str
    order_id: str
    body: str
    state: str
    tries: int
    status: int
    code: str
    took_ms: int
    queued_ms: int
    told_ms: int
    retry_ms: int
    replays: int


def endpoint_after(row: EndpointRow | None, fact: Fact, time_ms: int) -> EndpointRow | None:
    """The endpoint after the fact; None where it was never set."""
    if isinstance(fact, WebhookSet):
        return _set(row, fact, time_ms)
    if row is None:
        return None
    match fact:
        case WebhookVerified():
            return row._replace(state="enabled", code="", failing_ms=0)
        case WebhookVerifying():
            return row._replace(state="unverified", code="")
        case WebhookVerificationFailed():
            return row._replace(code=fact.code)
        case WebhookSecretRotated():
            return row._replace(old_until_ms=fact.old_until_ms)
        case WebhookDisabled():
            state = "barred" if fact.code == "OPERATOR" else "disabled"
            return row._replace(state=state, code=fact.code, reason=fact.reason or "")
        case WebhookAllowed() if row.state == "barred":
            return row._replace(state="disabled", code="", reason=fact.reason)
        case _:
            return _counted(row, fact, time_ms)


def _counted(row: EndpointRow, fact: Fact, time_ms: int) -> EndpointRow:
    """The endpoint, and how it stands with its messages."""
    match fact:
        case WebhookQueued():
            return row._replace(waiting=row.waiting + 1)
        case WebhookFailed():
            return row._replace(failing_ms=fact.since_ms, last_ms=time_ms)
        case WebhookDelivered():
            waiting, delivered = row.waiting - 1, row.delivered + 1
            row = row._replace(waiting=waiting, delivered=delivered)
            return row._replace(failing_ms=0, last_ms=time_ms)
        case WebhookExhausted():
            waiting, exhausted = row.waiting - 1, row.exhausted + 1
            row = row._replace(waiting=waiting, exhausted=exhausted)
            return row._replace(failing_ms=fact.since_ms, last_ms=time_ms)
        case _:
            return row


def message_after(
    row: MessageRow | None, fact: Fact, position: int, time_ms: int
) -> MessageRow | None:
    """The message after the fact; None where it was never queued."""
    if isinstance(fact, WebhookQueued):
        if row is not None:
            return row._replace(
                state="waiting", tries=0, status=0, code="", retry_ms=0, replays=row.replays + 1
            )
        said = fact.message
        return MessageRow(
            said.message_id, fact.endpoint_id, fact.account_id, position, said.event,
            said.order_id, said.body, "waiting", 0, 0, "", 0, time_ms, 0, 0, 0,
        )  # fmt: skip
    if row is None:
        return None
    match fact:
        case WebhookRetried():
            return row._replace(retry_ms=0)
        case WebhookFailed() | WebhookExhausted():
            last = isinstance(fact, WebhookExhausted)
            return row._replace(
                state="exhausted" if last else "failing", tries=fact.tries, status=fact.status,
                code=fact.code, took_ms=fact.took_ms, told_ms=time_ms,
                retry_ms=0 if isinstance(fact, WebhookExhausted) else fact.retry_ms,
            )  # fmt: skip
        case WebhookDelivered():
            return row._replace(
                state="delivered", tries=fact.tries, status=fact.status, code="",
                took_ms=fact.took_ms, told_ms=time_ms, retry_ms=0,
            )  # fmt: skip
        case _:
            return row


def outcome(fact: Fact) -> tuple[str, str, str] | None:
    """(request, account, code); an empty code says that it was done."""
    match fact:
        case WebhookRefused():
            return fact.request_id, fact.account_id, fact.code
        case (
            WebhookSet()
            | WebhookVerifying()
            | WebhookSecretRotated()
            | WebhookQueued()
            | WebhookDisabled()
            | WebhookAllowed()
        ) if fact.request_id:
            return fact.request_id, fact.account_id, ""
        case _:
            return None


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the gateway's facts."""
    mine = [each for each in landed if type(each.fact) in FOLLOWED]
    if not mine:
        return
    endpoints = await _endpoints(connection, mine)
    messages = await _messages(connection, mine)
    for fact, envelope, _ in mine:
        found: Any = fact
        time_ms = time_of(envelope.time)
        endpoint = endpoint_after(endpoints.get(found.endpoint_id), fact, time_ms)
        if endpoint is not None:
            endpoints[found.endpoint_id] = endpoint
        if isinstance(fact, AboutMessage):
            named = _named(fact)
            message = message_after(messages.get(named), fact, envelope.position, time_ms)
            if message is not None:
                messages[named] = message
        if answered := outcome(fact):
            await connection.execute(ATTEMPT, answered)
            changed[signals.request(answered[0])] = None
    for endpoint in endpoints.values():
        await connection.execute(SAVE, endpoint)
    for message in messages.values():
        await connection.execute(SAVE_MESSAGE, message)


async def _endpoints(
    connection: psycopg.AsyncConnection[Any], mine: Sequence[Landed]
) -> dict[str, EndpointRow]:
    named: set[str] = {getattr(each.fact, "endpoint_id", "") for each in mine}
    found = await connection.execute(ENDPOINTS, (sorted(named),), binary=True)
    return {row[0]: EndpointRow(*row) for row in await found.fetchall()}


async def _messages(
    connection: psycopg.AsyncConnection[Any], mine: Sequence[Landed]
) -> dict[str, MessageRow]:
    named = {_named(each.fact) for each in mine if isinstance(each.fact, AboutMessage)}
    found = await connection.execute(MESSAGES, (sorted(named),), binary=True)
    return {row[0]: MessageRow(*row) for row in await found.fetchall()}


def _named(fact: AboutMessage) -> str:
    return fact.message.message_id if isinstance(fact, WebhookQueued) else fact.message_id


def _set(row: EndpointRow | None, fact: WebhookSet, time_ms: int) -> EndpointRow:
    was = row or EndpointRow(
        fact.endpoint_id, fact.account_id, fact.name, fact.url, [], "", "", "", time_ms, 0, 0, 0,
        0, 0, 0,
    )  # fmt: skip
    state = "unverified" if fact.verifying else "enabled"
    if not fact.enabled:
        state = "barred" if was.state == "barred" else "disabled"
    return was._replace(
        name=fact.name, url=fact.url, events=list(fact.events), state=state, code="", reason="",
        set_ms=time_ms, failing_ms=0,
    )  # fmt: skip
