"""The same walk on the straightforward way."""

from typing import Final

import uvloop

from deploy.load.load import loading
from deploy.load.running import Running, own_system
from deploy.load.shop import Shop
from deploy.load.stocking import put_in

MODULE: Final = "tests.benchmarks.baseline.serve"
SKUS: Final = 20
BUYERS: Final = 200
CARDS_OF_SKU: Final = 150
BACKLOG_ORDERS_MAX: Final = 120
BATCH_ORDERS: Final = 20
WARM_S: Final = 8.0


def baseline_per_s(s_max: float) -> float:
    """Completed orders a second over ``s_max`` seconds, warm."""
    with own_system("baseline", MODULE) as running:
        return uvloop.run(_walk(running, s_max))


async def _walk(running: Running, s_max: float) -> float:
    shop = Shop("plain", SKUS, BUYERS)
    seen = await put_in(running, shop, dict.fromkeys(shop.skus, CARDS_OF_SKU))
    async with loading(running) as load:
        orders = shop.orders(seen)
        await load.flood(orders, WARM_S, BACKLOG_ORDERS_MAX, BATCH_ORDERS)
        before = load.follower.resting
        await load.flood(orders, s_max, BACKLOG_ORDERS_MAX, BATCH_ORDERS)
        return (load.follower.resting - before) / s_max
