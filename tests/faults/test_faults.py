"""Real processes are killed, frozen, scaled under load: all orders rest, once (B6, G1)."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

import pytest

from deploy.load.auditing import Audited, audit
from deploy.load.cuts import cut
from deploy.load.faults import Fault, kill, scale, zombie
from deploy.load.market import Size, market
from deploy.load.mischief import mischief
from deploy.load.running import Running, own_system
from deploy.load.scene import Report, outside_settings, peopled, play, settle
from deploy.local.ports import free_port

pytestmark = [pytest.mark.timeout(420), pytest.mark.slow]

ORDERS_PER_S: Final = 25
SIZE: Final = Size(skus=10, buyers=100, cards=1_500, scarce=12, coupons=20)
"""More cards than are sold, however long it takes on a busy machine."""
SEED: Final = 4711
PAYMENT_S: Final = 8

FAULTS: Final[dict[str, Fault]] = {
    "a killed worker of orders": kill("orders-1"),
    "a killed worker of delivery": kill("delivery-1"),
    "a zombie of inventory": zombie("inventory"),
    "more workers of payments, and fewer": scale("payments", (3, 1)),
    "a worker of payments cut off from the broker": cut("payments", "stalled"),
    "a killed database": kill("postgres"),
    "a killed broker": kill("kafka"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of all of them, one after the other, under orders with every ending."""

    report: Report
    audited: Audited


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # outages are what this is about
    with own_system("faults", **outside_settings(free_port(), PAYMENT_S)) as running:
        return asyncio.run(_played(running))


async def _played(running: Running) -> Outcome:
    shops = await market(running, "faults", SIZE)
    async with peopled(running) as people:
        async with mischief(running, SEED):
            report = await play(running, people.load, shops.commands(), ORDERS_PER_S, FAULTS)
        await settle(people, report)
    return Outcome(report, await audit(running))


def test_every_order_comes_to_rest(outcome: Outcome) -> None:
    report = outcome.report
    assert report.felt.keys() == FAULTS.keys()
    assert report.accepted > ORDERS_PER_S * len(FAULTS)
    assert not report.stuck
    assert report.at_rest == report.accepted


def test_orders_have_ended_in_every_way(outcome: Outcome) -> None:
    """Delivered, rejected, cancelled, given back; complaints and recalls too (C7, C8, F2)."""
    ways = {"OrderDelivered", "OrderRejected", "OrderCancelled", "OrderRefunded"}
    assert ways <= outcome.report.endings.keys()
    assert not outcome.report.open, "a dispute or a refund has not ended"
    assert any(how.startswith("dispute") for how in outcome.report.afterwards)
    assert "refunded to the wallet" in outcome.report.afterwards


def test_afterwards_the_record_is_whole(outcome: Outcome) -> None:
    audited = outcome.audited
    assert audited.passed, str(audited)
    assert audited.applied_twice == 0
    assert audited.doubles.copies > 0, "nothing was sent twice: the faults were none"
