"""Orders at a steady rate, faults on the way, and what became of every order afterwards."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Final

from shared.contracts.message import Command
from shared.contracts.orders import CancelOrder, PlaceOrder
from shared.kernel import ids

from .faults import Fault
from .load import Load
from .running import Running

AFTER_S: Final = 1.0
"""Orders go on for so long before the first fault, and after each."""
SETTLE_S_MAX: Final = 60.0
SCARCE_EVERY: Final = 7
CANCEL_EVERY: Final = 11


@dataclass
class Report:
    """What a run of orders and faults came to."""

    accepted: int = 0
    endings: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    """Records of `orders.events` whose position had been seen before."""
    pauses_s: dict[str, float] = field(default_factory=dict)
    """By fault: the longest time without a delivery, in seconds."""
    stuck: Sequence[str] = ()
    """Orders that have not come to rest."""

    @property
    def at_rest(self) -> int:
        """Orders that have come to rest."""
        return sum(self.endings.values())


def mixed(orders: Iterator[PlaceOrder], scarce: Iterator[PlaceOrder]) -> Iterator[Command]:
    """Orders without end, some for what is nearly gone, some cancelled as soon as placed."""
    for number, order in enumerate(orders):
        wanted = next(scarce) if number % SCARCE_EVERY == 0 else order
        yield wanted
        if number % CANCEL_EVERY == 0:
            yield CancelOrder(
                order_id=wanted.order_id, account_id=wanted.account_id,
                request_id=ids.derive("cancel", wanted.order_id),
            )  # fmt: skip


async def play(
    running: Running, load: Load, commands: Iterator[Command], per_s: int,
    faults: Mapping[str, Fault],
) -> Report:  # fmt: skip
    """Order while one fault after another happens; then wait until every order is at rest."""
    report, stop, follower = Report(), asyncio.Event(), load.follower
    until = takewhile(lambda _: not stop.is_set(), commands)
    ordering = asyncio.create_task(load.steady(until, per_s))
    await asyncio.sleep(AFTER_S)
    for name, fault in faults.items():
        began_s = time.monotonic()
        await fault(running)
        await asyncio.sleep(AFTER_S)
        report.pauses_s[name] = _longest_s(follower.delivered_s, began_s, time.monotonic())
    stop.set()
    report.accepted = await ordering
    await follower.settle(SETTLE_S_MAX)
    report.endings, report.repeated = dict(follower.endings), follower.repeated
    report.stuck = [order_id.decode() for order_id in follower.placed_s]
    return report


def _longest_s(delivered_s: Sequence[float], began_s: float, ended_s: float) -> float:
    """The longest time without a delivery between two moments."""
    within = [began_s, *(at for at in delivered_s if began_s < at < ended_s), ended_s]
    return max(later - earlier for earlier, later in pairwise(within))
