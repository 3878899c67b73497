"""A promotion minute: a flash sale with too few cards, other orders beside it, a worker killed."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Final

from shared.contracts.orders import PlaceOrder

from .auditing import Audited, audit
from .beside import beside
from .board import TOPICS, Board
from .faults import kill
from .following import Reader
from .load import Load, loading
from .running import Running
from .shop import Shop
from .stocking import put_in

FLASH_CARDS: Final = 500
OTHER_SKUS: Final = 9
OTHER_CARDS: Final = 150
BUYERS: Final = 500
TEN: Final = 10
FLASH_OF_TEN: Final = 6
"""Of ten orders so many are for the flash sale."""
KILL_AFTER_SHARE: Final = 0.35
VICTIM: Final = "orders-1"
SETTLE_S_MAX: Final = 60.0
DRAW_S: Final = 0.25


@dataclass
class Promotion:
    """What is going on, for whoever draws it."""

    orders_count: int
    over_s: float
    load: Load
    board: Board
    began_s: float = field(default_factory=time.monotonic)
    placed: int = 0
    happened: list[str] = field(default_factory=list)
    """What a person should know of, in order."""

    def say(self, sentence: str) -> None:
        """It happened now."""
        self.happened.append(f"{time.monotonic() - self.began_s:5.1f} s  {sentence}")


@dataclass(frozen=True)
class Outcome:
    """How it ended."""

    settled: bool
    flash_sold: int
    audited: Audited

    @property
    def passed(self) -> bool:
        """Every order at rest, every card of the sale sold, and the record whole."""
        return self.settled and self.flash_sold == FLASH_CARDS and self.audited.passed


Draw = Callable[[Promotion], None]


async def promote(
    running: Running, orders_count: int, over_s: float, patience_ms: int, draw: Draw
) -> Outcome:
    """Run it; ``draw`` is called again and again on the way."""
    shop = Shop(f"sale-{secrets.token_hex(3)}", OTHER_SKUS + 1, BUYERS)
    flash, *others = shop.skus
    seen = await put_in(running, shop, dict.fromkeys(others, OTHER_CARDS) | {flash: FLASH_CARDS})
    orders = _mixed(shop.orders(seen, [flash]), shop.orders(seen, others, orders_count))
    async with _following(running, orders_count, over_s) as promotion:
        drawing = asyncio.create_task(_redraw(promotion, draw))
        killing = asyncio.create_task(_kill(running, promotion))
        await promotion.load.steady(
            _told(promotion, islice(orders, orders_count)), max(1, int(orders_count / over_s))
        )
        settled = await promotion.load.follower.settle(SETTLE_S_MAX)
        await killing
        promotion.say("every order is at rest" if settled else "some orders are not at rest")
        await asyncio.sleep(DRAW_S)
        drawing.cancel()
        draw(promotion)
    audited = await audit(running, patience_ms)
    return Outcome(settled, audited.sold(flash), audited)


def _mixed(flash: Iterator[PlaceOrder], others: Iterator[PlaceOrder]) -> Iterator[PlaceOrder]:
    for number in count():  # bounded by: whoever takes from it
        yield next(flash if number % TEN < FLASH_OF_TEN else others)


def _told(promotion: Promotion, orders: Iterator[PlaceOrder]) -> Iterator[PlaceOrder]:
    """Each order is made known to the board before it is appended."""
    for order in orders:
        promotion.board.placed(order.order_id)
        promotion.placed += 1
        yield order


@asynccontextmanager
async def _following(
    running: Running, orders_count: int, over_s: float
) -> AsyncIterator[Promotion]:
    reader = Reader(running.auditor, TOPICS, running.partitions)
    async with loading(running) as load, reader:
        await reader.skip_to_end()
        board = Board(reader)
        async with beside(board.run()):
            yield Promotion(orders_count, over_s, load, board)


async def _redraw(promotion: Promotion, draw: Draw) -> None:
    while True:  # bounded by: its task's cancellation
        draw(promotion)
        await asyncio.sleep(DRAW_S)


async def _kill(running: Running, promotion: Promotion) -> None:
    await asyncio.sleep(promotion.over_s * KILL_AFTER_SHARE)
    promotion.say(f"{VICTIM} is killed (kill -9)")
    began_s = time.monotonic()
    await kill(VICTIM).do(running)
    promotion.say(f"{VICTIM} serves again after {time.monotonic() - began_s:.1f} s")
