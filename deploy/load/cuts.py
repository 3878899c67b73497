"""The network between one worker and the broker goes; everybody else's stays."""

import asyncio
import time
from typing import Final, Literal

from deploy.local.refusal import Refusal

from .detour import Detour
from .faults import WORK_S, Fault, ask_scale
from .running import Running
from .takeovers import TakeOvers

TAKEN_S_MAX: Final = 30.0
POLL_S: Final = 0.1

Way = Literal["stalled", "dropped"]


def cut(unit: str, way: Way) -> Fault:
    """Of two workers one loses the broker until the other has all shards, and comes back."""

    async def done(running: Running) -> float:
        async with Detour(running.description["kafka"]["detour"]) as detour:
            await ask_scale(running, unit, 2, detour=True)
            await asyncio.sleep(WORK_S)
            if not detour.connections:
                raise Refusal(f"{unit}-2 does not take the detour.")
            told, struck_s = TakeOvers(running, unit), time.time()
            if way == "stalled":
                detour.stall()
            else:
                detour.drop()
            await _taken(told, f"{unit}-1", running.partitions)
            await asyncio.sleep(WORK_S)
            detour.heal()
            await _taken(told, f"{unit}-2", 1)
            await asyncio.sleep(WORK_S)
            await ask_scale(running, unit, 1)
        return struck_s

    return Fault(done, unit)


async def _taken(told: TakeOvers, process: str, shards_min: int) -> None:
    """Wait until this worker has taken over so many shards at once."""
    deadline_s = time.monotonic() + TAKEN_S_MAX
    while True:  # bounded by: TAKEN_S_MAX
        news = [each for each in told.news() if each.process == process]
        if any(len(each.shards) >= shards_min for each in news):
            return
        if time.monotonic() > deadline_s:
            raise Refusal(f"{process} has not taken over in {TAKEN_S_MAX:.0f} s.")
        await asyncio.sleep(POLL_S)
