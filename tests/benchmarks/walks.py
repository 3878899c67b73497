"""The wallet walk under load: in bulk, through the door, and at a steady rate."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import psutil

from deploy.load.door import resellers, visit
from deploy.load.load import Load, loading
from deploy.load.measuring import Cpu, memory_mib, percentile
from deploy.load.payers import Payers
from deploy.load.running import Running
from deploy.load.shop import Shop
from deploy.load.stocking import put_in, receive
from deploy.local.refusal import Refusal
from shared.contracts.orders import Seen

BUYERS: Final = 8_000
SKUS: Final = 60
WARM_S: Final = 5.0
FILL_S: Final = 5.0
WARM_CARDS: Final = 500
SPARE: Final = 1.6
"""Cards put in for each that is expected to be sold."""
RESELLERS: Final = 64
DOOR_BACKLOG_ORDERS_MAX: Final = 2_000
OTHER_GOODS: Final = 4_000
"""Of each SKU of the other shops."""
OTHER_BACKLOG_ORDERS_MAX: Final = 200
OTHER_BATCH_ORDERS: Final = 20
SETTLE_S_MAX: Final = 120.0
MS: Final = 1_000


@dataclass(frozen=True)
class Walked:
    """One run."""

    per_s: float
    """Orders come to rest a second while they were being placed."""
    orders: int
    waits_ms: tuple[float, float, float]
    """p50, p95, p99 from appended to delivered read."""
    cpu_us: dict[str, float]
    busy: float
    """Share of the machine that these processes used."""
    answers_ms: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """p50, p95, p99 from asked to answered, where the door was asked."""


@dataclass
class Walks:
    """A stocked shop on a running system, and the orders from it."""

    running: Running
    shop: Shop
    seen: dict[str, Seen]
    load: Load
    placed: int = 0
    cards_of_sku: int = WARM_CARDS

    async def stock(self, orders: float) -> None:
        """Have cards for so many more orders, and some to spare."""
        left = self.cards_of_sku - self.placed / SKUS
        more = max(1, int(orders * SPARE / SKUS - left))
        wanted = dict.fromkeys(self.shop.skus, more)
        await receive(self.running, self.shop, wanted, self.cards_of_sku)
        self.cards_of_sku += more

    async def bulk(self, s_max: float) -> Walked:
        """As fast as it goes."""
        orders = self.shop.orders(self.seen, first=self.placed)
        self.placed += await self.load.flood(orders, FILL_S)  # until orders come out as they go in

        async def flood() -> None:
            self.placed += await self.load.flood(orders, s_max)

        return await self._measured(flood)

    async def trickled(self, s_max: float) -> Walked:
        """As fast as it goes with few under way."""
        orders = self.shop.orders(self.seen)

        async def flood() -> None:
            backlog_max, batch = OTHER_BACKLOG_ORDERS_MAX, OTHER_BATCH_ORDERS
            self.placed += await self.load.flood(orders, s_max, backlog_max, batch)

        return await self._measured(flood)

    async def steady(self, per_s: int, s_max: float) -> Walked:
        """At a rate."""

        async def trickle() -> None:
            orders = self.shop.orders(self.seen, first=self.placed)
            self.placed += await self.load.steady(islice(orders, int(per_s * s_max)), per_s)

        return await self._measured(trickle)

    async def through_the_door(self, s_max: float) -> Walked:
        """One signed order a request, as fast as the door takes them."""
        people = await resellers(self.running, self.shop, RESELLERS)
        await asyncio.sleep(WARM_S)  # the door reads new keys from its own projection
        door_url = self.running.description["gateway"]
        answers_s: list[float] = []

        async def order() -> None:
            visited = await visit(
                door_url, people, self.shop.skus, self.load.follower, s_max,
                DOOR_BACKLOG_ORDERS_MAX,
            )  # fmt: skip
            if visited.refused:
                raise Refusal(f"The door refused {visited.refused} orders.")
            answers_s.extend(visited.answers_s)

        walked = await self._measured(order)
        return replace(walked, answers_ms=_percentiles_ms(answers_s))

    async def _measured(self, run: Callable[[], Awaitable[None]]) -> Walked:
        follower = self.load.follower
        follower.waits_s.clear()
        before, began_s = follower.resting, time.monotonic()
        cpu = Cpu({**self.running.processes(), "load": psutil.Process()})
        await run()
        orders, took_s = follower.resting - before, time.monotonic() - began_s
        cpu_us, used_s = cpu.per_order_us(orders), sum(cpu.used_s().values())
        if not await follower.settle(SETTLE_S_MAX):
            raise Refusal(f"{len(follower.placed_s)} orders have not come to rest.")
        if not follower.waits_s:
            raise Refusal("Nothing was delivered: there were too few cards for this run.")
        busy = used_s / took_s / (psutil.cpu_count() or 1)
        return Walked(orders / took_s, orders, _percentiles_ms(follower.waits_s), cpu_us, busy)

    def memory_mib(self) -> dict[str, float]:
        """Resident memory of every process."""
        return {name: memory_mib(process) for name, process in self.running.processes().items()}


def _percentiles_ms(waits_s: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    p50, p95, p99 = (percentile(waits_s, part) * MS for part in (50, 95, 99))
    return p50, p95, p99


async def other_walk(walks: Walks, shop: Shop, s_max: float) -> Walked:
    """Of another shop on the same system, not more under way at once than the outside takes."""
    seen = await put_in(walks.running, shop, dict.fromkeys(shop.skus, OTHER_GOODS))
    other = Walks(walks.running, shop, seen, walks.load)
    async with Payers(walks.load.follower).at_work():
        return await other.trickled(s_max)


async def with_walks(running: Running, run: Callable[[Walks], Awaitable[Any]]) -> Any:
    """Put a shop in and warm everything up first: a broker that has just started is slow."""
    shop = Shop("bench", SKUS, BUYERS)
    seen = await put_in(running, shop, dict.fromkeys(shop.skus, WARM_CARDS))
    async with loading(running) as load:
        walks = Walks(running, shop, seen, load)
        await walks.bulk(WARM_S)
        return await run(walks)
