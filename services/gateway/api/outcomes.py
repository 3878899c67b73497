"""Holding an answer until the read models know what became of a request."""

import asyncio
from typing import Any, Final

from starlette.requests import Request

from services.gateway.projections import signals

from .asking import door_of

LOOK_EVERY_S: Final = 2.0


async def outcome(
    request: Request, query: str, request_id: str, wait_s: float
) -> tuple[Any, ...] | None:
    """The row that this query of queries.py finds, as soon as there is one; None in no time."""
    door, loop = door_of(request), asyncio.get_running_loop()
    end_s = loop.time() + wait_s
    async with door.listener.watch(signals.request(request_id)) as bell:
        while True:  # bounded by: wait_s
            found = await door.read.answer(query, request_id)
            left_s = end_s - loop.time()
            if found is not None or left_s <= 0:
                return found
            await bell.wait(min(LOOK_EVERY_S, left_s))
