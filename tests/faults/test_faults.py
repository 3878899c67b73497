"""Real processes are killed, frozen, scaled under load: all orders rest, once (B6, G1)."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from deploy.load.auditing import audit
from deploy.load.cuts import cut
from deploy.load.faults import Fault, kill, scale, zombie
from deploy.load.load import loading
from deploy.load.running import Running, own_system
from deploy.load.scene import Report, mixed, play, settle
from deploy.load.shop import Shop
from deploy.load.stocking import put_in
from deploy.local.ports import free_port
from shared.contracts.message import Command

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

ORDERS_PER_S: Final = 25
CARDS_OF_SKU: Final = 1_500
"""More than all plays sell, however long they take on a busy machine."""
SCARCE_CARDS: Final = 12

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
class Stage:
    """A system with a shop in it, and orders that never end."""

    running: Running
    commands: Iterator[Command]

    async def play(self, fault: Fault) -> Report:
        async with loading(self.running) as load:
            report = await play(self.running, load, self.commands, ORDERS_PER_S, {"": fault})
            return await settle(load, report)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # outages are what this is about
    with own_system("faults", KAMENG_DETOUR_PORT=str(free_port())) as running:
        shop = Shop("faults", skus_count=10, buyers_count=100)
        *goods, scarce = shop.skus
        cards = dict.fromkeys(goods, CARDS_OF_SKU) | {scarce: SCARCE_CARDS}
        seen = asyncio.run(put_in(running, shop, cards))
        rare = shop.orders(seen, [scarce], first=1_000_000)
        yield Stage(running, mixed(shop.orders(seen, goods), rare))


@pytest.mark.parametrize("name", FAULTS)
def test_every_order_comes_to_rest_through(stage: Stage, name: str) -> None:
    report = asyncio.run(stage.play(FAULTS[name]))
    assert report.accepted > ORDERS_PER_S
    assert not report.stuck
    assert report.at_rest == report.accepted
    assert report.endings["OrderDelivered"] > 0


def test_afterwards_the_record_is_whole(stage: Stage) -> None:
    audited = asyncio.run(audit(stage.running))
    assert audited.passed, str(audited)
    assert audited.applied_twice == 0
    assert audited.doubles.copies > 0, "nothing was sent twice: the faults were none"
