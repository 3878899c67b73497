"""Where somebody is signed in, and signing out there."""

import time
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Denied, Kind
from shared.contracts.envelope import rfc3339
from shared.contracts.gateway import Role
from shared.security.tokens import token_hash

from .asking import customer, door_of, operator, spend, token_of
from .auth import SESSION_MS
from .bodies import json_answer
from .cookies import drop_session
from .problems import Problem
from .routes import Route
from .shapes import Shape

HASH_DIGITS: Final = 64


class OpenSession(Shape):
    """One browser or program that is signed in."""

    session_id: str
    opened_at: str
    expires_at: str
    current: bool
    """Whether it is the one that asks."""


class OpenSessions(Shape):
    """All of them, the newest first."""

    items: list[OpenSession]
    next_cursor: None = None


class OperatorHere(Shape):
    """Whose session this is, and what they are."""

    user: str
    role: Role


async def read_many(request: Request) -> Response:
    """Where this account is signed in."""
    asking = await customer(request)
    mine = token_hash(token_of(request, "buyer"))
    now_ms = time.time_ns() // 1_000_000
    found = await door_of(request).access.sessions("buyer", asking.name, now_ms)
    items = [
        {
            "session_id": hashed.hex(),
            "opened_at": rfc3339(expires_ms - SESSION_MS),
            "expires_at": rfc3339(expires_ms),
            "current": hashed == mine,
        }
        for hashed, expires_ms in found
    ]
    return json_answer({"items": items, "next_cursor": None})


async def revoke(request: Request) -> Response:
    """End one of one's own sessions; other processes believe it for some seconds more."""
    asking, named = await customer(request), request.path_params["session_id"]
    known = len(named) == HASH_DIGITS and set(named) <= set("0123456789abcdef")
    access = door_of(request).access
    if not known or not await access.revoke("buyer", asking.name, bytes.fromhex(named)):
        raise Problem("NOT_FOUND")
    return Response(None, 204)


async def sign_out(request: Request) -> Response:
    """End the session that asks: also of whom we have blocked, who may nothing else."""
    door, token = door_of(request), token_of(request, "buyer")
    try:
        asking = await door.access.whose(token, "buyer")
    except Denied as denied:
        raise Problem(denied.code) from None
    spend(door.limits.requests, asking.who)
    return await _closed(request, "buyer")


async def who_operates(request: Request) -> Response:
    """Whose session this is: a page that was opened anew asks first."""
    asking = await operator(*get_args(Role))(request)
    return json_answer({"user": asking.name, "role": asking.role})


async def sign_out_operator(request: Request) -> Response:
    """End the operator's session that asks."""
    await operator(*get_args(Role))(request)
    return await _closed(request, "operator")


async def _closed(request: Request, kind: Kind) -> Response:
    await door_of(request).access.close(token_of(request, kind))
    answer = Response(None, 204)
    drop_session(answer, kind)
    return answer


ROUTES: Final = (
    Route("GET", "/v1/auth/sessions", read_many, "登录设备 · Where I am signed in", "customer",
          answer=OpenSessions),
    Route("DELETE", "/v1/auth/sessions/current", sign_out, "退出登录 · Sign out", "customer",
          status=204),
    Route("DELETE", "/v1/auth/sessions/{session_id}", revoke, "退出其他设备 · End a session",
          "customer", status=204),
    Route("GET", "/v1/admin/sessions/current", who_operates, "当前运营人员 · Who operates",
          "operator", answer=OperatorHere),
    Route("DELETE", "/v1/admin/sessions/current", sign_out_operator,
          "运营退出 · Sign an operator out", "operator", status=204),
)  # fmt: skip
