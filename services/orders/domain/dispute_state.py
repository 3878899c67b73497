"""What is remembered of a line under dispute: one small shape for whoever has the word."""

from typing import Literal

import msgspec

from shared.contracts.disputes import Wish


class Case(msgspec.Struct, frozen=True, array_like=True):
    """What stays the same while it is open."""

    dispute_id: str
    account_id: str
    line: int
    quantity: int
    """Units that are wrong."""
    wants: Wish
    answer_ms: int
    """Milliseconds for a word."""
    stock_ms: int
    """Milliseconds for inventory's."""
    recalled: bool = False


class Contested(msgspec.Struct, frozen=True, array_like=True, tag="xo"):
    """The shop has the word; silent, it has decided for the buyer."""

    case: Case
    deadline_ms: int
    """Unix milliseconds."""


class Questioned(msgspec.Struct, frozen=True, array_like=True, tag="xq"):
    """The buyer has the word; silent, they have given it up."""

    case: Case
    deadline_ms: int
    """Unix milliseconds."""


class Offering(msgspec.Struct, frozen=True, array_like=True, tag="xr"):
    """Its card was recalled: the buyer may have another one, or the money."""

    case: Case
    deadline_ms: int
    """Unix milliseconds."""


class Replacing(msgspec.Struct, frozen=True, array_like=True, tag="xs"):
    """Inventory has the word; silent or empty, the money goes back."""

    case: Case
    reservation_id: str
    deadline_ms: int
    """Unix milliseconds."""


class Sending(msgspec.Struct, frozen=True, array_like=True, tag="xd"):
    """Delivery has the word."""

    case: Case
    reservation_id: str


class Repaying(msgspec.Struct, frozen=True, array_like=True, tag="xf"):
    """Payments has the word."""

    case: Case


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="xe"):
    """It has ended; the line may be disputed anew where it was replaced, or never disputed."""

    dispute_id: str
    outcome: Literal["replaced", "refunded", "rejected"]
    offer: bool = False
    """It was an offer that nobody took."""


Judged = Contested | Questioned | Offering
"""Nobody has decided."""
Open = Judged | Replacing | Sending | Repaying
Dispute = Open | Settled
