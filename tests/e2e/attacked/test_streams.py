"""A thousand watch: each hears what is its own, memory is bounded, nobody takes it all (G1)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psutil
import pytest

from services.gateway.settings import Settings

from .owned import SKU
from .people import Cast
from .sockets import Raw

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

EACH: Final = Settings().streams_max
WATCHERS: Final = 1_000
ACCOUNTS: Final = WATCHERS // EACH
MIB: Final = 1_048_576
MIB_OF_ONE_MAX: Final = 0.2
AT_ONCE: Final = 50
TOLD_S_MAX: Final = 60.0
OK: Final = b"HTTP/1.1 200 OK\r\n"
BUSY: Final = b"HTTP/1.1 429 Too Many Requests\r\n"


def door_of(cast: Cast) -> psutil.Process:
    listed = cast.shop.system.description["processes"]
    return psutil.Process(next(each["pid"] for each in listed if each["name"] == "gateway-api-1"))


async def watch(cast: Cast, token: str) -> tuple[bytes, Raw]:
    """A stream as it begins: how the door answers."""
    client = await Raw.open(cast.run["gateway"])
    head = f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    await client.say(head.encode())
    return await client.line(), client


@asynccontextmanager
async def watching(cast: Cast, tokens: list[str]) -> AsyncIterator[dict[str, list[Raw]]]:
    """As many streams of each account as it may have."""
    found: dict[str, list[Raw]] = {token: [] for token in tokens}
    wanted = [token for token in tokens for _ in range(EACH)]
    try:
        for at in range(0, len(wanted), AT_ONCE):
            some = wanted[at : at + AT_ONCE]
            answers = await asyncio.gather(*(watch(cast, token) for token in some))
            for token, (status, client) in zip(some, answers, strict=True):
                found[token].append(client)
                assert status == OK
        yield found
    finally:
        await asyncio.gather(*(each.close() for clients in found.values() for each in clients))


async def heard(client: Raw) -> dict[str, Any]:
    """The next event."""
    async with asyncio.timeout(TOLD_S_MAX):
        while not (line := await client.line()).startswith(b"data: "):
            assert line, "the door hung up"
    told: dict[str, Any] = json.loads(line[6:])
    return told


async def test_a_thousand_watch_and_each_hears_its_own_in_bounded_memory(cast: Cast) -> None:
    tokens = [await asyncio.to_thread(cast.sign_up) for _ in range(ACCOUNTS)]
    door = door_of(cast)
    before = door.memory_info().rss
    async with watching(cast, tokens) as streams:
        held = door.memory_info().rss
        status, more = await watch(cast, tokens[0])
        await more.close()
        assert status == BUSY
        cast.sessions["watcher"] = tokens[-1]
        line = {"sku": SKU, "quantity": 1, "unit_price": cast.price(SKU)}
        body = {"lines": [line], "pay_with": "wallet"}
        placed = await asyncio.to_thread(cast.told, "watcher", "POST", "/v1/orders", body)
        told = await asyncio.gather(*map(heard, streams[tokens[-1]]))
        assert {each["order_id"] for each in told} == {placed["order_id"]}
    of_one = (held - before) / MIB / WATCHERS
    print(f"{WATCHERS} streams: {of_one:.3f} MiB each, {held / MIB:.0f} MiB in all")
    assert of_one < MIB_OF_ONE_MAX


async def test_a_place_is_free_again_when_its_watcher_has_gone(cast: Cast) -> None:
    token = await asyncio.to_thread(cast.sign_up)
    async with watching(cast, [token]):
        pass
    async with asyncio.timeout(TOLD_S_MAX):
        while True:  # bounded by: TOLD_S_MAX
            status, client = await watch(cast, token)
            await client.close()
            if status == OK:
                return
            await asyncio.sleep(0.1)
