"""Whoever runs the shop: lists, imports, changes prices, and looks after what is parked."""

import asyncio
from typing import Final

from shared.contracts.audit import RecordCheckpoint
from shared.contracts.catalog import (
    ChangePrice,
    Field,
    Form,
    Listing,
    ListProduct,
    Offer,
    PriceChanged,
)
from shared.contracts.catalog import ProductListed as Listed
from shared.contracts.inventory import ClaimCard, GrantQuota
from shared.contracts.message import Command, Fact
from shared.contracts.payments import Deposit
from shared.contracts.promotions import Coupon, IssueCoupon
from shared.contracts.shard import RetryParked, SkipParked
from shared.kernel import ids

from .dice import dice_of
from .watch import Parked
from .world import World

PRODUCTS: Final = 3
"""Of cards; one more is a top-up."""
SKUS_EACH: Final = 2
CARDS_MAX: Final = 14
GRANTS_MAX: Final = 3
UNITS_MAX: Final = 12
ACCOUNTS: Final = 5
PRICE: Final = 1_000
COST: Final = 850
COUPON: Final = "SIM"
COUPON_OFF: Final = 120
USES_MAX: Final = 8
FOR_EVER_MS: Final = 2**50
QUANTITY_MAX: Final = 3
SIGN_EVERY_MS: Final = 20_000
SIGNINGS: Final = 4
LOOK_MS: Final = 3_000
RETRIES_MAX: Final = 12
PRICE_CHANGES_MAX: Final = 4
DEPOSIT_MAX: Final = 12_000
NUMBER: Final = Field(name="number", label="号码", letters="digits", length_min=5, length_max=11)
FORM: Final = Form(fields=(NUMBER,))
"""What a top-up's buyer must say."""


class Shop:
    """The shop of one run, and the people who keep it."""

    def __init__(self, seed: int, world: World) -> None:
        self.seed, self.world = seed, world
        self.dice = dice_of(seed, "operators")
        self.accounts = [ids.derive("account", str(n)) for n in range(ACCOUNTS)]
        self.products = [f"product-{n}" for n in range(PRODUCTS)]
        self.topup = f"product-{PRODUCTS}"
        self.prices: dict[str, int] = {}
        """SKU → minor units, as a buyer sees it now."""
        self.is_open = asyncio.Event()
        self.tried: dict[Parked, int] = {}
        world.watch.listeners.append(self.see)

    def see(self, fact: Fact) -> None:
        """What the catalogue's facts say costs what."""
        match fact:
            case Listed():
                self.prices |= {offer.sku: offer.price for offer in fact.listing.offers}
                self.is_open.set()
            case PriceChanged():
                self.prices[fact.sku] = fact.price
            case _:
                pass

    async def come(self) -> None:
        """List products, import cards, fill wallets; then go on changing things."""
        await asyncio.gather(
            *(self._list(product) for product in self.products),
            self._list(self.topup),
            *(self._import(sku) for product in self.products for sku in skus_of(product)),
            *(self._grant(sku) for sku in skus_of(self.topup)),
            *(self._deposit(account, "first") for account in self.accounts),
            self._reprice(),
            self._issue(),
            self._sign_heads(),
        )

    async def _list(self, product: str) -> None:
        offers = tuple(
            Offer(
                sku=sku, name=sku, face_value=PRICE, price=PRICE, member_price=PRICE - 10,
                quantity_max=QUANTITY_MAX, cost=COST,
            )
            for sku in skus_of(product)
        )  # fmt: skip
        topup = product == self.topup
        listing = Listing(
            name=product, category=("simulated",), kind="topup" if topup else "card",
            currency="CNY", guide="-", offers=offers, form=FORM if topup else None,
        )  # fmt: skip
        command = ListProduct(product_id=product, request_id=f"list {product}", by="ops",
                              listing=listing)  # fmt: skip
        await self.twice_maybe(command)

    async def _import(self, sku: str) -> None:
        """Some codes are in two imports, and under two SKUs: only the first is taken."""
        for number in range(self.dice.randint(1, CARDS_MAX)):
            await asyncio.sleep(self.dice.random() * self.dice.choice((0.05, 2)))
            code = f"{sku} {number}" if self.dice.percent(90) else f"shared {number}"
            claim = ClaimCard(
                card_id=ids.derive("card", code), sku=sku, sealed=f"v1.{code}",
                import_id=f"import {sku}", line=number + 1,
            )  # fmt: skip
            await self.twice_maybe(claim)

    async def _grant(self, sku: str) -> None:
        for number in range(self.dice.randint(1, GRANTS_MAX)):
            await asyncio.sleep(self.dice.random() * self.dice.choice((0.05, 20)))
            grant = GrantQuota(
                sku=sku, request_id=f"grant {sku} {number}", by="ops", reason="simulated",
                units=self.dice.randint(1, UNITS_MAX),
            )  # fmt: skip
            await self.twice_maybe(grant)

    async def _issue(self) -> None:
        """A coupon of few uses, of which an account may have one or two."""
        dice = dice_of(self.seed, "coupon")
        uses = dice.randint(1, USES_MAX)
        coupon = Coupon(
            off=COUPON_OFF, percent=0, amount_min=0, currency="CNY", starts_ms=0,
            ends_ms=FOR_EVER_MS, uses=uses, per_account=min(uses, dice.randint(1, 2)),
        )  # fmt: skip
        issue = IssueCoupon(coupon_id=COUPON, request_id="issue", by="ops", coupon=coupon)
        await self.twice_maybe(issue)

    async def _deposit(self, account: str, name: str) -> None:
        amount = self.dice.randrange(DEPOSIT_MAX)
        deposit = Deposit(
            deposit_id=ids.derive("deposit", account, name), account_id=account, amount=amount,
            currency="CNY", source="operator", by="ops", reason="simulated",
        )  # fmt: skip
        await self.twice_maybe(deposit)

    async def top_up(self, account: str, name: str) -> None:
        """More money, because a buyer asks for it."""
        await self._deposit(account, name)

    async def twice_maybe(self, command: Command) -> None:
        """Somebody clicks once, or twice."""
        await self.world.ask(command)
        if self.dice.percent(20):
            await asyncio.sleep(self.dice.random() * 5)
            await self.world.ask(command)

    async def _reprice(self) -> None:
        for number in range(self.dice.randrange(PRICE_CHANGES_MAX)):
            await asyncio.sleep(10 + self.dice.random() * 20)
            product = self.dice.choice(self.products)
            price = PRICE + self.dice.randrange(-200, 200)
            change = ChangePrice(
                product_id=product, request_id=f"price {number}", by="ops",
                sku=self.dice.choice(skus_of(product)), price=price, member_price=price,
            )  # fmt: skip
            await self.twice_maybe(change)

    async def _sign_heads(self) -> None:
        """The reader of the log says where each chain stands, and puts it on record."""
        watch = self.world.watch
        for _ in range(SIGNINGS):
            await asyncio.sleep(SIGN_EVERY_MS / 1000)
            heads = [(name, watch.positions[name], chain) for name, chain in watch.chains.items()]
            for source, position, chain in heads:
                head = RecordCheckpoint(
                    source=source, position=position, chain=chain.hex(),
                    key_id="simulated", signature="simulated",
                )  # fmt: skip
                await self.world.ask(head)

    async def look_after_parked(self) -> None:
        """Retry what is parked, skip what fails again and again; until cancelled."""
        while True:  # bounded by: the run
            await asyncio.sleep(LOOK_MS / 1000)
            firsts: dict[tuple[str, int, str], Parked] = {}
            for parked in list(self.world.watch.parked):
                firsts.setdefault(parked[:3], parked)
            for parked in firsts.values():
                self.tried[parked] = self.tried.get(parked, 0) + 1
                self._tend(parked, skip=self.tried[parked] > RETRIES_MAX)

    def _tend(self, parked: Parked, *, skip: bool) -> None:
        retry = RetryParked(subject_id=parked.subject, by="ops")
        skipped = SkipParked(
            subject_id=parked.subject, coordinates=parked.coordinates, reason="poison", by="ops"
        )
        self.world.put(skipped if skip else retry, parked.shard, parked.service)


def skus_of(product: str) -> list[str]:
    """The SKUs of a product."""
    return [f"{product}-{n}" for n in range(SKUS_EACH)]
