"""A service of the running system stands still, then runs in as many processes as before."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

from deploy.local import runfile
from deploy.local.control import ask
from deploy.local.folder import of_checkout
from deploy.local.units import UNITS

WRITING: Final = frozenset({"worker", "views"})
"""Roles that write a service's tables; its door only reads them, or waits."""


@asynccontextmanager
async def paused(service: str) -> AsyncIterator[None]:
    """Its workers and followers are stopped until the block ends."""
    names = [u.name for u in UNITS if u.service == service and u.role in WRITING]
    async with standing_still(names):
        yield


@asynccontextmanager
async def standing_still(units: Iterable[str]) -> AsyncIterator[None]:
    """These units have no process until the block ends."""
    running = _running()
    counts = {name: running[name] for name in units if running[name]}
    for name in counts:
        await asyncio.to_thread(_scale, name, 0)
    try:
        yield
    finally:
        for name, count in counts.items():
            await asyncio.to_thread(_scale, name, count)


def _running() -> Counter[str]:
    described = _description()["processes"]
    return Counter(each["name"].rpartition("-")[0] for each in described)


def _scale(unit: str, count: int) -> None:
    control = _description()["control"]
    ask(control["port"], control["token"], do="scale", unit=unit, count=count)


def _description() -> dict[str, Any]:
    return runfile.read(of_checkout().run_file)
