"""How cost grows: with workers, history, hot SKUs, accounts and partitions, each on its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import uvloop

from deploy.load.auditing import audit
from deploy.load.faults import WORKERS
from deploy.load.load import loading
from deploy.load.measuring import Cpu
from deploy.load.running import Running, own_system
from deploy.load.shop import Shop
from deploy.load.stocking import put_in

from .walks import BUYERS, SKUS, Walked, Walks

WORKERS_OF_A_SERVICE: Final = (1, 2, 4)
HOT_SKUS: Final = (1, 10, 1_000)
ACCOUNTS: Final = (1, 1_000)
PARTITIONS: Final = (4, 12, 48)
HISTORY_ORDERS: Final = (1_000, 100_000, 1_000_000)
QUICK_HISTORY_ORDERS: Final = (1_000, 20_000)
SHORT: Final = "skus accounts workers"
"""Curves that are drawn on one system, one after the other."""
CARDS: Final = 24_000
"""Put in for each run, over all its SKUs: more than any run sells."""
RUN_S: Final = 15.0
WARM_S: Final = 10.0
IDLE_S: Final = 10.0
LOW_PER_S: Final = 10
GROW_S: Final = 30.0
"""History grows in runs of this length."""

Tell = Callable[[dict[str, Any]], None]


@dataclass
class Row:
    """One point of one curve."""

    curve: str
    at: int
    walked: Walked
    more: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        walked = self.walked
        return {
            "curve": self.curve, "at": self.at, "orders_per_s": round(walked.per_s),
            "cpu_us_an_order": round(sum(walked.cpu_us.values())),
            "p50_ms": round(walked.waits_ms[0]), "p99_ms": round(walked.waits_ms[2]),
            **{name: round(value, 1) for name, value in self.more.items()},
        }  # fmt: skip


def growth(tell: Tell, *, quick: bool, only: str = "") -> bool:
    """Curves, those whose name has ``only`` in it; whether every audit found the record whole."""
    passed = [True]
    if only in SHORT:
        with own_system("growth") as running:
            passed.append(uvloop.run(_on_one_system(running, tell)))
    for partitions in PARTITIONS if only in "partitions" else ():
        with own_system("growth", KAMENG_PARTITIONS=str(partitions)) as running:
            passed.append(uvloop.run(_with_partitions(running, partitions, tell)))
    if only in "history":
        with own_system("growth") as running:
            orders = QUICK_HISTORY_ORDERS if quick else HISTORY_ORDERS
            passed.append(uvloop.run(_over_history(running, orders, tell)))
    return all(passed)


async def _on_one_system(running: Running, tell: Tell) -> bool:
    """Hot SKUs and accounts with one worker a service; then more workers."""
    async with _shop(running, "warm", SKUS, BUYERS) as walks:
        await walks.bulk(WARM_S)
    for skus in HOT_SKUS:
        async with _shop(running, f"skus{skus}", skus, BUYERS) as walks:
            tell(Row("hot SKUs", skus, await walks.bulk(RUN_S)).as_json())
    for accounts in ACCOUNTS:
        async with _shop(running, f"accounts{accounts}", SKUS, accounts) as walks:
            tell(Row("accounts", accounts, await walks.bulk(RUN_S)).as_json())
    for count in WORKERS_OF_A_SERVICE:
        for unit in WORKERS:
            await asyncio.to_thread(running.ask, "scale", unit=unit, count=count)
        async with _shop(running, f"workers{count}", SKUS, BUYERS) as walks:
            tell(Row("workers of a service", count, await walks.bulk(RUN_S)).as_json())
    return (await audit(running)).passed


async def _with_partitions(running: Running, partitions: int, tell: Tell) -> bool:
    """Idle, in bulk, and at a trickle, where every record comes alone."""
    await asyncio.sleep(WARM_S)
    cpu, began_s = Cpu(running.processes()), time.monotonic()
    await asyncio.sleep(IDLE_S)
    idle_ms = 1_000 * sum(cpu.used_s().values()) / (time.monotonic() - began_s)
    async with _shop(running, "partitions", SKUS, BUYERS) as walks:
        bulk = await walks.bulk(RUN_S)
        low = await walks.steady(LOW_PER_S, RUN_S)
    more = {
        "idle_cpu_ms_a_s": idle_ms, "trickle_p50_ms": low.waits_ms[0],
        "trickle_p99_ms": low.waits_ms[2],
    }  # fmt: skip
    tell(Row("partitions", partitions, bulk, more).as_json())
    return (await audit(running)).passed


async def _over_history(running: Running, wanted: tuple[int, ...], tell: Tell) -> bool:
    """The same run with ever more orders behind it, and what each process then holds."""
    async with _shop(running, "history", SKUS, BUYERS) as walks:
        for orders in wanted:
            while walks.placed < orders:
                await walks.stock(CARDS)
                await walks.bulk(min(GROW_S, max(1.0, (orders - walks.placed) / 1_000)))
            await walks.stock(CARDS)
            walked = await walks.bulk(RUN_S)
            more = {f"{name}_mib": mib for name, mib in walks.memory_mib().items()}
            more["log_bytes_an_order"] = _log_bytes(running) / walks.placed
            tell(Row("orders of history", orders, walked, more).as_json())
    return (await audit(running)).passed


def _log_bytes(running: Running) -> int:
    """On disk, of all topics: the shop's cards and money too, four records a card."""
    segments = running.folder.kafka.rglob("*.log")
    return sum(each.stat().st_blocks * 512 for each in segments)


@asynccontextmanager
async def _shop(running: Running, name: str, skus: int, buyers: int) -> AsyncIterator[Walks]:
    """A shop with cards for one run."""
    shop = Shop(name, skus, buyers, level="member")
    cards_of_sku = CARDS // skus
    seen = await put_in(running, shop, dict.fromkeys(shop.skus, cards_of_sku))
    async with loading(running) as load:
        yield Walks(running, shop, seen, load, cards_of_sku=cards_of_sku)
