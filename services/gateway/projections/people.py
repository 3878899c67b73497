"""Who may come in: accounts, sign-in attempts, API keys, operators; from the gateway's facts."""

from collections.abc import Sequence
from typing import Any, Final, assert_never

import psycopg

from shared.contracts.gateway import (
    AccountOpened,
    ApiKeyIssued,
    ApiKeyRefused,
    ApiKeyRevoked,
    OperatorAdded,
    SignedIn,
    SignInRefused,
)
from shared.contracts.message import Fact
from shared.shards.views import Landed

from . import signals
from .moments import time_of
from .signals import Signals

Followed = (
    AccountOpened | SignedIn | SignInRefused | ApiKeyIssued | ApiKeyRefused | ApiKeyRevoked
    | OperatorAdded
)  # fmt: skip
FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({
    AccountOpened, SignedIn, SignInRefused, ApiKeyIssued, ApiKeyRefused, ApiKeyRevoked,
    OperatorAdded,
})  # fmt: skip

ACCOUNT: Final = "insert into account_view values (%s, %s, %s) on conflict do nothing"
ATTEMPT: Final = "insert into attempt_view values (%s, %s, %s) on conflict do nothing"
API_KEY: Final = """
with made as (
    insert into api_key_view values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing
)
insert into attempt_view values (%s, %s, '') on conflict do nothing
"""
REVOKED: Final = """
with ended as (update api_key_view set revoked_ms = %s, revoked_by = %s where key_id = %s)
insert into attempt_view values (%s, %s, '') on conflict do nothing
"""
OPERATOR: Final = """
insert into operator_view (operator, role, password_hash, sealed_totp, added_ms)
values (%s, %s, %s, %s, %s)
on conflict (operator) do update
set role = excluded.role, password_hash = excluded.password_hash,
    sealed_totp = excluded.sealed_totp, added_ms = excluded.added_ms
"""


def statement(fact: Followed, time_ms: int) -> tuple[str, tuple[object, ...]]:
    """The row that a fact makes: people come in one at a time, far from an order's path."""
    match fact:
        case AccountOpened():
            return ACCOUNT, (fact.account_id, fact.sign_in_id, time_ms)
        case SignedIn():
            return ATTEMPT, (fact.attempt_id, fact.account_id, "")
        case SignInRefused():
            return ATTEMPT, (fact.attempt_id, "", fact.code)
        case ApiKeyIssued():
            row = (fact.key_id, fact.account_id, fact.label, fact.sealed_secret, fact.by, time_ms)
            return API_KEY, (*row, fact.level or "member", fact.key_id, fact.account_id)
        case ApiKeyRefused():
            return ATTEMPT, (fact.key_id, fact.account_id, fact.code)
        case ApiKeyRevoked():
            return REVOKED, (time_ms, fact.by, fact.key_id, fact.request_id, fact.account_id)
        case OperatorAdded():
            return OPERATOR, (
                fact.operator, fact.role, fact.password_hash, fact.sealed_totp, time_ms,
            )  # fmt: skip
        case _ as never:
            assert_never(never)


def wakes(fact: Followed) -> tuple[str, ...]:
    """Whom the fact wakes."""
    match fact:
        case SignedIn() | SignInRefused():
            return (signals.request(fact.attempt_id),)
        case ApiKeyIssued():
            return (signals.ACCESS, signals.request(fact.key_id))
        case ApiKeyRefused():
            return (signals.request(fact.key_id),)
        case ApiKeyRevoked():
            return (signals.ACCESS, signals.request(fact.request_id))
        case OperatorAdded():
            return (signals.ACCESS,)
        case AccountOpened():
            return ()
        case _ as never:
            assert_never(never)


async def project(
    connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed], changed: Signals
) -> None:
    """Apply a batch of the gateway's facts."""
    for fact, envelope, _ in landed:
        if isinstance(fact, Followed):
            text, row = statement(fact, time_of(envelope.time))
            await connection.execute(text.encode(), row)
            changed.update(dict.fromkeys(wakes(fact)))
