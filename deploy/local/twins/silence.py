"""How a twin keeps silent."""

import asyncio

from starlette.requests import Request

SILENCE_S_MAX = 120.0


async def until_gone(request: Request) -> None:
    """Keep silent until the caller has given up."""
    try:
        async with asyncio.timeout(SILENCE_S_MAX):
            while (await request.receive())["type"] != "http.disconnect":
                continue
    except TimeoutError:
        return
