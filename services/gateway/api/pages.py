"""Lists in pages: an opaque cursor, no offsets, no totals."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request

from .problems import Problem

LIMIT: Final = 20
LIMIT_MAX: Final = 100
CURSOR_LENGTH_MAX: Final = 400


def limit_of(request: Request) -> int:
    """Items wanted, 1 to 100; 20 unless said."""
    text = request.query_params.get("limit", str(LIMIT))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LIMIT_MAX:
        error = {"pointer": "?limit", "code": "out_of_range", "detail": f"1–{LIMIT_MAX}"}
        raise Problem("BAD_REQUEST", errors=[error])
    return int(text)


def cursor_of(request: Request, shape: type[Any]) -> Any:
    """What the last page said, as this tuple; None on the first page."""
    text = request.query_params.get("cursor")
    if not text:
        return None
    try:
        if len(text) > CURSOR_LENGTH_MAX:
            raise Problem("BAD_CURSOR")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=shape)
    except (ValueError, msgspec.MsgspecError):
        raise Problem("BAD_CURSOR") from None


def state_of(request: Request, states: Sequence[str]) -> str:
    """The state that is asked for; the first of them unless said."""
    state = request.query_params.get("state", states[0])
    if state not in states:
        error = {"pointer": "?state", "code": "unknown", "detail": ", ".join(states)}
        raise Problem("BAD_REQUEST", errors=[error])
    return state


def page(items: list[Any], cursors: list[tuple[Any, ...]], limit: int) -> dict[str, Any]:
    """At most ``limit`` of the items; one more than that was read to know whether it goes on."""
    following = packed(cursors[limit - 1]) if len(items) > limit else None
    return {"items": items[:limit], "next_cursor": following}


def packed(cursor: tuple[Any, ...]) -> str:
    """A cursor as clients carry it; the opposite of cursor_of()."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()
