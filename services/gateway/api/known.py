"""What is asked about something has to be about something that there is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from .problems import Problem

LOOKS_MAX: Final = 8
LOOK_EVERY_S: Final = 0.25
"""What was made a moment ago is seen within these looks: a view lags by less."""


async def known(there: Callable[[], Awaitable[bool]], code: str) -> None:
    """Go on as soon as it is there; raises the problem that it is not."""
    for _ in range(LOOKS_MAX):
        if await there():
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise Problem(code)
