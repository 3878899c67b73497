"""The time, as the machine tells it."""

import asyncio
import time


class SystemClock:
    """The engine's clock port."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    async def sleep(self, wait_ms: float) -> None:
        """Let others run meanwhile."""
        await asyncio.sleep(wait_ms / 1000)
