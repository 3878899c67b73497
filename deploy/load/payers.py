"""Buyers who pay on the channel's page as soon as there is one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from shared.contracts.charges import OrderPayable

from .following import Follower

AT_ONCE: Final = 16
"""Pages that are open at the same time."""
TRIES_MAX: Final = 20
AGAIN_S: Final = 0.5
ANSWER_S_MAX: Final = 10.0


class Payers:
    """All buyers of a shop that is paid at a channel."""

    def __init__(self, follower: Follower) -> None:
        self._pages = asyncio.Queue[str]()  # bounded by: the orders under way
        self.paid = self.given_up = 0
        follower.hear(OrderPayable, self._payable)

    def _payable(self, fact: OrderPayable) -> None:
        self._pages.put_nowait(fact.pay_url)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Payers"]:
        """They pay until this ends."""
        async with httpx.AsyncClient(timeout=ANSWER_S_MAX) as client:
            tasks = [asyncio.create_task(self._run(client)) for _ in range(AT_ONCE)]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, client: httpx.AsyncClient) -> None:
        while True:  # bounded by: its task's cancellation
            page = await self._pages.get()
            if await _pay(client, page):
                self.paid += 1
            else:
                self.given_up += 1


async def _pay(client: httpx.AsyncClient, page: str) -> bool:
    """Press the button, again where nobody answers."""
    for _ in range(TRIES_MAX):
        try:
            answer = await client.post(page)
        except httpx.HTTPError:
            await asyncio.sleep(AGAIN_S)
            continue
        return answer.is_success
    return False
