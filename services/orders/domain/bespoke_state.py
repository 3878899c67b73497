"""What a custom request remembers: one shape per phase."""

import msgspec

from shared.contracts.catalog import Shape


class Asked(msgspec.Struct, frozen=True, array_like=True, tag="ba"):
    """The shop has the word."""

    account_id: str


class Quoted(msgspec.Struct, frozen=True, array_like=True, tag="bq"):
    """The buyer has the word, until it is no longer valid."""

    account_id: str
    name: str
    quantity: int
    unit_price: int
    """Minor units, each."""
    currency: str
    until_ms: int
    """Unix milliseconds."""
    shape: Shape | None = None
    order_id: str = ""
    """The order that has accepted it; another one may, once that has ended unpaid."""


class Closed(msgspec.Struct, frozen=True, array_like=True, tag="bc"):
    """Withdrawn, declined or expired."""

    account_id: str


Bespoke = Asked | Quoted | Closed
