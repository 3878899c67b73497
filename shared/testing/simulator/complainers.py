"""Buyers who complain, an operator who decides or does not, and cards that turn out to be bad."""

import asyncio
from typing import Any, Final

from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    ChooseRemedy,
    DecideDispute,
    DisputeOpened,
    Evidence,
    OpenDispute,
)
from shared.contracts.inventory import RecallCard, StockReceived
from shared.contracts.orders import OrderDelivered
from shared.kernel import ids

from .dice import Dice, dice_of
from .operators import Shop
from .world import World

COMPLAINTS_MAX: Final = 8
RECALLS_MAX: Final = 6
COMPLAINING_MS: Final = 90_000
WORDS_MAX: Final = 4
SAID: Final = Evidence(sealed_text="sealed words")


class Complainers:
    """Everybody who has to do with cards that do not work, in one run."""

    def __init__(self, seed: int, world: World, shop: Shop) -> None:
        self.world, self.shop = world, shop
        dice = dice_of(seed, "complainers")
        self.buyers = [
            dice_of(seed, "complaint", n) for n in range(dice.randrange(COMPLAINTS_MAX))
        ]  # fmt: skip
        self.recalls = [dice_of(seed, "recall", n) for n in range(dice.randrange(RECALLS_MAX))]

    async def come(self) -> None:
        """Until all that they had to say is said."""
        await asyncio.gather(
            *(self._complain(number, dice) for number, dice in enumerate(self.buyers)),
            *(self._recall(number, dice) for number, dice in enumerate(self.recalls)),
        )

    async def _complain(self, number: int, dice: Dice) -> None:
        await asyncio.sleep(dice.random() * COMPLAINING_MS / 1000)
        delivered: Any = self.world.watch.facts.get(OrderDelivered, [])
        if not delivered:
            return
        order = dice.choice(delivered)
        line = order.line if dice.percent(70) else 1
        name = ids.derive("complaint", str(number))
        opening = OpenDispute(
            order_id=order.order_id, account_id=order.account_id, request_id=name, line=line,
            wants=dice.choice(("replacement", "refund")), evidence=SAID,
            received_ms=self.world.now_ms(),
        )  # fmt: skip
        await self._twice_maybe(opening, dice)
        about = {"order_id": order.order_id, "account_id": order.account_id, "line": line}
        await self._talk(about, name, dice)

    async def _talk(self, about: Any, dispute_id: str, dice: Dice) -> None:
        """Some words are those of people who speak at once, or too late; some are never said."""
        for number in range(dice.randrange(WORDS_MAX)):
            await asyncio.sleep(dice.expovariate(1 / 6))
            word: Any = {**about, "dispute_id": dispute_id}
            word["request_id"] = ids.derive("word", dispute_id, str(number))
            outcome = dice.choice(("replacement", "refund", "rejection"))
            amount = dice.randrange(1, 500) if outcome == "refund" and dice.percent(40) else None
            verdict: Any = {"outcome": outcome, "amount": amount, "reason": "seen"}
            command = dice.choice((
                DecideDispute(**word, **verdict, by="ops"),
                DecideDispute(**word, **verdict, by="ops"),
                AskBuyer(**word, sealed_text="sealed question", by="ops"),
                AddEvidence(**word, evidence=SAID),
                ChooseRemedy(**word, wants=dice.choice(("replacement", "refund"))),
            ))  # fmt: skip
            await self._twice_maybe(command, dice)

    async def _recall(self, number: int, dice: Dice) -> None:
        """A card that came is bad, wherever it is now; who has it may choose, or says nothing."""
        await asyncio.sleep(dice.random() * COMPLAINING_MS / 1000)
        stocked: Any = self.world.watch.facts.get(StockReceived, [])
        if not stocked:
            return
        card = dice.choice(stocked)
        recall = RecallCard(
            card_id=card.card_id, sku=card.sku, request_id=f"recall {number}", by="ops",
            reason="bad",
        )  # fmt: skip
        await self._twice_maybe(recall, dice)
        await asyncio.sleep(dice.expovariate(1 / 5))
        opened: Any = self.world.watch.facts.get(DisputeOpened, [])
        offers = [fact for fact in opened if card.card_id in fact.cards]
        if offers and dice.percent(70):
            offer = offers[-1]
            choice = ChooseRemedy(
                order_id=offer.order_id, account_id=offer.account_id, line=offer.line,
                dispute_id=offer.dispute_id, request_id=ids.derive("choice", offer.dispute_id),
                wants=dice.choice(("replacement", "refund")),
            )  # fmt: skip
            await self._twice_maybe(choice, dice)

    async def _twice_maybe(self, command: Any, dice: Dice) -> None:
        await self.world.ask(command)
        if dice.percent(30):
            await asyncio.sleep(dice.random() * 5)
            await self.world.ask(command)
