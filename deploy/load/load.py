"""Orders from a shop: as fast as the system takes them, or at a steady rate."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.contracts.message import Command
from shared.contracts.orders import PlaceOrder

from .appending import Appender
from .beside import beside
from .following import Follower, Reader
from .running import Running

BATCH_ORDERS: Final = 600
BACKLOG_ORDERS_MAX: Final = 4_000
"""Orders under way at once: enough to keep every turn full, few enough to see the waiting."""
WALLET: Final = "wallet"
PAUSE_S: Final = 0.002
UNSEEN: Final = 50_000
"""Minor units: up to that much nobody looks at an order."""
PULSE_S: Final = 0.2
"""Between two groups of a steady load."""


@dataclass
class Load:
    """What places orders, and what follows them."""

    appender: Appender
    follower: Follower

    async def flood(
        self, orders: Iterator[PlaceOrder], s_max: float,
        backlog_max: int = BACKLOG_ORDERS_MAX, batch: int = BATCH_ORDERS,
    ) -> int:  # fmt: skip
        """Keep ``backlog_max`` orders under way for ``s_max`` seconds; how many were placed."""
        placed, until_s = 0, time.monotonic() + s_max
        while time.monotonic() < until_s:
            if len(self.follower.placed_s) > backlog_max - batch:
                await asyncio.sleep(PAUSE_S)
                continue
            placed += await self.burst(list(islice(orders, batch)))
        return placed

    async def burst(self, commands: Sequence[Command]) -> int:
        """All of these at once; how many orders there were."""
        orders = [command for command in commands if isinstance(command, PlaceOrder)]
        for order in orders:
            self.follower.placed(order.order_id, outside=_outside(order))
        await self.appender.insist(commands)
        return len(orders)

    async def pulses(self, commands: Iterator[Command], per_s: int, stop: asyncio.Event) -> int:
        """So many commands a second, in groups, until it is to stop; how many orders there were."""
        began_s, sent, orders = time.monotonic(), 0, 0
        while not stop.is_set():
            due = int((time.monotonic() - began_s) * per_s) - sent
            group = list(islice(commands, due))
            sent += len(group)
            orders += await self.burst(group)
            await asyncio.sleep(PULSE_S)
        return orders

    async def many(self, commands: Iterator[Command], orders_count: int) -> int:
        """So many orders as fast as the system takes them; how many there were."""
        placed = 0
        while placed < orders_count:
            if len(self.follower.placed_s) > BACKLOG_ORDERS_MAX - BATCH_ORDERS:
                await asyncio.sleep(PAUSE_S)
                continue
            placed += await self.burst(list(islice(commands, BATCH_ORDERS)))
        return placed

    async def steady(self, commands: Iterable[Command], per_s: int) -> int:
        """So many commands a second, each appended on its own; how many orders there were."""
        began_s, orders = time.monotonic(), 0
        asked = set[asyncio.Task[None]]()
        for number, command in enumerate(commands):
            if isinstance(command, PlaceOrder):
                self.follower.placed(command.order_id)
                orders += 1
            task = asyncio.create_task(self.appender.one(command))
            asked.add(task)
            task.add_done_callback(asked.discard)
            await asyncio.sleep(max(0.0, began_s + (number + 1) / per_s - time.monotonic()))
        await asyncio.gather(*asked)
        return orders


def _outside(order: PlaceOrder) -> bool:
    """Whether somebody else has a say in when it ends: a channel, a supplier, a buyer, a person."""
    if order.pay_with != WALLET or order.origin:
        return True
    return any(line.target or line.unit_price > UNSEEN for line in order.lines)


@asynccontextmanager
async def loading(
    running: Running, topics: Sequence[str] = ("orders.events",)
) -> AsyncIterator[Load]:
    """Connected to the log, following ``topics`` from their present end on."""
    reader = Reader(running.auditor, topics, running.partitions)
    async with reader, Appender(running.door, running.partitions) as appender:
        await reader.skip_to_end()
        follower = Follower(reader)
        async with beside(follower.run()):
            yield Load(appender, follower)
