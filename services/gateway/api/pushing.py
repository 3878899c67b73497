"""Answers without an end (SSE): one client may have so many of them at once."""

import time
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.gateway.door.access import Asking
from services.gateway.door.limits import Places, TooFast

from .asking import door_of, lasts
from .problems import Problem

LOOK_AGAIN_S: Final = 10.0
"""A stream ends so long after its session at most, a heartbeat and SESSION_AGE_S_MAX later."""
EVENTS: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def pushed(events: AsyncIterator[bytes]) -> Response:
    """These, as they come."""
    return StreamingResponse(events, media_type=EVENTS, headers=HEADERS)


def pushed_to(request: Request, asking: Asking, events: AsyncIterator[bytes]) -> Response:
    """These, in one of the customer's places. Raises the problem TOO_MANY_REQUESTS."""
    places = door_of(request).limits.streams
    try:
        places.expect_one(asking.name)
    except TooFast as fast:
        raise Problem("TOO_MANY_REQUESTS", retry_after_s=fast.retry_after_s) from None
    return pushed(_held(request, asking, places, events))


async def _held(
    request: Request, asking: Asking, places: Places, events: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Until the session, the key or the account that it was begun with counts no more.

    It is looked at before an event is told, and events, if only heartbeats, come every 15 s.
    """
    looked_s = time.monotonic()
    with places.one(asking.name):
        async for event in events:
            if time.monotonic() - looked_s > LOOK_AGAIN_S:
                if not await lasts(request, asking):
                    return
                looked_s = time.monotonic()
            yield event
