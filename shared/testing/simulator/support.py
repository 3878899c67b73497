"""Whoever looks after orders: gives money back, decides about held ones, calls bad cards back."""

import asyncio
from typing import Final

from shared.contracts.inventory import (
    CardRecalled,
    CardWithdrawn,
    RecallCard,
    StockReceived,
    StockReleased,
    StockReserved,
)
from shared.contracts.message import Fact
from shared.contracts.orders import OrderDelivered, OrderInReview, OrderPaid, OrderPlaced
from shared.contracts.quarantine import (
    CardQuarantined,
    LiftQuarantine,
    QuarantineCard,
    QuarantineLifted,
)
from shared.contracts.refunds import RefundOrder
from shared.contracts.risk import RefuseHold, ReleaseHold

from .dice import Dice, dice_of
from .watch import Broken
from .world import World

THINKS_S: Final = 15.0
"""Until somebody has decided, on average."""
REFUNDS_MAX: Final = 3
"""Of one order."""


class Support:
    """What they see on the log, they think about, and then they act, perhaps twice."""

    def __init__(self, seed: int, world: World) -> None:
        self.seed, self.world = seed, world
        self.bad: set[str] = set()
        """Cards that were called back, or set aside."""
        world.watch.listeners.append(self.see)

    def see(self, fact: Fact) -> None:
        """Some of it is somebody's business."""
        dice = dice_of(self.seed, "support", type(fact).__name__, fact.subject)
        match fact:
            case CardRecalled() | CardWithdrawn() | CardQuarantined():
                self.bad.add(fact.card_id)
            case QuarantineLifted():
                self.bad.discard(fact.card_id)
            case StockReserved() | StockReleased():
                self._no_bad_card(fact)
                if fact.cards and dice.percent(6):
                    self.world.send_out(self._recall(fact.cards[0].card_id, fact.sku, dice))
            case OrderPaid() if dice.percent(30):
                self.world.send_out(self._refund(fact, dice))
            case OrderPlaced() if dice.percent(2):  # too early: nothing is paid
                self.world.send_out(self._refund(fact, dice))
            case OrderDelivered() if dice.percent(12):
                self.world.send_out(self._bit_by_bit(fact, dice))
            case OrderInReview() if dice.percent(80):
                self.world.send_out(self._decide(fact, dice))
            case StockReceived():
                self._look_at(fact, dice)
            case _:
                pass

    def _look_at(self, card: StockReceived, dice: Dice) -> None:
        """A card that came may be bad."""
        if dice.percent(5):
            self.world.send_out(self._recall(card.card_id, card.sku, dice))
        elif dice.percent(8):
            self.world.send_out(self._set_aside(card, dice))

    async def _refund(self, order: OrderPaid | OrderPlaced, dice: Dice) -> None:
        numbers = [line.line for line in order.lines]
        for number in range(dice.randint(1, REFUNDS_MAX)):
            await asyncio.sleep(dice.expovariate(1 / THINKS_S))
            line = dice.choice(numbers)
            back = RefundOrder(
                order_id=order.order_id, account_id=order.account_id,
                request_id=f"refund {order.order_id} {number}",
                lines=(line,) if dice.percent(50) else (),
                amount=dice.randint(1, 1_500) if dice.percent(40) else None,
                to=dice.choice(("wallet", "source")), by="ops", reason="simulated",
            )  # fmt: skip
            for _ in range(dice.randint(1, 2)):
                await self.world.ask(back)

    async def _bit_by_bit(self, order: OrderDelivered, dice: Dice) -> None:
        """A part to where it came from, and before that can be there, the rest to the wallet."""
        rest = RefundOrder(
            order_id=order.order_id, account_id=order.account_id, by="ops", reason="simulated",
            request_id=f"rest {order.order_id}", to="wallet",
        )  # fmt: skip
        part = {"request_id": f"part {order.order_id}", "amount": dice.randint(1, 500)}
        await self.world.ask(rest.model_copy(update={**part, "to": "source"}))
        await asyncio.sleep(dice.random())
        await self.world.ask(rest)

    async def _decide(self, order: OrderInReview, dice: Dice) -> None:
        await asyncio.sleep(dice.expovariate(1 / THINKS_S))
        kind = ReleaseHold if dice.percent(60) else RefuseHold
        for number in range(dice.randint(1, 2)):
            decided = kind(
                order_id=order.order_id, account_id=order.account_id,
                request_id=f"hold {order.order_id} {number * dice.randrange(2)}",
                by="ops", reason="simulated",
            )  # fmt: skip
            await self.world.ask(decided)

    def _no_bad_card(self, fact: StockReserved | StockReleased) -> None:
        """What was called back is neither handed out nor put into the queue again."""
        bad = [card.card_id for card in fact.cards if card.card_id in self.bad]
        if bad and not self.world.watch.blind:
            raise Broken(f"{bad[0]} was called back: {type(fact).__name__}", fact.order_id)

    async def _recall(self, card_id: str, sku: str, dice: Dice) -> None:
        await asyncio.sleep(dice.expovariate(1 / THINKS_S))
        recall = RecallCard(
            card_id=card_id, sku=sku, request_id=f"recall {card_id}", by="ops", reason="simulated"
        )
        for _ in range(dice.randint(1, 2)):
            await self.world.ask(recall)

    async def _set_aside(self, card: StockReceived, dice: Dice) -> None:
        """It may be bad; then it is good, or it is bad, or both are said at once."""
        await asyncio.sleep(dice.expovariate(1 / THINKS_S))
        about = {"card_id": card.card_id, "sku": card.sku, "by": "ops", "reason": "maybe bad"}
        for _ in range(dice.randint(1, 2)):
            await self.world.ask(QuarantineCard(**about, request_id=f"aside {card.card_id}"))
        await asyncio.sleep(dice.expovariate(1 / THINKS_S))
        if dice.percent(40):
            self.world.send_out(self._recall(card.card_id, card.sku, dice))
        if dice.percent(80):
            for _ in range(dice.randint(1, 2)):
                await self.world.ask(LiftQuarantine(**about, request_id=f"good {card.card_id}"))
                await asyncio.sleep(dice.expovariate(1 / THINKS_S))
