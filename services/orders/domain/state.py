"""What orders remembers: one small shape per phase, so that an illegal order cannot be built."""

from typing import Literal

import msgspec

from shared.contracts.orders import OnDecline

from .bespoke_state import Bespoke
from .dispute_state import Dispute


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """What the buyer and the shop agreed on, for the whole order."""

    key: str
    """The buyer's Idempotency-Key."""
    body_hash: str
    currency: str
    channel: str
    allow_partial: bool
    on_decline: OnDecline
    open_ms: int = 0
    """The longest refund window of its products, milliseconds after delivery; 0: none says one."""


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A line that no stock has been asked for."""

    line: int
    sku: str
    quantity: int
    amount: int
    """Minor units, the whole line."""
    target: str | None = None
    """Where a top-up goes, sealed."""


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A line with its one reservation."""

    line: int
    sku: str
    quantity: int
    amount: int
    """Minor units, the whole line."""
    reservation_id: str
    target: str | None = None
    counted: bool | None = None
    """Risk is told when its units are sold."""


class Counted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What it uses up of a promotion or a coupon."""

    number: int
    """Beyond all lines."""
    sku: str
    units: int


class Used(msgspec.Struct, frozen=True, array_like=True, tag="q"):
    """`used/<quota SKU>/<account>`: what one account has used up of a promotion or a coupon."""

    sold: int = 0
    unpaid: tuple[tuple[str, int], ...] = ()
    """Orders that may still end unpaid, and their units."""

    @property
    def units(self) -> int:
        """All of it."""
        return self.sold + sum([units for _, units in self.unpaid])


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """A line that has no stock."""

    line: int
    code: str
    available: int


class Sold(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line that is paid, and how much of that has gone back."""

    line: int
    amount: int
    """Minor units, the whole line."""
    refunded: int = 0
    """Minor units that went back, or are on their way."""
    sku: str = ""
    quantity: int = 0
    topup: bool = False
    """It has no card that could be given again."""
    failed: bool = False
    """It could not be delivered, which shows where it cost nothing."""

    @property
    def gone(self) -> bool:
        """Whether nothing of it was kept; what a coupon paid wholly can be."""
        return self.failed or 0 < self.amount <= self.refunded


class Invoice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One that is asked for, or issued, and has not ended."""

    invoice_id: str
    amount: int
    """Minor units."""
    issued: bool = False


class Lost(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line that cannot be delivered."""

    line: int
    code: str


class Placed(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    """Risk has the word."""

    account_id: str
    terms: Terms
    lines: tuple[Line, ...]
    awaited: Literal["", "code", "person"] = ""
    """Whom risk itself waits for; as yet nobody."""
    quotas: tuple[Counted, ...] = ()


class Accepted(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """Inventory has the word, line by line, until the deadline."""

    account_id: str
    terms: Terms
    lines: tuple[Asked, ...]
    deadline_ms: int
    """Unix milliseconds."""
    payment_ms: int
    """Milliseconds for which it can be paid, once stock is held."""
    waiting: tuple[int, ...]
    """Line numbers without an answer; never empty while it stays so."""
    reserved: tuple[int, ...] = ()
    """Line numbers."""
    refused: tuple[Refused, ...] = ()
    quotas: tuple[Asked, ...] = ()
    """What it asks for of promotions and coupons: answered and held like its lines."""
    disputed: tuple[int, ...] = ()
    """Line numbers of which a held card was recalled: another one is offered already."""


class AwaitingPayment(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    """Payments has the word; nothing is released before it has spoken."""

    account_id: str
    lines: tuple[Asked, ...]
    declined: bool = False
    """The first try was declined."""
    cancelling: bool = False
    """The buyer's cancellation was passed on."""
    delivered: tuple[int, ...] = ()
    """Line numbers whose delivery was heard of before the payment it follows from."""
    failed: tuple[Lost, ...] = ()
    """The same, where delivery has said that they cannot be delivered."""
    offered: tuple[str, ...] = ()
    """Charges whose page the buyer has been told of."""
    quotas: tuple[Asked, ...] = ()
    """What it holds of promotions and coupons."""
    open_ms: int = 0
    """As in its terms."""
    disputed: tuple[int, ...] = ()
    """Line numbers of which a held card was recalled: another one is offered already."""
    staff: str = ""
    """Who of our people asked for the cancellation that was passed on."""
    reason: str = ""
    """And what they tell the buyer."""


class Paid(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    """Delivery has the word."""

    account_id: str
    waiting: tuple[int, ...]
    """Line numbers that are not delivered yet; never empty while it stays so."""
    lines: tuple[Sold, ...] = ()
    failed: tuple[int, ...] = ()
    """Line numbers that cannot be delivered."""
    disputed: tuple[int, ...] = ()
    """Line numbers that the buyer disputes, or for which another card is offered."""
    open_ms: int = 0
    """As in its terms."""
    invoices: tuple[Invoice, ...] = ()
    """Asked for or issued."""
    underway: int = 0
    """Refunds of it whose money is not back yet."""
    quotas: tuple[Counted, ...] = ()
    """What it used up of promotions and coupons."""


class Delivered(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    """The buyer has the word, until the deadline."""

    account_id: str
    deadline_ms: int
    """Unix milliseconds."""
    lines: tuple[Sold, ...] = ()
    disputed: tuple[int, ...] = ()
    """Line numbers that the buyer disputes, or for which another card is offered."""
    invoices: tuple[Invoice, ...] = ()
    """Asked for or issued."""
    underway: int = 0
    """Refunds of it whose money is not back yet."""
    quotas: tuple[Counted, ...] = ()
    """What it used up of promotions and coupons."""


class Refunding(msgspec.Struct, frozen=True, array_like=True, tag="f"):
    """Payments has the word: nothing of the order is left once all its money is back."""

    account_id: str
    refund_id: str
    """The one that left nothing."""
    completed: bool = False
    """Whether it had been completed before."""
    underway: int = 1
    """Refunds of it whose money is not back yet: that one, and parts from before it."""


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """Nothing happens to this order by itself any more."""

    completed: bool
    """Delivered and done, even if its money went back after that; else it never came so far."""
    account_id: str = ""
    """With `completed`."""
    lines: tuple[Sold, ...] = ()
    """With `completed`: a person may still give money back; none once all of it has gone."""
    disputed: tuple[int, ...] = ()
    """Line numbers that the buyer disputes, or for which another card is offered."""
    until_ms: int = 0
    """With `completed`: Unix milliseconds until which a line may be disputed."""
    invoices: tuple[Invoice, ...] = ()
    """Asked for or issued."""
    underway: int = 0
    """Refunds of it whose money is not back yet."""
    quotas: tuple[Counted, ...] = ()
    """With `completed`: what it used up of promotions and coupons."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """This request, or this further try to pay, has had its answer."""


class Underway(msgspec.Struct, frozen=True, array_like=True, tag="u"):
    """`refund/<id>`: money is on its way back."""

    lines: tuple[Sold, ...]
    """Each with the amount that goes back for it."""
    amount: int
    """Minor units."""
    whole: bool
    """Whether nothing of the order is left after it."""
    disputed: int = 0
    """The line whose dispute it ends; 0: it ends none."""


Order = Placed | Accepted | AwaitingPayment | Paid | Delivered | Refunding | Ended
State = Order | Underway | Answered | Used | Dispute | Bespoke
