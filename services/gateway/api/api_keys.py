"""Accounts make and end their own API keys (F3)."""

import hmac
import time
from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.domain.api_keys import KEYS_MAX
from services.gateway.door.access import Asking, api_key_purpose
from services.gateway.door.api_keys import KeyRow
from services.gateway.door.requests import Answer
from services.gateway.projections.queries import ATTEMPT
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import IssueApiKey, RevokeApiKey
from shared.kernel import ids

from .asking import customer, door_of
from .auth import SESSION_MS
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of, wait_of
from .outcomes import outcome
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, Shape
from .webhook_shapes import NothingMore

FRESH_MS_MAX: Final = 900_000
"""Whoever makes a key has signed in as lately as this: a stolen session is not enough."""


class NewKey(Shape):
    """A key's name, for its owner."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class OwnKey(Shape):
    """A key."""

    key: str
    name: str
    issued_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None


class OwnKeys(Shape):
    """Those that sign first, the newest first."""

    items: list[OwnKey]
    next_cursor: None = None


class MadeKey(Shape):
    """A new key with its secret, which is told here and nowhere else."""

    key: str
    name: str
    secret: str


class RevokedKey(Shape):
    """A key that signs no more."""

    key: str


async def read_many(request: Request) -> Response:
    """The account's keys; their secrets are told once, when they are made."""
    asking = await customer(request)
    rows = await door_of(request).api_keys.of_account(asking.name)
    return json_answer({"items": [_told(row) for row in rows], "next_cursor": None})


async def make(request: Request) -> Response:
    """A key. Asked for again with the same Idempotency-Key, it and its secret are the same.

    Of keys that are asked for at once only ten come to sign: who waits is told which.
    """
    asking = await _fresh(request)
    new, door = await read_body(NewKey, request), door_of(request)
    request_id = request_id_of(request, asking)
    key_id = f"key-{ids.derive('own api key', request_id)}"
    rows = await door.api_keys.of_account(asking.name)
    alive = [row for row in rows if not row.revoked_ms and row.key_id != key_id]
    problem = "TOO_MANY_KEYS" if len(alive) >= KEYS_MAX else ""
    await once(request, asking, new, lambda: Answer(key_id, problem))
    text = f"api key\x1f{key_id}"
    secret = hmac.digest(door.secrets.own_key, text.encode(), "sha256").hex()
    command = IssueApiKey(
        key_id=key_id,
        account_id=asking.name,
        label=new.name,
        sealed_secret=door.secrets.own.seal(secret, api_key_purpose(key_id)),
        by=asking.name,
        level="retail",
    )
    await ask(request, command)
    found = await outcome(request, ATTEMPT, key_id, wait_of(request))
    if found is not None and found[1]:
        raise Problem("TOO_MANY_KEYS")
    made = {"key": key_id, "name": new.name, "secret": secret}
    return json_answer(made, 202 if found is None else 200)


async def revoke(request: Request) -> Response:
    """End a key, for ever. Other processes believe it until they have heard of it."""
    asking = await customer(request)
    if asking.kind != "buyer":
        raise Problem("SESSION_REQUIRED")
    said, key_id = await read_body(NothingMore, request), request.path_params["key_id"]
    rows = await door_of(request).api_keys.of_account(asking.name)
    if all(row.key_id != key_id for row in rows):
        raise Problem("NOT_FOUND")
    await once(request, asking, said, lambda: Answer(key_id))
    request_id = request_id_of(request, asking)
    command = RevokeApiKey(
        key_id=key_id, account_id=asking.name, request_id=request_id, by=asking.name
    )
    await ask(request, command)
    found = await outcome(request, ATTEMPT, request_id, wait_of(request))
    return json_answer({"key": key_id}, 202 if found is None else 200)


async def _fresh(request: Request) -> Asking:
    """A person who has signed in just now; raises SIGN_IN_AGAIN or SESSION_REQUIRED."""
    asking = await customer(request)
    if asking.kind != "buyer":
        raise Problem("SESSION_REQUIRED")
    opened_ms = asking.expires_ms - SESSION_MS
    if time.time_ns() // 1_000_000 - opened_ms > FRESH_MS_MAX:
        raise Problem("SIGN_IN_AGAIN")
    return asking


def _told(row: KeyRow) -> dict[str, str]:
    found = {"key": row.key_id, "name": row.label, "issued_at": rfc3339(row.issued_ms)}
    if row.used_ms:
        found["last_used_at"] = rfc3339(row.used_ms)
    if row.revoked_ms:
        found["revoked_at"] = rfc3339(row.revoked_ms)
    return found


ROUTES: Final = (
    Route("GET", "/v1/api-keys", read_many, "我的 API 密钥 · My API keys", "customer",
          answer=OwnKeys),
    Route("POST", "/v1/api-keys", make, "创建 API 密钥 · Make an API key", "customer", NewKey,
          MadeKey, 202, once=True),
    Route("POST", "/v1/api-keys/{key_id}/revoke", revoke, "停用 API 密钥 · Revoke an API key",
          "customer", NothingMore, RevokedKey, 202, once=True),
)  # fmt: skip
