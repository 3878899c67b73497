"""Money back: orders says what for, payments how much and whither. Partition key: account id."""

from typing import Literal

from .message import Command, Fact, Part
from .ordering import Hold
from .payments import Posting

RefundTo = Literal["wallet", "source"]
"""source: back to the channel where one was paid; to the wallet where that was."""


class LineRefund(Part):
    """One line's share of a refund."""

    line: int
    amount: int
    """Minor units."""


class RefundOrder(Command, owner="orders", key="account_id", subject="order_id"):
    """A person decides that money goes back, for delivered lines too, and says why."""

    order_id: str
    account_id: str
    request_id: str
    """The same request is the same refund."""
    lines: tuple[int, ...] = ()
    """Line numbers; none: all that were paid."""
    amount: int | None = None
    """Minor units over these lines; none: all that is left of them."""
    to: RefundTo = "wallet"
    by: str
    reason: str


class LineFailed(Fact, owner="orders", key="account_id", subject="order_id"):
    """A line that was paid cannot be delivered: its money goes back."""

    order_id: str
    account_id: str
    line: int
    code: str
    """Delivery's reason."""


class OrderFailed(Fact, owner="orders", key="account_id", subject="order_id"):
    """Paid, and nothing of it can be delivered (失败)."""

    order_id: str
    account_id: str
    code: str
    """Delivery's last reason."""


class OrderRefunding(Fact, owner="orders", key="account_id", subject="order_id"):
    """Money is to go back (退款中)."""

    order_id: str
    account_id: str
    payment_id: str
    refund_id: str
    lines: tuple[LineRefund, ...]
    amount: int
    """Minor units."""
    to: RefundTo
    whole: bool
    """Whether nothing of the order is left after it."""
    by: str
    """`delivery`, or the person."""
    reason: str
    dispute_id: str | None = None
    """The dispute that it ends, of its one line."""
    quotas: tuple[Hold, ...] | None = None
    """What the order used up of promotions and coupons, and gives back, where that is so."""


class OrderRefunded(Fact, owner="orders", key="account_id", subject="order_id"):
    """Money has gone back (已退款)."""

    order_id: str
    account_id: str
    refund_id: str
    lines: tuple[LineRefund, ...]
    amount: int
    """Minor units."""
    to: Literal["wallet", "channel"]
    whole: bool
    """Whether nothing of the order is left, and nothing of its money on its way any more."""
    turned_down: str | None = None
    """Why its channel would not have it, where it is in the wallet for that."""


class RefundDenied(Fact, owner="orders", key="account_id", subject="order_id"):
    """A person's refund cannot be."""

    order_id: str
    account_id: str
    request_id: str
    code: Literal[
        "UNKNOWN_ORDER", "NOT_PAID", "LINE_OPEN", "MORE_THAN_PAID", "BAD_AMOUNT", "REASON_REQUIRED",
        "LINE_DISPUTED",
    ]  # fmt: skip
    """LINE_OPEN: a line is still to be delivered, or nobody knows yet whether it was ·
    LINE_DISPUTED: the dispute is to be decided, which may give the money back."""


class RefundPayment(Command, owner="payments", key="account_id", subject="order_id"):
    """Give money back that was paid for an order."""

    refund_id: str
    payment_id: str
    order_id: str
    account_id: str
    amount: int
    """Minor units."""
    to: RefundTo
    by: str
    reason: str


class RefundIssued(Fact, owner="payments", key="account_id", subject="order_id"):
    """The money is back where it was to go."""

    refund_id: str
    payment_id: str | None = None
    """None where it was never taken for a payment."""
    order_id: str
    """Or the deposit, where the money was for one."""
    account_id: str
    amount: int
    """Minor units."""
    currency: str
    to: Literal["wallet", "channel"]
    turned_down: str | None = None
    """Why the channel would not have it, where it is in the wallet for that."""
    by: str
    reason: str
    postings: tuple[Posting, ...]
    balance: int
    """Minor units in the wallet afterwards."""


class RefundRefused(Fact, owner="payments", key="account_id", subject="order_id"):
    """No money goes back."""

    refund_id: str
    payment_id: str
    order_id: str
    account_id: str
    code: Literal["NOT_PAID", "MORE_THAN_PAID", "BAD_AMOUNT"]


class RefundSubmitted(Fact, owner="payments", key="account_id", subject="order_id"):
    """Money goes back to a channel, under a request id that it recognises again."""

    refund_id: str
    """Ours: the same refund, however often it is sent."""
    payment_id: str | None = None
    order_id: str
    account_id: str
    charge_id: str
    their_id: str
    channel: str
    amount: int
    """Minor units."""
    currency: str
    by: str
    reason: str
    postings: tuple[Posting, ...]
    """Into `refunding:<channel>`; none where it is sent again."""
    call_id: str
    calls: int
    """How often it has been sent, with this time."""


class RefundUncertain(Fact, owner="payments", key="account_id", subject="order_id"):
    """Nobody knows whether the channel has given it back: it goes nowhere else until we do."""

    refund_id: str
    order_id: str
    account_id: str
    calls: int
    """How often it has been sent."""
    ask_ms: int
    """When the same refund is sent again, Unix milliseconds."""
