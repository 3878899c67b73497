"""Who is asking, found out before anything else is looked at."""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request

from services.gateway.door.access import Asking, Denied, Kind
from services.gateway.door.door import Door
from services.gateway.door.limits import Limiter, TooFast
from shared.contracts.gateway import Role
from shared.security.signatures import Signed

from .cookies import session_cookie
from .problems import Problem

BEARER: Final = "bearer "
KEY_LENGTH_MAX: Final = 100


def door_of(request: Request) -> Door:
    """The parts of this process's door."""
    found: Door = request.app.state.door
    return found


async def customer(request: Request) -> Asking:
    """A buyer with a session, or a reseller who signed the request."""
    door = door_of(request)
    headers = request.headers
    key_id = headers.get("x-kameng-key")
    try:
        if key_id is not None:
            signed = Signed(
                headers.get("x-kameng-timestamp", ""),
                headers.get("x-kameng-nonce", ""),
                headers.get("x-kameng-signature", ""),
            )
            asking = await door.access.by_signature(
                key_id[:KEY_LENGTH_MAX], signed, request.method, target(request),
                await request.body(),
            )  # fmt: skip
        else:
            asking = await door.access.by_token(token_of(request, "buyer"), "buyer")
    except Denied as denied:
        raise Problem(denied.code) from None
    spend(door.limits.requests, asking.who)
    if asking.key_id:
        spend(door.limits.keys, asking.key_id)
    return asking


async def lasts(request: Request, asking: Asking) -> bool:
    """Whether what a customer was let in by still counts: asked of what lasts longer."""
    access = door_of(request).access
    if asking.key_id:
        return await access.signs(asking.key_id)
    try:
        await access.by_token(token_of(request, "buyer"), "buyer")
    except Denied:
        return False
    return True


def operator(*roles: Role) -> Callable[[Request], Awaitable[Asking]]:
    """An operator in one of these roles; an owner is in all of them."""

    async def found(request: Request) -> Asking:
        try:
            token = token_of(request, "operator")
            asking = await door_of(request).access.by_token(token, "operator")
        except Denied as denied:
            raise Problem(denied.code) from None
        if asking.role not in roles and asking.role != "owner":
            raise Problem("FORBIDDEN")
        spend(door_of(request).limits.requests, asking.who)
        return asking

    return found


def target(request: Request) -> str:
    """Path and query exactly as they were sent: what a signature is about."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def token_of(request: Request, kind: Kind) -> str:
    """A session's token: from the Authorization header, else a browser's cookie."""
    value = request.headers.get("authorization", "")
    if value[: len(BEARER)].lower() == BEARER:
        return value[len(BEARER) :].strip()
    token = "" if value else session_cookie(request, kind)
    if not token:
        raise Problem("AUTHENTICATION_REQUIRED")
    return token


def spend(limiter: Limiter, client: str, tokens: int = 1) -> None:
    """One more request of this client's. Raises the problem TOO_MANY_REQUESTS."""
    try:
        limiter.spend(client, time.monotonic(), tokens)
    except TooFast as fast:
        raise Problem("TOO_MANY_REQUESTS", retry_after_s=fast.retry_after_s) from None


def address(request: Request) -> str:
    """Where a request comes from: the address that connects, or what our own proxies saw."""
    peer = request.client.host if request.client else ""
    hops = door_of(request).forwarded_hops
    if not hops:
        return peer
    lines = request.headers.getlist("x-forwarded-for")
    seen = [each.strip() for line in lines for each in line.split(",")]
    return seen[-hops] if len(seen) >= hops else peer


Customer = Annotated[Asking, Depends(customer)]
Parts = Annotated[Any, Depends(door_of)]
