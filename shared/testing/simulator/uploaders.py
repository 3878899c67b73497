"""Who brings whole files: a reseller's batch of orders, and cards that are imported in parts.

The door that takes them is not in this world; what it appends is, as it appends it: a bit at a
time, and a bit once more where a door has died with it, in whatever order two doors come to it.
"""

import asyncio
from typing import Any, Final

from shared.contracts.inventory import CardClaimed, CardRefused, ClaimCard
from shared.contracts.orders import OrderPlaced, PlaceOrder
from shared.kernel import ids

from .buyers import Buyers
from .dice import Dice, dice_of
from .operators import Shop, skus_of
from .watch import Broken
from .world import World

BATCH_PERCENT: Final = 50
"""Of worlds, in which a reseller uploads a file."""
LINES_MAX: Final = 4
CARDS_MAX: Final = 9
CHUNK: Final = 3
"""Cards that a door appends at once."""
UPLOADING_MS: Final = 50_000
AGAIN_MS: Final = 20_000


class Uploaders:
    """One reseller, and one who fills the stock."""

    def __init__(self, seed: int, world: World, shop: Shop, buyers: Buyers) -> None:
        self.seed, self.world, self.shop, self.buyers = seed, world, shop, buyers

    async def come(self) -> None:
        """Until each file has been brought, most of them twice."""
        await self.shop.is_open.wait()
        await asyncio.gather(self._batch(), self._file())

    async def _batch(self) -> None:
        dice = dice_of(self.seed, "batch")
        if not dice.percent(BATCH_PERCENT):
            return
        await asyncio.sleep(dice.random() * UPLOADING_MS / 1000)
        account = dice.choice(self.shop.accounts)
        orders = [
            self.buyers.wanted(f"batch line {number}", dice, lines_max=1, account=account)
            for number in range(dice.randint(2, LINES_MAX))
        ]
        for order in orders:
            self.world.send_out(self.buyers.follow(order))
        await asyncio.sleep(dice.random() * AGAIN_MS / 1000)
        for order in orders:
            await self._again(order, dice)
        self.world.checks.append(lambda: self._ordered_once(orders))

    async def _again(self, order: PlaceOrder, dice: Dice) -> None:
        """The same file: each line is the same order, received at another time."""
        for _ in range(dice.randint(0, 2)):
            later = order.model_copy(update={"received_ms": self.world.now_ms()})
            await self.world.ask(later)

    def _ordered_once(self, orders: list[PlaceOrder]) -> None:
        placed = [fact.order_id for fact in self.world.watch.said(OrderPlaced)]
        for order in orders:
            if placed.count(order.order_id) > 1 and not self.world.watch.blind:
                raise Broken(f"{order.key} is ordered twice", order.order_id)

    async def _file(self) -> None:
        """In chunks; then the same codes are in another file, for another SKU."""
        dice = dice_of(self.seed, "file")
        await asyncio.sleep(dice.random() * UPLOADING_MS / 1000)
        codes = [f"file {number}" for number in range(dice.randint(1, CARDS_MAX))]
        skus = [sku for product in self.shop.products for sku in skus_of(product)]
        files = [self._cards(f"file {n}", dice.choice(skus), codes) for n in range(2)]
        await self._append(files[0], dice)
        if dice.percent(60):
            await self._append(files[1], dice)
        if dice.percent(60):
            await self._append(files[0], dice)
        self.world.checks.append(lambda: self._all_answered(files[0]))

    def _cards(self, import_id: str, sku: str, codes: list[str]) -> list[ClaimCard]:
        return [
            ClaimCard(
                card_id=ids.derive("card", code), sku=sku, sealed=f"v1.{code}",
                import_id=import_id, line=number,
            )
            for number, code in enumerate(codes, start=1)
        ]  # fmt: skip

    async def _append(self, cards: list[ClaimCard], dice: Dice) -> None:
        for first in range(0, len(cards), CHUNK):
            chunk = cards[first : first + CHUNK]
            times = 1 + dice.percent(30)
            await asyncio.gather(*(self._chunk(chunk, dice) for _ in range(times)))

    async def _chunk(self, chunk: list[ClaimCard], dice: Dice) -> None:
        for card in dice.sample(chunk, k=len(chunk)):
            await self.world.ask(card)
            await asyncio.sleep(dice.random() / 5)

    def _all_answered(self, cards: list[ClaimCard]) -> None:
        """Each line of a file is taken or refused."""
        said: list[Any] = [
            *self.world.watch.said(CardClaimed), *self.world.watch.said(CardRefused)
        ]  # fmt: skip
        answered = {(fact.import_id, fact.line) for fact in said}
        for card in cards:
            if (card.import_id, card.line) not in answered and not self.world.watch.blind:
                raise Broken(f"line {card.line} of {card.import_id} was never answered")
