"""payments: has this been paid. Partition key: account id."""

from typing import Final, Literal

from .message import Command, Fact, Part
from .orders import Hold, OnDecline

WALLET: Final = "wallet"
"""The way to pay that is our own ledger."""
CHANNELS: Final = frozenset({"yunfu", "kapay"})
"""The names of the payment channels; each has an adapter in payments."""


class Posting(Part):
    """One side of a double entry; the postings of a fact sum to zero."""

    account: str
    """`wallet:<account id>` what we owe a buyer · `cash:<source>` the world outside · `sales` what
    we have earned · `refunding:<channel>` on its way back · `unclaimed:<currency>` arrived in a
    currency that no wallet holds. Outside CNY the currency follows: `cash:kapay:USD`."""
    amount: int
    """Minor units: positive where the account gains."""


class Deposit(Command, owner="payments", key="account_id", subject="deposit_id"):
    """Put money into a wallet."""

    deposit_id: str
    account_id: str
    amount: int
    """Minor units."""
    currency: str
    source: str
    """Where the money comes from, e.g. `operator`."""
    by: str
    reason: str


class RetryPayment(Command, owner="payments", key="account_id", subject="order_id"):
    """The buyer pays a declined order again."""

    payment_id: str
    order_id: str
    account_id: str
    request_id: str
    received_ms: int
    """When our door received it, Unix milliseconds."""
    channel: str | None = None
    """`wallet` or a channel, where it is to be paid in another way than the order named."""


class CancelPayment(Command, owner="payments", key="account_id", subject="order_id"):
    """The buyer cancels: the payment ends, unless it has ended."""

    payment_id: str
    order_id: str
    account_id: str


class FundsDeposited(Fact, owner="payments", key="account_id", subject="deposit_id"):
    """Money is in the wallet."""

    deposit_id: str
    account_id: str
    amount: int
    """Minor units."""
    currency: str
    source: str
    by: str
    reason: str
    postings: tuple[Posting, ...]
    balance: int
    """Minor units in the wallet afterwards."""


class DepositRefused(Fact, owner="payments", key="account_id", subject="deposit_id"):
    """The deposit was refused; no money moved."""

    deposit_id: str
    account_id: str
    code: Literal["BAD_AMOUNT", "BAD_CURRENCY", "UNKNOWN_CHANNEL", "CHANNEL_REFUSED", "NOT_PAID"]
    """CHANNEL_REFUSED: it would not take the payment · NOT_PAID: nobody paid in time."""


class PaymentDeclined(Fact, owner="payments", key="account_id", subject="order_id"):
    """Not paid this time; not an end: it can be paid until its deadline."""

    payment_id: str
    order_id: str
    account_id: str
    request_id: str
    """The try that was declined; the payment's own id for the first."""
    code: Literal[
        "INSUFFICIENT_BALANCE", "UNKNOWN_CHANNEL", "CHANNEL_REFUSED", "WRONG_AMOUNT",
        "WRONG_CURRENCY",
    ]  # fmt: skip
    lines: tuple[Hold, ...]
    amount: int
    """Minor units asked for."""
    balance: int
    """Minor units in the wallet."""
    currency: str
    channel: str
    deadline_ms: int
    """Unix milliseconds."""
    on_decline: OnDecline


class PaymentConfirmed(Fact, owner="payments", key="account_id", subject="order_id"):
    """Paid: one of the three ends of a payment."""

    payment_id: str
    order_id: str
    account_id: str
    request_id: str
    """The try that was confirmed; the payment's own id for the first."""
    lines: tuple[Hold, ...]
    """What was paid: exactly these lines and reservations are to be delivered."""
    amount: int
    """Minor units."""
    currency: str
    channel: str
    postings: tuple[Posting, ...]
    balance: int
    """Minor units in the wallet afterwards."""
    charge_id: str | None = None
    """Our id at the channel that was paid; none where the wallet was."""


class PaymentExpired(Fact, owner="payments", key="account_id", subject="order_id"):
    """Not paid in time: one of the three ends of a payment."""

    payment_id: str
    order_id: str
    account_id: str


class PaymentCancelled(Fact, owner="payments", key="account_id", subject="order_id"):
    """Cancelled before it was paid: one of the three ends of a payment."""

    payment_id: str
    order_id: str
    account_id: str
    by: Literal["buyer", "decline"]


class RetryRefused(Fact, owner="payments", key="account_id", subject="order_id"):
    """A further try was refused: this payment is not open."""

    payment_id: str
    order_id: str
    account_id: str
    request_id: str
    code: Literal["PAYMENT_UNKNOWN", "PAYMENT_ENDED", "UNKNOWN_CHANNEL", "CHARGE_OPEN"]
    """CHARGE_OPEN: this channel waits for the buyer's money already."""
