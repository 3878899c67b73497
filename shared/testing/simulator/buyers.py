"""Clients: they order, click twice, ask again, cancel, pay later, confirm, sign in."""

import asyncio
from typing import Any, Final

from shared.contracts.charges import OpenDeposit
from shared.contracts.delivery import RevealCard
from shared.contracts.gateway import RequestSignIn, TrySignIn
from shared.contracts.orders import (
    CancelOrder,
    ConfirmOrder,
    OrderAwaitingVerification,
    OrderDelivered,
    OrderPlaced,
    OrderRejected,
    Origin,
    PlaceOrder,
    Seen,
    WantedLine,
)
from shared.contracts.payments import CHANNELS, PaymentDeclined, RetryPayment
from shared.contracts.verification import ResendVerification, TryVerification
from shared.kernel import forms, ids

from .dice import Dice, dice_of
from .operators import DEPOSIT_MAX, FORM, QUANTITY_MAX, Shop
from .promoters import Promoters
from .watch import Broken
from .world import World

ORDERS_MAX: Final = 20
LINES_MAX: Final = 3
ORDERING_MS: Final = 70_000
AGAIN_MS: Final = 15_000
"""An accepted order whose first fact is so long in coming is appended again."""
WAITS_MAX: Final = 40
SIGN_INS: Final = 5
CODE_MS: Final = 300_000
WAYS: Final = ("wallet", *sorted(CHANNELS))
WAYS_WEIGHTS: Final = (60, 20, 20)
"""How often an order is to be paid in which way."""
TARGETS: Final = 5
ADDRESSES: Final = 4
DEPOSITS: Final = 3
LOOKS_MAX: Final = 6
"""How often a buyer looks whether a code has come."""
WRONG: Final = "wrong"
"""A code that was never sent, and how a try of it is named."""
FORM_ID: Final = forms.form_id(FORM)


class Buyers:
    """The clients of one run."""

    def __init__(self, seed: int, world: World, shop: Shop, promoters: Promoters) -> None:
        self.world, self.shop, self.promoters, self.seed = world, shop, promoters, seed
        dice = dice_of(seed, "buyers")
        self.dice = [
            dice_of(seed, "buyer", number) for number in range(dice.randint(4, ORDERS_MAX))
        ]
        self.placed: list[PlaceOrder] = []

    async def come(self) -> None:
        """Until each of them has what they wanted, or not."""
        await asyncio.gather(
            *(self._order(number, dice) for number, dice in enumerate(self.dice)),
            *(self._fund(number) for number in range(DEPOSITS)),
            *(self._sign_in(number) for number in range(SIGN_INS)),
        )

    async def _order(self, number: int, dice: Dice) -> None:
        await asyncio.sleep(dice.random() * ORDERING_MS / 1000)
        await self.shop.is_open.wait()
        order = self.wanted(f"key {number}", dice)
        await asyncio.gather(self.follow(order), self._click_again(order, dice))

    async def _click_again(self, order: PlaceOrder, dice: Dice) -> None:
        if dice.percent(30):
            await asyncio.sleep(dice.random())
            await self.world.ask(order)

    async def follow(self, order: PlaceOrder) -> None:
        """Order it, and do all that it takes, or is thought to take, to its end."""
        self.placed.append(order)
        await self.world.ask(order)
        await asyncio.gather(
            self._wait_for_a_word(order),
            self._go_on(order, dice_of(self.seed, "go on", order.key)),
            self._verify(order, dice_of(self.seed, "verify", order.key)),
        )

    def wanted(
        self, key: str, dice: Dice, lines_max: int = LINES_MAX, account: str = ""
    ) -> PlaceOrder:
        """What somebody may want, and no order as yet."""
        account = account or dice.choice(self.shop.accounts)
        skus = sorted(self.shop.prices)
        skus = dice.sample(skus, k=min(len(skus), dice.randint(1, lines_max)))
        stale = dice.percent(10)
        order_id = ids.order_id(account, key)
        lines = tuple(self._line(sku, stale, dice) for sku in skus)
        coupons = self.promoters.coupons
        coupon = dice.choice(coupons) if coupons and dice.percent(45) else None
        seen = self.world.watch.seen
        named = [line.product_id for line in lines] + ([coupon] if coupon else [])
        places = [Seen(shard=s, position=p) for s, p in (seen[name] for name in named)]
        return PlaceOrder(
            order_id=order_id, account_id=account, key=key,
            body_hash=f"hash {key}", lines=lines, currency="CNY",
            pay_with=dice.choices(WAYS, WAYS_WEIGHTS)[0],
            allow_partial=dice.percent(50), on_decline=dice.choice(("wait", "cancel")),
            received_ms=self.world.now_ms(), catalogue=tuple(places), origin=_origin(dice),
            coupon=coupon,
        )  # fmt: skip

    def _line(self, sku: str, stale: bool, dice: Dice) -> WantedLine:
        product = sku.rpartition("-")[0]
        unit_price = self.promoters.price_of(sku, dice) + stale
        quantity = dice.randint(1, QUANTITY_MAX)
        line = WantedLine(sku=sku, product_id=product, quantity=quantity, unit_price=unit_price)
        if product != self.shop.topup:
            return line
        target = f"target {dice.randrange(TARGETS)}"
        fits = None if dice.percent(5) else FORM_ID
        words = {"target": f"sealed {target}", "target_print": target, "form_id": fits}
        return line.model_copy(update=words)

    async def _wait_for_a_word(self, order: PlaceOrder) -> None:
        """The door's own care: what it has accepted does not stay without a word."""
        for _ in range(WAITS_MAX):
            await asyncio.sleep(AGAIN_MS / 1000)
            said = self.world.watch.orders.get(order.order_id)
            if said:
                self._check(said[0])
                return
            await self.world.ask(order)

    def _check(self, first: Any) -> None:
        """Nothing is ever taken off this shelf: no order may be told so.

        Unless the broker has lost the listing itself, which an order is refused for, never paid;
        that the loss is seen is checked at the end.
        """
        lost = self.world.watch.blind
        if isinstance(first, OrderRejected) and first.code == "OFF_SHELF" and not lost:
            raise Broken(f"order {first.order_id} is refused as OFF_SHELF", first.order_id)

    async def _go_on(self, order: PlaceOrder, dice: Dice) -> None:
        account, order_id = order.account_id, order.order_id
        who = {"account_id": account, "order_id": order_id}
        await asyncio.sleep(dice.expovariate(1 / 6))
        if dice.percent(25):
            await self.world.ask(CancelOrder(**who, request_id=f"cancel {order.key}"))
        await asyncio.sleep(dice.expovariate(1 / 10))
        if self._declined(order_id) and dice.percent(70):
            if dice.percent(80):
                await self.shop.top_up(account, order_id)
            payment_id = ids.payment_id(order_id)
            for number in range(dice.randint(1, 2)):
                retry = RetryPayment(
                    **who, payment_id=payment_id, request_id=f"pay {order.key} {number}",
                    received_ms=self.world.now_ms(), channel=dice.choice((None, None, *WAYS)),
                )  # fmt: skip
                await self.world.ask(retry)
        await asyncio.sleep(dice.expovariate(1 / 10))
        if dice.percent(50):
            await self.world.ask(RevealCard(**who, line=1, request_id=f"reveal {order.key}"))
        said = self.world.watch.orders.get(order_id, [])
        if any(isinstance(fact, OrderDelivered) for fact in said) or dice.percent(10):
            await self.world.ask(ConfirmOrder(**who, request_id=f"confirm {order.key}"))

    async def _verify(self, order: PlaceOrder, dice: Dice) -> None:
        """Type what the SMS says, or something else, or ask for another one, or do not care."""
        who = {"account_id": order.account_id, "order_id": order.order_id}
        for number in range(LOOKS_MAX):
            await asyncio.sleep(dice.uniform(1, 12))
            last = self.world.watch.last(order.order_id)
            if last and not isinstance(last, OrderPlaced | OrderAwaitingVerification):
                return
            texts = self.world.texts.get(order.order_id, [])
            if texts and dice.percent(70):
                wrong = dice.percent(30)
                tried = TryVerification(
                    **who, attempt_id=f"{WRONG if wrong else 'right'} {order.key} {number}",
                    code_mac=WRONG if wrong else texts[-1],
                    received_ms=self.world.now_ms(),
                )  # fmt: skip
                await self.world.ask(tried)
            elif last and dice.percent(40):
                another = ResendVerification(
                    **who, request_id=f"another {order.key} {number}",
                    received_ms=self.world.now_ms(),
                )  # fmt: skip
                await self.world.ask(another)

    def _declined(self, order_id: str) -> bool:
        declined = self.world.watch.facts.get(PaymentDeclined, [])
        return any(fact.subject == order_id for fact in declined)

    async def _fund(self, number: int) -> None:
        dice = dice_of(self.seed, "fund", number)
        await asyncio.sleep(dice.random() * ORDERING_MS / 1000)
        wanted = OpenDeposit(
            deposit_id=ids.derive("deposit", str(number)), amount=dice.randrange(DEPOSIT_MAX),
            account_id=dice.choice(self.shop.accounts), currency="CNY",
            channel=dice.choice(WAYS), received_ms=self.world.now_ms(),
        )  # fmt: skip
        for _ in range(dice.randint(1, 2)):
            await self.world.ask(wanted)

    async def _sign_in(self, number: int) -> None:
        dice = dice_of(self.seed, "sign-in", number)
        await asyncio.sleep(dice.random() * ORDERING_MS / 1000)
        who = ids.derive("phone", str(number % 4))
        asked = RequestSignIn(
            sign_in_id=who, request_id=f"code {number}", code_mac=f"mac {number}",
            sealed=f"sealed {number}", expires_ms=self.world.now_ms() + CODE_MS,
        )  # fmt: skip
        await self.world.ask(asked)
        await asyncio.sleep(dice.random() * 20)
        tried = TrySignIn(
            sign_in_id=who, attempt_id=f"try {number}", account_id=ids.derive("new", str(number)),
            code_mac=asked.code_mac if dice.percent(80) else "wrong",
        )  # fmt: skip
        await self.world.ask(tried)
        await self.world.ask(tried)


def _origin(dice: Dice) -> Origin | None:
    """Of a buyer at a screen; a reseller's servers have none."""
    if dice.percent(40):
        return None
    address = f"address {dice.randrange(ADDRESSES)}"
    device = f"device {dice.randrange(2 * ADDRESSES)}" if dice.percent(70) else None
    return Origin(address=address, device=device, contact="sealed number")
