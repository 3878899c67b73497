"""What orders remembers: one small shape per phase, so that an illegal order cannot be built."""

import msgspec

from shared.contracts.orders import OnDecline


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """What the buyer and the shop agreed on, for the whole order."""

    key: str
    """The buyer's Idempotency-Key."""
    body_hash: str
    currency: str
    channel: str
    allow_partial: bool
    on_decline: OnDecline


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


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """A line that has no stock."""

    line: int
    code: str
    available: int


class Placed(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    """Risk has the word."""

    account_id: str
    terms: Terms
    lines: tuple[Line, ...]


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


class Paid(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    """Delivery has the word."""

    account_id: str
    waiting: tuple[int, ...]
    """Line numbers that are not delivered yet; never empty while it stays so."""


class Delivered(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    """The buyer has the word, until the deadline."""

    account_id: str
    deadline_ms: int
    """Unix milliseconds."""


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """Nothing can happen to this order any more."""

    completed: bool
    """Delivered and done; else refused, cancelled or expired, and never paid."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """This request, or this further try to pay, has had its answer."""


Order = Placed | Accepted | AwaitingPayment | Paid | Delivered | Ended
State = Order | Answered
