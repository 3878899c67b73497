"""Orders at a steady rate, faults on the way, and what became of every order afterwards."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.message import Command
from shared.contracts.orders import CancelOrder, PlaceOrder
from shared.kernel import ids

from .faults import Fault
from .felt import Felt, felt
from .load import Load
from .running import Running
from .takeovers import TakeOvers

AFTER_S: Final = 1.0
"""Orders go on for so long before the first fault, and after each."""
USUAL_S: Final = 1.5
"""An order under way for longer than this still feels the last fault."""
CALM_S_MAX: Final = 45.0
SETTLE_S_MAX: Final = 90.0
SCARCE_EVERY: Final = 7
CANCEL_EVERY: Final = 11


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


async def settle(load: Load, report: Report) -> Report:
    """Wait until every order is at rest."""
    follower = load.follower
    await follower.settle(SETTLE_S_MAX)
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
