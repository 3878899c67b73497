"""What is too large or too slow ends at the door, and nobody else waits for it (G1, G3)."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import httpx
import pytest

from shared.runtime.connections import BODY_S_MIN, HEAD_BYTES_MAX, HEAD_S_MAX, UNREAD_S_MAX

from .people import Cast
from .sockets import Raw

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SLOW: Final = 40
"""Of each kind of slow client."""
LATE_S: Final = 60.0
"""So much later than its time a client may be cut off on a busy machine."""
PATIENCE_S: Final = 10.0
BODY_BYTES_MAX: Final = 262_144
GET: Final = b"GET /v1/categories HTTP/1.1\r\nHost: x\r\n"
LARGE: Final = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
POST: Final = (
    b"POST /v1/auth/codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n"
)


@pytest.mark.parametrize("sku", ["卡", "a%0D%0ASet-Cookie:%20x=y", "%22;%20x=%22", "a" * 101])
def test_what_can_be_no_sku_is_not_there_and_no_bug(cast: Cast, sku: str) -> None:
    path = f"/v1/admin/stock/{sku}/imports"
    headers = {**cast.headers("stock", "POST", path), "Content-Type": "text/plain"}
    for query in ("", "?preview=1"):
        answer = cast.client.post(path + query, content=b"CARD-1", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X-Long: " + b"a" * HEAD_BYTES_MAX + b"\r\n\r\n",
        GET + b"X-Many: a\r\n" * (HEAD_BYTES_MAX // 10) + b"\r\n",
        b"GET /v1/categories?" + b"a" * HEAD_BYTES_MAX,
    ],
    ids=["one long header", "many headers", "a long address"],
)
async def test_headers_without_end_are_turned_away(cast: Cast, head: bytes) -> None:
    client = await Raw.open(cast.run["gateway"])
    for at in range(0, len(head), 8_192):
        await client.say(head[at : at + 8_192])
        await asyncio.sleep(0.01)
    assert await client.line() in {b"HTTP/1.1 431 Request Header Fields Too Large\r\n", b""}
    assert await client.ended()
    await client.close()


def test_a_body_is_turned_away_at_its_limit_wherever_it_goes(cast: Cast) -> None:
    document = cast.client.get("/openapi.json").json()
    takers = [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in ("post", "put", "patch")
        if "application/json" in item.get(method, {}).get("requestBody", {}).get("content", {})
        and path != "/v1/batches"
    ]
    assert takers
    for method, path in takers:
        who = "owner" if "/admin/" in path else "bob"
        status, text = cast.ask(who, method, path, {"a": "x" * BODY_BYTES_MAX})
        before_it = 404 if "{" in path else 413  # what is not there needs no body
        assert status in {413, before_it}, (method, path, status, text)


Client = Callable[[Raw], Coroutine[Any, Any, None]]


async def silent(client: Raw) -> None:
    await client.ended()


async def slow_headers(client: Raw) -> None:
    """One header a second, and no end of them."""
    await client.say(GET)
    while await client.say(b"X-Slow: yes\r\n"):
        await asyncio.sleep(1)


async def slow_body(client: Raw) -> None:
    """One byte a second of a hundred thousand."""
    await client.say(POST)
    while await client.say(b" "):
        await asyncio.sleep(1)


async def unread(client: Raw) -> None:
    """Asks for a great deal, and takes none of it."""
    await client.say(LARGE * 200)
    while await client.say(LARGE):
        await asyncio.sleep(1)


async def one(kind: Client, url: str) -> None:
    """Until the door hangs up."""
    client = await Raw.open(url)
    try:
        await kind(client)
    finally:
        await client.close()


async def test_slow_clients_are_cut_off_and_others_are_served_meanwhile(cast: Cast) -> None:
    url, took = cast.run["gateway"], []
    kinds = {silent: HEAD_S_MAX, slow_headers: HEAD_S_MAX, slow_body: BODY_S_MIN}
    kinds[unread] = UNREAD_S_MAX
    async with httpx.AsyncClient(base_url=url) as client:

        async def cut_off(kind: Client, s_max: float) -> float:
            """When the last of its kind was."""
            began_s = time.monotonic()
            async with asyncio.timeout(s_max + LATE_S), asyncio.TaskGroup() as group:
                for _ in range(SLOW):
                    group.create_task(one(kind, url))
            return time.monotonic() - began_s

        async def others() -> None:
            while True:  # bounded by: cancelled when the slow ones are gone
                began_s = time.monotonic()
                answer = await client.get("/v1/categories", timeout=PATIENCE_S)
                assert answer.status_code == 200, answer.text
                took.append(time.monotonic() - began_s)
                await asyncio.sleep(0.1)

        behaved = asyncio.create_task(others())
        cut = await asyncio.gather(*(cut_off(kind, s_max) for kind, s_max in kinds.items()))
        assert not behaved.done(), behaved
        behaved.cancel()
    took.sort()
    names = [kind.__name__ for kind in kinds]
    print(
        f"cut off after {[f'{n} {s:.0f} s' for n, s in zip(names, cut, strict=True)]}; "
        f"{len(took)} others: p50 {took[len(took) // 2] * 1000:.0f} ms, "
        f"longest {took[-1] * 1000:.0f} ms"
    )
