"""Resellers who send files: batches through the HTTP door, one after the other, asked again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from .door import Reseller, resellers
from .people import signed_by
from .running import Running
from .shop import Shop
from .stocking import put_in

SKUS: Final = 4
SENDERS: Final = 6
PATH: Final = "/v1/batches"
LINES: Final = 24
"""Of one file: the last two are nothing that anybody could deliver."""
PAUSE_S: Final = 4.0
AGAIN_S: Final = 0.5
LOOKS_MAX: Final = 400
ANSWER_S_MAX: Final = 10.0
FEN: Final = 100


class ByTheFile:
    """What came of all their lines."""

    def __init__(self, running: Running, shop: Shop, people: Sequence[Reseller]) -> None:
        self._running, self._shop, self._people = running, shop, people
        self.files = 0
        self.lines: Counter[str] = Counter()
        """By the state in which the door shows them."""

    async def send(self, stop: asyncio.Event) -> None:
        """File after file until it is to stop; the last one is seen to its end."""
        async with httpx.AsyncClient(timeout=ANSWER_S_MAX) as client:
            while not stop.is_set():
                who = self._people[self.files % len(self._people)]
                if found := await self._one(client, who, f"file-{self.files}"):
                    self.files += 1
                    self.lines.update(found["counts"])
                await asyncio.sleep(PAUSE_S)

    async def _one(
        self, client: httpx.AsyncClient, who: Reseller, key: str
    ) -> dict[str, Any] | None:  # fmt: skip
        body = self._file(key)
        begun = await self._insist(client, who, "POST", PATH, body, key)
        if begun is None:
            return None
        for _ in range(LOOKS_MAX):
            found = await self._insist(client, who, "GET", f"{PATH}/{begun['batch_id']}")
            if found is None or found["state"] != "running":
                return found
            await asyncio.sleep(AGAIN_S)
        return None

    def _file(self, key: str) -> bytes:
        price = f"{self._shop.price // FEN}.{self._shop.price % FEN:02}"
        skus = self._shop.skus
        good = [f"{skus[n % len(skus)]},1,{price},,{key} {n}" for n in range(LINES - 2)]
        bad = [f"{skus[0]},none,{price},,{key} none", f"nowhere,1,{price},,{key} nowhere"]
        return "\r\n".join(("sku,quantity,unit_price,target,reference", *good, *bad)).encode()

    async def _insist(
        self, client: httpx.AsyncClient, who: Reseller, method: str, path: str,
        body: bytes = b"", key: str = "",
    ) -> dict[str, Any] | None:  # fmt: skip
        """The door's answer; None where it never gives one."""
        for _ in range(LOOKS_MAX):
            headers = signed_by(who.key_id, who.secret, method, path, body)
            headers |= {"Content-Type": "text/csv"} | ({"Idempotency-Key": key} if key else {})
            try:
                url = self._running.description["gateway"] + path
                answer = await client.request(method, url, content=body, headers=headers)
            except (httpx.HTTPError, OSError):
                answer = None
            if answer is not None and answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            await asyncio.sleep(AGAIN_S)
        return None


@asynccontextmanager
async def sending(running: Running, name: str, lines: int) -> AsyncIterator[ByTheFile]:
    """Files are sent until this ends; there are cards for so many lines."""
    shop = Shop(name, SKUS, SENDERS)
    await put_in(running, shop, dict.fromkeys(shop.skus, max(LINES, lines // SKUS)))
    files, stop = ByTheFile(running, shop, await resellers(running, shop, SENDERS)), asyncio.Event()
    task = asyncio.create_task(files.send(stop))
    try:
        yield files
    finally:
        stop.set()
        await task
