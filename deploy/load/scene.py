"""Orders at a steady rate, faults on the way, and what became of every order afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.message import Command

from .aftermath import Aftermath
from .appending import Appender
from .faults import Fault
from .felt import Felt, felt
from .guarded import Codes
from .load import Load, loading
from .payers import Payers
from .running import Running
from .takeovers import TakeOvers

AFTER_S: Final = 1.0
"""Orders go on for so long before the first fault, and after each."""
USUAL_S: Final = 1.5
"""An order under way for longer than this still feels the last fault."""
CALM_S_MAX: Final = 45.0
SETTLE_S_MAX: Final = 180.0
"""Longer than a payment may take, and the questions after it."""
PAYMENT_S: Final = 45
"""For a buyer to pay at a channel: shorter than in a shop, so that it is seen to run out."""
ASK_AGAIN_S: Final = 1
MS: Final = 1_000
TOPICS: Final = ("orders.events", "delivery.events", "risk.events")


@dataclass
class Report:
    """What a run of orders and faults came to."""

    accepted: int = 0
    endings: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    """Records of `orders.events` whose position had been seen before."""
    felt: dict[str, Felt] = field(default_factory=dict)
    """By fault."""
    stuck: Sequence[str] = ()
    """Orders that have not come to rest."""
    afterwards: Mapping[str, int] = field(default_factory=dict)
    """What came of disputes, refunds, recalls and holds, and how often."""
    open: Sequence[str] = ()
    """Disputes and refunds that have not ended."""

    @property
    def at_rest(self) -> int:
        """Orders that have come to rest."""
        return sum(self.endings.values())


Tell = Callable[[str], None]


async def play(
    running: Running, load: Load, commands: Iterator[Command], per_s: int,
    faults: Mapping[str, Fault], tell: Tell = lambda _: None,
) -> Report:  # fmt: skip
    """Order while one fault after another happens, each when the last is felt no more."""
    report, stop = Report(), asyncio.Event()
    ordering = asyncio.create_task(load.pulses(commands, per_s, stop))
    await asyncio.sleep(AFTER_S)
    try:
        for name, fault in faults.items():
            report.felt[name] = await _happens(running, load, fault)
            tell(f"{name}: {report.felt[name]}")
    finally:
        stop.set()
        report.accepted = await ordering
    return report


def outside_settings(detour_port: int, payment_s: int = PAYMENT_S) -> dict[str, str]:
    """What a system is started with, for faults and for payments that run out of time.

    A channel that does not know is asked again soon: nobody here has hours.
    """
    payment_ms = str(payment_s * MS)
    return {
        "KAMENG_DETOUR_PORT": str(detour_port),
        "KAMENG_ORDERS_PAYMENT_MS": payment_ms,
        "KAMENG_PAYMENTS_GRACE_MS": payment_ms,
        "KAMENG_PAYMENTS_ASK_PAUSE_MS_MIN": str(ASK_AGAIN_S * MS),
    }


@dataclass(frozen=True)
class People:
    """Everybody who does something about an order once it is placed, and before."""

    load: Load
    aftermath: Aftermath


@asynccontextmanager
async def peopled(running: Running) -> AsyncIterator[People]:
    """Buyers, their payments, support and risk's people are there."""
    appender = Appender(running.door, running.partitions)
    async with loading(running, TOPICS) as load, appender:
        aftermath = Aftermath(appender, load.follower)
        codes = Codes(running, appender, load.follower)
        payers = Payers(load.follower)
        async with aftermath.at_work(), payers.at_work(), codes.at_work():
            yield People(load, aftermath)


async def settle(people: People, report: Report) -> Report:
    """Wait until every order is at rest, and all that people have begun about one has ended."""
    follower, aftermath = people.load.follower, people.aftermath
    await follower.settle(SETTLE_S_MAX)
    await aftermath.settle(SETTLE_S_MAX)
    report.afterwards, report.open = dict(aftermath.ended), sorted(aftermath.open)
    report.endings, report.repeated = dict(follower.endings), follower.repeated
    report.stuck = [order_id.decode() for order_id in follower.placed_s]
    return report


async def _happens(running: Running, load: Load, fault: Fault) -> Felt:
    told = TakeOvers(running, fault.unit)
    began_s = time.monotonic()
    struck_s = await fault.do(running)
    calm_s = await load.follower.calm(USUAL_S, CALM_S_MAX)
    await asyncio.sleep(AFTER_S)
    taken_s = [each.at_s for each in told.news() if each.shards]
    after_s = [at_s - struck_s for at_s in taken_s if at_s > struck_s] if struck_s else []
    return felt(
        load.follower.deliveries, began_s, time.monotonic(), calm_s=calm_s,
        take_over_s=min(after_s, default=None),
    )  # fmt: skip
