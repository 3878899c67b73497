"""The outermost layer: bounds on what comes in, a trace id for each request, safe headers out."""

import re
import secrets
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.instruments import ANSWER, REQUESTS

TRACEPARENT: Final = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
TRACE_BYTES: Final = 16
SAMPLED: Final = 1
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
BODY_BYTES_MAX: Final = 262_144
IMPORT_BYTES_MAX: Final = 33_554_432
"""100,000 lines of some 300 bytes."""
BATCH_BYTES_MAX: Final = 8_388_608
"""10,000 lines of some 800 bytes."""
BATCH_PATH: Final = "/v1/batches"
IMPORT_PATH: Final = re.compile(r"/v1/admin/stock/[^/]+/imports")
SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class BodyTooLarge(Exception):
    """More has come than this path takes."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"over {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class Edge:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, bounded and named."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _trace(scope)
        began_s = time.perf_counter()
        limit_bytes, got_bytes = _limit_bytes(scope["path"]), 0

        async def bounded() -> Message:
            nonlocal got_bytes
            message = await receive()
            got_bytes += len(message.get("body", b""))
            if got_bytes > limit_bytes:
                raise BodyTooLarge(limit_bytes)
            return message

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                _measure(scope, message["status"], time.perf_counter() - began_s)
                message["headers"] = [*message["headers"], *SAFE]
            await send(message)

        await self._app(scope, bounded, safe)


def _limit_bytes(path: str) -> int:
    if path == BATCH_PATH:
        return BATCH_BYTES_MAX
    return IMPORT_BYTES_MAX if IMPORT_PATH.fullmatch(path) else BODY_BYTES_MAX


def _trace(scope: Scope) -> None:
    """The caller's trace id, where it has one, and its span where that is sampled; else fresh."""
    for name, value in scope["headers"]:
        if name == b"traceparent" and (found := TRACEPARENT.fullmatch(value)):
            scope["trace_id"] = found[1].decode()
            if int(found[3], 16) & SAMPLED:
                scope["parent_id"] = found[2].decode()
            return
    scope["trace_id"] = secrets.token_hex(TRACE_BYTES)


def _measure(scope: Scope, status: int, seconds: float) -> None:
    """By the route's own path, so that ids in paths make no series of their own."""
    route = scope["path"] if scope.get("lean") else getattr(scope.get("route"), "path", "other")
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    ANSWER.labels(route).observe(seconds)
