"""Who asks for more than goods: an invoice, a review, to be told, and what is on no shelf."""

import asyncio
from typing import Any, Final

from shared.contracts.bespoke import (
    CloseRequest,
    GiveQuote,
    QuoteGiven,
    QuoteRequested,
    RequestQuote,
    custom_sku,
)
from shared.contracts.inventory import ClaimCard
from shared.contracts.invoices import DecideInvoice, InvoiceRequested, RequestInvoice
from shared.contracts.message import Fact
from shared.contracts.orders import OrderCompleted, OrderPaid, PlaceOrder, WantedLine
from shared.contracts.reviews import JudgeReview, ReviewLine, ReviewPosted
from shared.contracts.waitlist import JoinWaitlist, LeaveWaitlist
from shared.kernel import ids

from .buyers import WAYS, Buyers
from .dice import Dice, dice_of
from .operators import PRICE, QUANTITY_MAX, Shop
from .world import World

THINKS_S: Final = 10.0
"""Until somebody has made up their mind, on average."""
REQUESTS_MAX: Final = 2
WAITERS_MAX: Final = 5
ASKING_MS: Final = 50_000
QUOTED_MS: Final = (4_000, 60_000)
"""For how long a quote holds."""
INVOICE_MAX: Final = 2_000
"""Minor units, where a buyer names them."""
LINES_MAX: Final = 3


class Askers:
    """They see on the log what is theirs, and the shop's people answer them."""

    def __init__(self, seed: int, world: World, shop: Shop, buyers: Buyers) -> None:
        self.seed, self.world, self.shop, self.buyers = seed, world, shop, buyers
        world.watch.listeners.append(self.see)

    def see(self, fact: Fact) -> None:
        """Some of it makes somebody ask, or answer."""
        match fact:
            case OrderPaid() | OrderCompleted() | ReviewPosted():
                self._after(fact, dice_of(self.seed, "after", type(fact).__name__, _id_of(fact)))
            case InvoiceRequested():
                self._send(self._decide(fact, dice_of(self.seed, "finance", fact.invoice_id)))
            case QuoteRequested():
                self._send(self._quote(fact, dice_of(self.seed, "quoter", fact.custom_id)))
            case QuoteGiven():
                self._send(self._accept(fact, dice_of(self.seed, "quoted", fact.request_id)))
            case _:
                pass

    def _send(self, errand: Any) -> None:
        self.world.send_out(errand)

    def _after(self, fact: OrderPaid | OrderCompleted | ReviewPosted, dice: Dice) -> None:
        match fact:
            case OrderPaid() if dice.percent(25):
                self._send(self._invoice(fact, dice))
            case OrderCompleted() if dice.percent(50):
                self._send(self._review(fact, dice))
            case ReviewPosted() if dice.percent(30):
                self._send(self._judge(fact, dice))
            case _:
                pass

    async def come(self) -> None:
        """Until all that is on no shelf is asked for, and who waits is on a list."""
        dice = dice_of(self.seed, "askers")
        requests, waiters = dice.randint(0, REQUESTS_MAX), dice.randint(0, WAITERS_MAX)
        await self.shop.is_open.wait()
        await asyncio.gather(
            *(self._request(number) for number in range(requests)),
            *(self._wait(number) for number in range(waiters)),
        )

    async def _think(self, dice: Dice) -> None:
        await asyncio.sleep(dice.expovariate(1 / THINKS_S))

    async def _twice_maybe(self, command: Any, dice: Dice) -> None:
        await self.world.ask(command)
        if dice.percent(30):
            await asyncio.sleep(dice.random() * 5)
            await self.world.ask(command)

    async def _invoice(self, order: OrderPaid, dice: Dice) -> None:
        """All of it, a part, or more than there is."""
        for number in range(dice.randint(1, 2)):
            await self._think(dice)
            asked = RequestInvoice(
                order_id=order.order_id, account_id=order.account_id,
                request_id=f"invoice {order.order_id} {number}", currency="CNY",
                amount=dice.randint(1, INVOICE_MAX) if dice.percent(50) else None,
                sealed_details="sealed title",
            )  # fmt: skip
            await self._twice_maybe(asked, dice)

    async def _decide(self, invoice: InvoiceRequested, dice: Dice) -> None:
        """Issued or rejected, then perhaps voided; or everything at once."""
        for number in range(dice.randint(0, 2)):
            await self._think(dice)
            outcome: Any = dice.choice(("issued", "issued", "rejected", "voided"))
            decided = DecideInvoice(
                order_id=invoice.order_id, account_id=invoice.account_id,
                request_id=f"{invoice.invoice_id} {number}", invoice_id=invoice.invoice_id,
                outcome=outcome, number="2450", by="finance", reason="simulated",
            )  # fmt: skip
            await self._twice_maybe(decided, dice)

    async def _review(self, order: OrderCompleted, dice: Dice) -> None:
        """Some lines are not there; some are reviewed in two windows at once."""
        await self._think(dice)
        line, number = dice.randint(1, LINES_MAX), 0
        for number in range(dice.randint(1, 2)):
            said = ReviewLine(
                order_id=order.order_id, account_id=order.account_id, line=line,
                request_id=f"review {order.order_id} {number}", rating=dice.randint(0, 5),
                product_id=dice.choice(self.shop.products), sealed_text="sealed words",
            )  # fmt: skip
            await self._twice_maybe(said, dice)

    async def _judge(self, review: ReviewPosted, dice: Dice) -> None:
        for number in range(dice.randint(1, 2)):
            await self._think(dice)
            judged = JudgeReview(
                product_id=review.product_id, review_id=review.review_id, by="ops",
                request_id=f"judge {review.review_id} {number}", shown=dice.percent(50),
                reason="simulated",
            )  # fmt: skip
            await self._twice_maybe(judged, dice)

    async def _wait(self, number: int) -> None:
        dice = dice_of(self.seed, "waiter", number)
        await asyncio.sleep(dice.random() * ASKING_MS / 1000)
        sku = dice.choice(sorted(self.shop.prices))
        account, name = dice.choice(self.shop.accounts), ids.derive("waiting", str(number))
        joined = JoinWaitlist(
            sku=sku, product_id=sku.rpartition("-")[0], account_id=account, subscription_id=name
        )
        await self._twice_maybe(joined, dice)
        if dice.percent(30):
            await self._think(dice)
            left = LeaveWaitlist(
                sku=sku, account_id=account, subscription_id=name, request_id=f"leave {number}"
            )
            await self._twice_maybe(left, dice)

    async def _request(self, number: int) -> None:
        dice = dice_of(self.seed, "request", number)
        await asyncio.sleep(dice.random() * ASKING_MS / 1000)
        wanted = RequestQuote(
            custom_id=ids.derive("custom", str(number)), account_id=dice.choice(self.shop.accounts),
            quantity=dice.randint(1, QUANTITY_MAX), currency="CNY", sealed_text="sealed wish",
        )  # fmt: skip
        await self._twice_maybe(wanted, dice)

    async def _quote(self, wanted: QuoteRequested, dice: Dice) -> None:
        """The shop gets it, or not enough of it, and says what it costs; perhaps twice."""
        await self._think(dice)
        whose: Any = {"custom_id": wanted.custom_id, "account_id": wanted.account_id, "by": "ops"}
        for number in range(wanted.quantity - dice.percent(20)):
            code = f"{wanted.custom_id} {number}"
            card = ClaimCard(
                card_id=ids.derive("card", code), sku=custom_sku(wanted.custom_id), line=number + 1,
                sealed=f"v1.{code}", import_id=f"import {wanted.custom_id}",
            )  # fmt: skip
            await self._twice_maybe(card, dice)
        for number in range(dice.randint(1, 2)):
            quote = GiveQuote(
                **whose, request_id=f"quote {wanted.custom_id} {number}", name="wished for",
                quantity=wanted.quantity, unit_price=PRICE - number, currency="CNY",
                until_ms=self.world.now_ms() + dice.randint(*QUOTED_MS),
            )  # fmt: skip
            await self._twice_maybe(quote, dice)
            await self._think(dice)
        if dice.percent(20):
            no = CloseRequest(**whose, request_id=f"no {wanted.custom_id}", reason="simulated")
            await self._twice_maybe(no, dice)

    async def _accept(self, quote: QuoteGiven, dice: Dice) -> None:
        """In two windows at once, again after a while, after its time; or it is let go."""
        for number in range(dice.randint(0, 3)):
            if dice.percent(60):
                await self._think(dice)
            self._send(self.buyers.follow(self._order(quote, f"{quote.request_id} {number}", dice)))
        if dice.percent(25):
            await self._think(dice)
            no = CloseRequest(
                custom_id=quote.custom_id, account_id=quote.account_id, by="buyer",
                request_id=f"withdraw {quote.request_id}",
            )  # fmt: skip
            await self._twice_maybe(no, dice)

    def _order(self, quote: QuoteGiven, key: str, dice: Dice) -> PlaceOrder:
        sku = custom_sku(quote.custom_id)
        price = quote.unit_price + dice.percent(10)
        line = WantedLine(sku=sku, product_id=sku, quantity=quote.quantity, unit_price=price)
        return PlaceOrder(
            order_id=ids.order_id(quote.account_id, key), account_id=quote.account_id, key=key,
            body_hash=key, lines=(line,), currency="CNY", pay_with=dice.choice(WAYS),
            on_decline=dice.choice(("wait", "cancel")), received_ms=self.world.now_ms(),
            quote=quote.custom_id,
        )  # fmt: skip


def _id_of(fact: OrderPaid | OrderCompleted | ReviewPosted) -> str:
    return fact.review_id if isinstance(fact, ReviewPosted) else fact.order_id
