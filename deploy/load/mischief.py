"""The channels and suppliers of a running system, misbehaving for as long as it is wanted."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import httpx

from .beside import beside
from .running import Running

EVERY_S: Final = 2.0
STEPS: Final = 6
"""Calls that go wrong in that time, at most."""
UNKNOWN_MS: Final = 5_000
DELAY_MS: Final = 1_500

NOTICES: Final = (
    "duplicate", "wrong_amount", "wrong_currency", "other_order", "forge", "none", "lose",
)  # fmt: skip
CREATIONS: Final = ("down", "lose", "refuse")
REFUNDS: Final = ("down", "lose", "unknown")
TOP_UPS: Final = (
    "unknown", "timed_out", "out_of_stock", "product_maintenance", "wrong_account",
    "carrier_maintenance", "failed", "refuse", "lose", "duplicate",
)  # fmt: skip


@asynccontextmanager
async def mischief(running: Running, seed: int) -> AsyncIterator[None]:
    """Until this ends; then they behave."""
    twins: dict[str, str] = running.description["twins"]
    async with httpx.AsyncClient() as client:
        try:
            async with beside(_misbehave(client, twins, random.Random(seed))):
                yield
        finally:
            for name in ("payment", "supplier"):
                await _script(client, twins[name], [])


async def _misbehave(
    client: httpx.AsyncClient, twins: Mapping[str, str], dice: random.Random
) -> None:
    while True:  # bounded by: its task's cancellation
        await _script(client, twins["payment"], [_of_a_channel(dice) for _ in range(STEPS)])
        await _script(client, twins["supplier"], [_of_a_supplier(dice) for _ in range(STEPS)])
        await asyncio.sleep(EVERY_S)


def _of_a_channel(dice: random.Random) -> dict[str, Any]:
    on, ways = dice.choice((("notify", NOTICES), ("create", CREATIONS), ("refund", REFUNDS)))
    return {"on": on, "do": dice.choice(ways), "delay_ms": dice.choice((0, 0, DELAY_MS))}


def _of_a_supplier(dice: random.Random) -> dict[str, Any]:
    then = dice.choice(("done", "failed"))
    return {"do": dice.choice(TOP_UPS), "for_ms": UNKNOWN_MS, "then": then}


async def _script(client: httpx.AsyncClient, twin: str, steps: list[dict[str, Any]]) -> None:
    with suppress(httpx.TransportError):  # a busy twin is told the next time
        (await client.post(f"{twin}/script", json={"steps": steps})).raise_for_status()
