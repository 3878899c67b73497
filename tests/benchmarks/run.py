"""All benchmarks, one after the other, on systems of their own."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import uvloop

from deploy.load.auditing import audit
from deploy.load.load import loading
from deploy.load.running import Running, own_folder, own_system, started, wipe
from deploy.load.shop import Shop
from deploy.load.stocking import keys_of, put_in

from .against import against
from .baseline.measuring import baseline_per_s
from .figures import Book, Figure
from .replaying import replay_per_s
from .validating import validating
from .walks import RESELLERS, WARM_S, Walked, Walks, other_walk, with_walks

SPIKE_ORDERS: Final = 20_000
SPIKE_CARDS: Final = 500
SPIKE_BUYERS: Final = 5_000
STEADY_PER_S: Final = 100
OTHER_SKUS: Final = 8
OTHER_BUYERS: Final = 2_000
SPIKE_S_MAX: Final = 300.0


@dataclass(frozen=True)
class Lengths:
    """Seconds of each run."""

    bulk_s: float = 60.0
    door_s: float = 30.0
    steady_s: float = 30.0
    baseline_s: float = 20.0
    other_s: float = 20.0


QUICK: Final = Lengths(10.0, 10.0, 10.0, 10.0, 10.0)


def bench(*, quick: bool, base: str) -> Book:
    """Run everything; a quick run is compared with no earlier commit unless one is named."""
    book, lengths, folder = Book(quick), QUICK if quick else Lengths(), own_folder("bench")
    wipe(folder)
    began_s = time.monotonic()
    with started(folder) as running:
        first_s = time.monotonic() - began_s
        uvloop.run(with_walks(running, lambda walks: _walk(walks, lengths, book)))
    began_s = time.monotonic()
    with started(folder) as running:
        later_s = time.monotonic() - began_s
        uvloop.run(_look_at_the_log(running, book))
    wipe(folder)
    book.figures += [
        Figure("first start, empty log, all downloaded", 60, first_s, "s", at_most=True),
        Figure("later start, on that log", 10, later_s, "s", at_most=True),
    ]
    if base or not quick:
        book.notes["the wallet walk"] = str(against(base))
    plain = uvloop.run(validating(lengths.other_s))
    book.notes["plain FastAPI, validating the same body"] = str(plain)
    slow_per_s = baseline_per_s(lengths.baseline_s)
    book.notes["the straightforward way"] = f"{slow_per_s:,.0f} completed orders/s"
    ratio = book.figures[0].measured / slow_per_s
    book.figures.insert(4, Figure("ratio to the straightforward way", 8, ratio, "times"))
    return book


async def _walk(walks: Walks, lengths: Lengths, book: Book) -> None:
    expected = await walks.bulk(WARM_S)
    seconds = lengths.bulk_s + lengths.door_s + 2 * WARM_S
    await walks.stock(expected.per_s * seconds + STEADY_PER_S * lengths.steady_s)
    bulk = await walks.bulk(lengths.bulk_s)
    memory = max(_workers(walks).values())
    door = await walks.through_the_door(lengths.door_s)
    steady = await walks.steady(STEADY_PER_S, lengths.steady_s)
    book.figures += [
        Figure("wallet walk in bulk", 1_000, bulk.per_s, "completed orders/s"),
        Figure("through the door", 300, door.per_s, "completed orders/s"),
        Figure("place → delivered at 100/s, p50", 80, steady.waits_ms[0], "ms", at_most=True),
        Figure("place → delivered at 100/s, p99", 250, steady.waits_ms[2], "ms", at_most=True),
        Figure("largest worker's memory", 200, memory, "MiB", at_most=True),
    ]
    runs = {"in bulk": bulk, "the door": door, "at 100/s": steady}
    runs |= {name: await other_walk(walks, shop, lengths.other_s) for name, shop in _others(walks)}
    for name, walked in runs.items():
        book.cpu_us[name] = walked.cpu_us
        book.notes[name] = _about(walked)
    book.notes["the door's answers"] = (
        f"p50 {door.answers_ms[0]:,.0f} p99 {door.answers_ms[2]:,.0f} ms, "
        f"{RESELLERS} connections held"
    )
    book.notes["memory, MiB"] = {name: round(mib) for name, mib in walks.memory_mib().items()}
    book.notes["orders before memory was read"] = walks.placed


def _others(walks: Walks) -> Iterator[tuple[str, Shop]]:
    """What an order costs that is paid at a channel, or topped up by a supplier."""
    yield "by channel", Shop("paid", OTHER_SKUS, OTHER_BUYERS, "member", pay_with="kapay")
    keys = keys_of(walks.running)
    yield "top-up", Shop("topped", OTHER_SKUS, OTHER_BUYERS, "member", tops_up=keys)


def _workers(walks: Walks) -> dict[str, float]:
    servers = {each["name"] for each in walks.running.description["servers"]}
    return {name: mib for name, mib in walks.memory_mib().items() if name not in servers}


def _about(walked: Walked) -> str:
    p50, p95, p99 = walked.waits_ms
    return (
        f"{walked.per_s:,.0f}/s, {walked.orders:,} orders, "
        f"p50 {p50:,.0f} p95 {p95:,.0f} p99 {p99:,.0f} ms, machine {walked.busy:.0%} busy with it"
    )


async def _look_at_the_log(running: Running, book: Book) -> None:
    per_s = await replay_per_s(running)
    book.figures.append(Figure("replay, folded and hash checked", 60_000, per_s, "events/s"))
    found = await audit(running)
    book.audit, book.passed = str(found), found.passed
    book.notes["audit"] = f"{found.report['records']['per_second']:,} records/s"


def spike() -> dict[str, Any]:
    """20,000 orders for one SKU with 500 cards, all at once."""
    with own_system("spike") as running:
        return uvloop.run(_spike(running))


async def _spike(running: Running) -> dict[str, Any]:
    shop = Shop("spike", 1, SPIKE_BUYERS)
    seen = await put_in(running, shop, {shop.skus[0]: SPIKE_CARDS})
    async with loading(running) as load:
        made = shop.orders(seen)
        orders = [next(made) for _ in range(SPIKE_ORDERS)]
        began_s = time.monotonic()
        await load.burst(orders)
        appended_s = time.monotonic() - began_s
        settled = await load.follower.settle(SPIKE_S_MAX)
        drained_s = time.monotonic() - began_s
        endings = dict(load.follower.endings)
    found = await audit(running)
    sold = endings.get("OrderDelivered", 0)
    return {
        "orders": SPIKE_ORDERS, "cards": SPIKE_CARDS, "appended_s": round(appended_s, 2),
        "drained_s": round(drained_s, 2), "endings": endings, "sold": sold,
        "audit": str(found), "audit_passed": found.passed,
        "passed": settled and sold == SPIKE_CARDS and found.passed,
    }  # fmt: skip
