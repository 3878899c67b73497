"""payments: money that is asked for at a payment channel. Partition key: account id.

A charge is one payment at one channel, for an order or for a wallet. It is created there under our
id, paid on the channel's own page, and told by the channel's signed notice, or by its answer when
it is asked.
"""

from typing import Literal

from .message import Command, Fact
from .orders import Hold, OnDecline
from .payments import Posting


class OpenDeposit(Command, owner="payments", key="account_id", subject="deposit_id"):
    """A buyer wants to put money into their wallet, through a channel."""

    deposit_id: str
    account_id: str
    amount: int
    """Minor units."""
    currency: str
    channel: str
    received_ms: int
    """When our door received it, Unix milliseconds."""


class NotifyPayment(Command, owner="payments", key="account_id", subject="charge_id"):
    """A channel says that it was paid; its signature was verified at our door."""

    notice_id: str
    """Follows from what is said: the same notice, sent again, is the same."""
    account_id: str
    charge_id: str
    channel: str
    """Whose signature it was."""
    merchant: str
    """Our name there."""
    their_id: str
    amount: int
    """Minor units."""
    currency: str
    received_ms: int
    """When our door received it, Unix milliseconds."""


class PaymentOpened(Fact, owner="payments", key="account_id", subject="order_id"):
    """An order's payment waits for a channel."""

    payment_id: str
    order_id: str
    account_id: str
    lines: tuple[Hold, ...]
    amount: int
    """Minor units."""
    currency: str
    channel: str
    deadline_ms: int
    """Unix milliseconds."""
    on_decline: OnDecline


class ChargeOpened(Fact, owner="payments", key="account_id", subject="about"):
    """Money is to be asked for at a channel."""

    charge_id: str
    """Ours: the channel recognises a repeated request by it."""
    about: str
    """The order that it pays, or the deposit."""
    account_id: str
    payment_id: str | None = None
    """Of the order; none for a deposit."""
    request_id: str
    """The try that it is; the payment's own id for the first, the deposit's for a deposit."""
    channel: str
    merchant: str
    """Our name there."""
    amount: int
    """Minor units."""
    currency: str
    deadline_ms: int
    """Unix milliseconds until which it can be paid."""
    expire_ms: int
    """Unix milliseconds: until then the channel may say what became of it before its payment
    expires."""


class ChargeCreated(Fact, owner="payments", key="account_id", subject="about"):
    """The channel knows it, and has a page where it can be paid."""

    charge_id: str
    about: str
    account_id: str
    their_id: str
    pay_url: str


class PaymentOffered(Fact, owner="payments", key="account_id", subject="order_id"):
    """The buyer can pay an order on a channel's page."""

    payment_id: str
    order_id: str
    account_id: str
    charge_id: str
    channel: str
    pay_url: str


class OrderPayable(Fact, owner="orders", key="account_id", subject="order_id"):
    """The order can be paid on a channel's page (待支付)."""

    order_id: str
    account_id: str
    payment_id: str
    charge_id: str
    channel: str
    pay_url: str


class ChargeRefused(Fact, owner="payments", key="account_id", subject="about"):
    """The channel would not take it, for certain: nobody can pay it."""

    charge_id: str
    about: str
    account_id: str
    payment_id: str | None = None
    code: str
    """The channel's reason."""


class ChargeClosing(Fact, owner="payments", key="account_id", subject="about"):
    """The channel is asked what became of it, and to close it where it is not paid."""

    charge_id: str
    about: str
    account_id: str
    payment_id: str | None = None
    call_id: str
    calls: int
    """How often it has been asked, with this time."""


class ChargeUncertain(Fact, owner="payments", key="account_id", subject="about"):
    """The channel does not know what became of it: it is asked again."""

    charge_id: str
    about: str
    account_id: str
    calls: int
    """How often it has been asked."""
    ask_ms: int
    """When it is asked again, Unix milliseconds."""


class ChargeClosed(Fact, owner="payments", key="account_id", subject="about"):
    """Not paid, and it cannot be paid any more."""

    charge_id: str
    about: str
    account_id: str
    payment_id: str | None = None


class ChargePaid(Fact, owner="payments", key="account_id", subject="about"):
    """The channel has money for it; where that goes stands beside this fact."""

    charge_id: str
    about: str
    account_id: str
    payment_id: str | None = None
    channel: str
    their_id: str
    amount: int
    """Minor units that were paid."""
    currency: str
    told_by: Literal["notice", "answer"]


class PaymentArrivedLate(Fact, owner="payments", key="account_id", subject="order_id"):
    """Money came for a payment that had ended: it is in the buyer's wallet."""

    payment_id: str
    order_id: str
    account_id: str
    charge_id: str
    code: Literal["EXPIRED", "CANCELLED", "PAID_ALREADY"]
    """How the payment had ended before."""
    amount: int
    """Minor units."""
    currency: str
    channel: str
    postings: tuple[Posting, ...]
    balance: int
    """Minor units in the wallet afterwards."""


class PaymentMismatched(Fact, owner="payments", key="account_id", subject="about"):
    """Another sum was paid than was asked for: it is in the wallet, nothing is paid with it.

    In a currency that no wallet holds it is unclaimed, and goes back to the channel.
    """

    charge_id: str
    about: str
    account_id: str
    payment_id: str | None = None
    code: Literal["TOO_LITTLE", "TOO_MUCH", "OTHER_CURRENCY"]
    asked: int
    """Minor units that were asked for."""
    amount: int
    """Minor units that were paid."""
    currency: str
    """In which they were paid."""
    channel: str
    postings: tuple[Posting, ...]
    balance: int
    """Minor units in the wallet afterwards."""


class NoticeRefused(Fact, owner="payments", key="account_id", subject="charge_id"):
    """A channel has signed what cannot be so: nothing is paid by it, a person has to look."""

    notice_id: str
    account_id: str
    charge_id: str
    channel: str
    their_id: str
    amount: int
    """Minor units."""
    currency: str
    code: Literal[
        "UNKNOWN_CHARGE", "OTHER_CHANNEL", "OTHER_MERCHANT", "OTHER_PAYMENT", "CONTRADICTION"
    ]
    """UNKNOWN_CHARGE: this account has none of that id · OTHER_CHANNEL: signed by another than
    the charge is at · OTHER_MERCHANT: paid to somebody else · OTHER_PAYMENT: the charge has
    another id there · CONTRADICTION: it was paid before, with another sum."""
