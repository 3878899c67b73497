"""What the shelf shows has changed, pushed (SSE) to whoever looks at it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.door import Door
from services.gateway.door.listening import TooManyWait
from services.gateway.door.shelf import SHELF

from .asking import door_of
from .pushing import EVENTS, pushed
from .routes import Route

HEARTBEAT_S: Final = 15.0
STREAM_S_MAX: Final = 3_600.0
RETRY_MS: Final = 2_000


async def stream(request: Request) -> Response:
    """The ids of products that are shown otherwise now; none named: look at all of them again."""
    return pushed(_events(door_of(request)))


async def _events(door: Door) -> AsyncIterator[bytes]:
    """The bell is taken before the first look: nothing falls between."""
    clock = asyncio.get_running_loop().time
    end_s = clock() + STREAM_S_MAX
    yield b"retry: %d\n: connected\n\n" % RETRY_MS
    try:
        async with door.listener.watch(SHELF) as bell:
            number = door.shelf.number
            while not door.closing.is_set() and clock() < end_s:
                rang = await bell.wait(HEARTBEAT_S)
                changed = door.shelf.since(number)
                number = door.shelf.number
                if changed is not None:
                    said = msgspec.json.encode({"products": sorted(changed)})
                    yield b"event: shelf\ndata: %s\n\n" % said
                elif not rang:
                    yield b": still here\n\n"
    except TooManyWait:
        return


ROUTES: Final = (
    Route("GET", "/v1/shelf/stream", stream, "库存与价格推送 (SSE) · The shelf's changes, pushed",
          "anyone", answer=EVENTS),
)  # fmt: skip
