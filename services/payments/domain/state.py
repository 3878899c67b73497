"""What payments remembers: frozen, small, and stored as it stands here."""

import msgspec

from shared.contracts.orders import OnDecline


class Wallet(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    """What an account can spend: minor units, never negative."""

    balance: int


class OpenLine(msgspec.Struct, frozen=True, array_like=True):
    """One line to be paid; as in contracts' Hold."""

    line: int
    sku: str
    quantity: int
    reservation_id: str
    target: str | None = None
    counted: bool | None = None


class OpenCharge(msgspec.Struct, frozen=True, array_like=True):
    """A charge that may still be paid for a payment."""

    charge_id: str
    channel: str
    expire_ms: int
    """Unix milliseconds: so long the payment waits for the channel's word."""
    closing: bool = False
    """The channel is being asked for it."""


class OpenPayment(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """Not paid so far; may be tried until its deadline."""

    payment_id: str
    order_id: str
    account_id: str
    lines: tuple[OpenLine, ...]
    amount: int
    """Minor units."""
    currency: str
    channel: str
    deadline_ms: int
    """Unix milliseconds."""
    on_decline: OnDecline
    charges: tuple[OpenCharge, ...] = ()
    """At most one of a channel."""

    @property
    def due_ms(self) -> int:
        """When something is to be done about it; Unix milliseconds."""
        if self.charges and all(charge.closing for charge in self.charges):
            return max(charge.expire_ms for charge in self.charges)
        return self.deadline_ms


class Paid(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    """Confirmed: nothing can happen to it but that money goes back."""

    account_id: str
    amount: int
    """Minor units."""
    channel: str
    charge_id: str = ""
    refunded: int = 0
    """Minor units that went back, or are on their way."""


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """Expired or cancelled: nothing can happen to this payment any more."""

    cancelled: bool = False


class Bill(msgspec.Struct, frozen=True, array_like=True):
    """What is asked for at a channel; all of it is bound together."""

    charge_id: str
    about: str
    """The order or the deposit."""
    account_id: str
    payment_id: str | None
    """None for a deposit."""
    request_id: str
    channel: str
    merchant: str
    amount: int
    """Minor units."""
    currency: str
    deadline_ms: int
    """Unix milliseconds."""


class Creating(msgspec.Struct, frozen=True, array_like=True, tag="cc"):
    """`charge/<id>`: the channel is being told of it."""

    bill: Bill


class Waiting(msgspec.Struct, frozen=True, array_like=True, tag="cw"):
    """`charge/<id>`: the buyer may pay it."""

    bill: Bill
    their_id: str


class Closing(msgspec.Struct, frozen=True, array_like=True, tag="cl"):
    """`charge/<id>`: the channel is being asked what became of it."""

    bill: Bill
    their_id: str
    """Empty where the channel has not told it."""
    call_id: str
    calls: int


class Uncertain(msgspec.Struct, frozen=True, array_like=True, tag="cu"):
    """`charge/<id>`: the channel did not know; it is asked again."""

    bill: Bill
    their_id: str
    calls: int
    ask_ms: int
    """Unix milliseconds."""


class Closed(msgspec.Struct, frozen=True, array_like=True, tag="cx"):
    """`charge/<id>`: not paid, or refused; kept, because money may come all the same."""

    bill: Bill
    their_id: str


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="cp"):
    """`charge/<id>`: the channel has the money."""

    bill: Bill
    their_id: str
    amount: int
    """Minor units that were paid."""
    currency: str


class Return(msgspec.Struct, frozen=True, array_like=True):
    """Money on its way back to a channel."""

    refund_id: str
    payment_id: str | None
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


class Returning(msgspec.Struct, frozen=True, array_like=True, tag="rs"):
    """`refund/<id>`: being sent to the channel."""

    job: Return
    call_id: str
    calls: int


class ReturnUnsure(msgspec.Struct, frozen=True, array_like=True, tag="ru"):
    """`refund/<id>`: nobody knows; the same refund is sent again."""

    job: Return
    calls: int
    ask_ms: int
    """Unix milliseconds."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """This deposit, further try, notice or refund has had its answer."""


Payment = OpenPayment | Paid | Ended
OpenBill = Creating | Waiting | Closing | Uncertain
Charge = OpenBill | Closed | Settled
Refund = Returning | ReturnUnsure
State = Wallet | Payment | Charge | Refund | Answered
