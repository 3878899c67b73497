"""What must hold, by name; and what is said where it does not."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Law(StrEnum):
    """The invariants. Where a law is checked is said at the book that keeps it."""

    # money
    POSTINGS_BALANCE = "POSTINGS_BALANCE"
    """The postings of a fact sum to zero, and move the amount that the fact names."""
    WALLET_ADDS_UP = "WALLET_ADDS_UP"
    """A wallet's balance is the sum of its postings, and the balance that each fact names."""
    WALLET_NOT_NEGATIVE = "WALLET_NOT_NEGATIVE"
    DEPOSIT_ONCE = "DEPOSIT_ONCE"
    DECLINED_FOR_CAUSE = "DECLINED_FOR_CAUSE"
    """A payment is declined for want of money only where money was wanting."""
    CHANNEL_ADDS_UP = "CHANNEL_ADDS_UP"
    """What a channel was paid is entered in full: spent, in a wallet, unclaimed, or gone back."""
    REFUND_AS_ASKED = "REFUND_AS_ASKED"
    """Each refund that orders asks for is issued, once, in that amount; none that it did not."""
    REFUND_WITHIN_PAID = "REFUND_WITHIN_PAID"
    """No more goes back than was paid."""
    INVOICED_WITHIN_PAID = "INVOICED_WITHIN_PAID"
    """Invoices are of no more than was paid and has not gone back; each ends once."""
    NEVER_BELOW_COST = "NEVER_BELOW_COST"
    """A line comes to no less than its floor, whatever is taken off it."""
    REFUNDED_AT_REST = "REFUNDED_AT_REST"
    """An order is refunded with the last of its money, not while a part is on its way."""

    # cards
    CLAIMED_ONCE = "CLAIMED_ONCE"
    """A card is taken once, over all imports and SKUs."""
    CLAIM_RECEIVED = "CLAIM_RECEIVED"
    """A card joins the stock it was claimed for, once, as it was sealed."""
    QUEUE_IN_ORDER = "QUEUE_IN_ORDER"
    """Each place of a SKU's queue is given once, in order."""
    CARD_HELD_ONCE = "CARD_HELD_ONCE"
    """A card is reserved only while it is available: in no other reservation, and not sold."""
    RESERVED_ONCE = "RESERVED_ONCE"
    """A reservation is answered once."""
    RESERVATION_ENDS_ONCE = "RESERVATION_ENDS_ONCE"
    """A reservation is committed or released, with the cards it holds, and not both."""
    STOCK_ADDS_UP = "STOCK_ADDS_UP"
    """received = available + reserved + sold + withdrawn, and what facts say is available is."""
    UNITS_BACK_ONCE = "UNITS_BACK_ONCE"
    """What an order used of coupons and promotions comes back once: where it goes back whole
    because of us, all of it; else none."""
    PAID_STOCK_IS_THERE = "PAID_STOCK_IS_THERE"
    """Nobody pays for stock that is not held for them."""

    # orders and what they lead to
    ORDER_LEGAL = "ORDER_LEGAL"
    """An order's states follow one another as they may."""
    NO_EARLY_RELEASE = "NO_EARLY_RELEASE"
    """From PaymentRequested on nothing that it names is released before payments has spoken."""
    PAYMENT_ENDS_ONCE = "PAYMENT_ENDS_ONCE"
    """Exactly one of confirmed, expired, cancelled."""
    PAID_AS_ASKED = "PAID_AS_ASKED"
    """What is confirmed is what the order asked for: amount, currency, lines."""
    ORDER_HEEDS_PAYMENT = "ORDER_HEEDS_PAYMENT"
    """Orders restates the end of a payment as payments has said it."""
    CHARGED_AS_OFFERED = "CHARGED_AS_OFFERED"
    """Placed and asked for is what the catalogue offers: under its promotions and coupons, while
    they hold, for what they are good for."""
    USED_SO_OFTEN = "USED_SO_OFTEN"
    """A promotion or coupon is granted once, and no account uses more of it than it may."""
    RELEASED_OR_PAID = "RELEASED_OR_PAID"
    """What is paid is committed, what is not paid is released."""
    DELIVERED_ONCE = "DELIVERED_ONCE"
    """Each line of an order is delivered at most once, and each card to one line."""
    DELIVERED_AS_PAID = "DELIVERED_AS_PAID"
    """Nothing is delivered but what was paid."""
    CARDS_AS_RESERVED = "CARDS_AS_RESERVED"
    """The cards reserved for a line are the cards that are prepared and delivered for it."""
    TOPUP_ONCE = "TOPUP_ONCE"
    """A top-up is one request at a time: the next only after a certain refusal, and no end before
    it is known."""
    DISPUTE_ENDS_ONCE = "DISPUTE_ENDS_ONCE"
    """A disputed line ends with exactly one of replacement, refund, rejection."""
    REPLACED_AS_RESERVED = "REPLACED_AS_RESERVED"
    """The cards given in place of others are those reserved for that, sold and given once."""
    QUOTE_ENDS_ONCE = "QUOTE_ENDS_ONCE"
    """A custom request ends once: ordered and paid, withdrawn, declined or expired; while an order
    has accepted its quote, nothing else is said of it."""
    REVIEWED_ONCE = "REVIEWED_ONCE"
    """A line is reviewed once, and only of an order that is completed."""
    TOLD_ONCE = "TOLD_ONCE"
    """Who waits for a SKU is told once, those who have waited longest first."""
    REVEALED_TO_OWNER = "REVEALED_TO_OWNER"
    """Codes are shown only of what was delivered to who asks."""

    # at rest
    PAID_IS_DELIVERED = "PAID_IS_DELIVERED"
    """Every paid line ends delivered (or refunded)."""
    NOTHING_LEFT_HELD = "NOTHING_LEFT_HELD"
    """No reservation of an order that has ended is still open."""
    NOTHING_STUCK = "NOTHING_STUCK"
    """Every order, every payment and every dispute comes to rest."""


class Seen(NamedTuple):
    """What is known about a fact besides what it says."""

    where: str
    """`topic/partition/offset`."""
    cause: str
    """As in its link: what made its writer decide it."""
    time_ms: int
    """Unix milliseconds: its `ce_time`."""


class Violation(NamedTuple):
    """A law that does not hold, and the record at which that shows."""

    law: Law
    where: str
    """`topic/partition/offset`."""
    detail: str
    order_id: str = ""
    """The order it is about, where it is about one."""

    def __str__(self) -> str:
        about = f" (order {self.order_id})" if self.order_id else ""
        return f"{self.where}: {self.law} {self.detail}{about}"


Violations = Iterator[Violation]
