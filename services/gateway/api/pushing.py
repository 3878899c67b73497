"""Answers without an end (SSE): one client may have so many of them at once."""

from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from services.gateway.door.limits import Places, TooFast

from .problems import Problem

EVENTS: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def pushed(events: AsyncIterator[bytes]) -> Response:
    """These, as they come."""
    return StreamingResponse(events, media_type=EVENTS, headers=HEADERS)


def pushed_to(client: str, places: Places, events: AsyncIterator[bytes]) -> Response:
    """These, in one of the client's places. Raises the problem TOO_MANY_REQUESTS."""
    try:
        places.expect_one(client)
    except TooFast as fast:
        raise Problem("TOO_MANY_REQUESTS", retry_after_s=fast.retry_after_s) from None
    return pushed(_held(client, places, events))


async def _held(client: str, places: Places, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    with places.one(client):
        async for event in events:
            yield event
