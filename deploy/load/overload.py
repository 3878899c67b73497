"""Ten times more orders than the system sustains arrive at its door for a minute."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

import psutil

from shared.kernel import ids

from .door import ACCEPTED, BUSY, Connection, Reseller, resellers, visit, wishes
from .following import Delivery, Follower
from .load import Load
from .measuring import memory_mib, percentile
from .running import Running
from .shop import Shop

RESELLERS: Final = 256
KEYS_S: Final = 4.0
"""The door reads new keys from its own projection."""
SUSTAINED_S: Final = 15.0
SUSTAINED_BACKLOG_ORDERS_MAX: Final = 1_000
TIMES: Final = 10
CONNECTIONS_MAX: Final = 2_000
ANSWER_S_MAX: Final = 10.0
"""Then a client hangs up; it asks again, with the same key, when the minute is over."""
ARRIVE_EVERY_S: Final = 0.02
MEMORY_EVERY_S: Final = 1.0
DRAIN_S_MAX: Final = 90.0
AGAIN_TRIES_MAX: Final = 60
AGAIN_PAUSE_S: Final = 1.0
MEMORY_MIB_MORE_MAX: Final = 400.0
WAIT_S_MAX: Final = 30.0
"""The door's age limit of ten seconds, and what is under way behind it."""


@dataclass
class Overload:
    """What came of it; seconds, orders, MiB."""

    sustained_per_s: float = 0.0
    wanted_per_s: float = 0.0
    over_s: float = 0.0
    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    no_retry_after: int = 0
    """429 or 503 that did not say when to come back."""
    hung_up: int = 0
    """Clients that gave up waiting; each asked again, with its key, afterwards."""
    no_connection: int = 0
    """Arrivals that found every connection waiting."""
    waited_s: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """p50, p99, longest from asked to delivered, of what was accepted in the minute."""
    drained_s: float = 0.0
    """From the end of the minute until no order was under way."""
    drained: bool = False
    memory_mib: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By process: before, and at most."""
    accepted: int = 0
    """Orders, over the measuring, the minute and the asking again."""

    @property
    def passed(self) -> bool:
        """Shed politely, bounded in time and memory, and drained."""
        answered = {ACCEPTED, *BUSY}
        more_mib = [most - before for before, most in self.memory_mib.values()]
        return (
            self.drained
            and set(self.statuses) <= answered
            and self.no_retry_after == 0
            and self.waited_s[1] <= WAIT_S_MAX
            and max(more_mib, default=0.0) <= MEMORY_MIB_MORE_MAX
        )


async def overload(
    running: Running, load: Load, shop: Shop, skus: Sequence[str], over_s: float
) -> Overload:
    """Measure what the door sustains, ask for ten times as much, and see it drain."""
    follower, found = load.follower, Overload(over_s=over_s)
    people = await resellers(running, shop, RESELLERS)
    await asyncio.sleep(KEYS_S)
    door_url, before = running.description["gateway"], follower.resting
    visited = await visit(
        door_url, people, skus, follower, SUSTAINED_S, SUSTAINED_BACKLOG_ORDERS_MAX
    )
    found.sustained_per_s = (follower.resting - before) / SUSTAINED_S
    found.wanted_per_s = found.sustained_per_s * TIMES
    await follower.settle(DRAIN_S_MAX)
    first, crowd = len(follower.deliveries), Crowd(door_url, people, skus, follower, found)
    watching = asyncio.create_task(_watch_memory(running, found))
    await crowd.arrive()
    ended_s = time.monotonic()
    again = await crowd.ask_again()
    found.drained = await follower.settle(DRAIN_S_MAX)
    found.drained_s = time.monotonic() - ended_s
    watching.cancel()
    found.accepted = visited.accepted + found.statuses[ACCEPTED] + again
    found.waited_s = _waits_s(follower.deliveries[first:], crowd.given_up)
    return found


class Crowd:
    """Clients who come whether the door keeps up or not, each on a connection until answered."""

    def __init__(
        self, door_url: str, people: Sequence[Reseller], skus: Sequence[str],
        follower: Follower, found: Overload,
    ) -> None:  # fmt: skip
        self._door_url, self._follower, self._found = door_url, follower, found
        self._free: deque[Connection] = deque()
        self._people = cycle(people)
        self._wishes = wishes(0, skus)
        self._asking = set[asyncio.Task[None]]()
        self.given_up: dict[bytes, tuple[Reseller, str, str]] = {}

    async def arrive(self) -> None:
        """For as long as it is to last; returns when all have been answered or have given up."""
        found, began_s, come = self._found, time.monotonic(), 0
        while (passed_s := time.monotonic() - began_s) < found.over_s:
            due = int(passed_s * found.wanted_per_s) - come
            come += due
            for _ in range(due):
                if len(self._asking) >= CONNECTIONS_MAX:
                    found.no_connection += 1
                    continue
                task = asyncio.create_task(self._ask())
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            await asyncio.sleep(ARRIVE_EVERY_S)
        if self._asking:
            await asyncio.wait(self._asking)
        for connection in self._free:
            connection.close()

    async def _ask(self) -> None:
        found, (key, sku) = self._found, next(self._wishes)
        connection = self._connection()
        reseller = connection.reseller
        order_id = ids.order_id(reseller.account_id, key)
        self._follower.placed(order_id)
        found.asked += 1
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                answer = await connection.order(key, sku)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            connection.close()
            found.hung_up += 1
            self.given_up[order_id.encode()] = reseller, key, sku
            return
        self._free.append(connection)
        found.statuses[answer.status] += 1
        if answer.status != ACCEPTED:
            self._follower.forget(order_id)
        if answer.status in BUSY and not answer.retry_after:
            found.no_retry_after += 1

    def _connection(self) -> Connection:
        return (
            self._free.popleft() if self._free else Connection(self._door_url, next(self._people))
        )

    async def ask_again(self) -> int:
        """Whoever gave up asks again with the same key, until accepted; how many there were."""
        for reseller, key, sku in self.given_up.values():
            async with Connection(self._door_url, reseller) as connection:
                for _ in range(AGAIN_TRIES_MAX):
                    if (await connection.order(key, sku)).status not in BUSY:
                        break
                    await asyncio.sleep(AGAIN_PAUSE_S)
        return len(self.given_up)


def _waits_s(deliveries: Sequence[Delivery], but: Container[bytes]) -> tuple[float, float, float]:
    waited_s = [each.waited_s for each in deliveries if each.order_id not in but]
    return percentile(waited_s, 50), percentile(waited_s, 99), max(waited_s, default=0.0)


async def _watch_memory(running: Running, found: Overload) -> None:
    while True:  # bounded by: its task's cancellation
        for name, process in running.processes().items():
            with suppress(psutil.NoSuchProcess):
                now_mib = memory_mib(process)
                before_mib, most_mib = found.memory_mib.get(name, (now_mib, now_mib))
                found.memory_mib[name] = before_mib, max(most_mib, now_mib)
        await asyncio.sleep(MEMORY_EVERY_S)
