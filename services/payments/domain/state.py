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


class OpenPayment(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """Declined so far; may be tried again until its deadline."""

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


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """Confirmed, expired or cancelled: nothing can happen to this payment any more."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """This deposit, or this further try, has had its answer."""


State = Wallet | OpenPayment | Ended | Answered
