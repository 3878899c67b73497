"""Custom requests: what no shelf has is asked for, quoted, and ordered at the quoted price.

Orders decides; partition key: account id. What is sold under a quote has a SKU of its own.
"""

from typing import Final, Literal

from .catalog import Shape
from .message import Command, Fact

CUSTOM_SKU: Final = "custom-"
"""What the SKU of a quote begins with; the request's id follows."""


def custom_sku(custom_id: str) -> str:
    """Where the goods of a quote are kept: on no shelf, so nobody else can order them."""
    return CUSTOM_SKU + custom_id


class RequestQuote(Command, owner="orders", key="account_id", subject="custom_id"):
    """A buyer wants something that the shop does not list."""

    custom_id: str
    account_id: str
    quantity: int
    budget: int | None = None
    """Minor units, for all of it."""
    currency: str
    sealed_text: str
    """What is wanted and how to reach the buyer, sealed to the gateway."""


class GiveQuote(Command, owner="orders", key="account_id", subject="custom_id"):
    """An operator says what it costs, and until when."""

    custom_id: str
    account_id: str
    request_id: str
    name: str
    """What will be on the order."""
    quantity: int
    unit_price: int
    """Minor units, each."""
    currency: str
    shape: Shape | None = None
    """What its cards are made of, where that is more than a single code."""
    until_ms: int
    """Unix milliseconds: it can be accepted until then."""
    by: str


class CloseRequest(Command, owner="orders", key="account_id", subject="custom_id"):
    """The buyer no longer wants it, or the shop cannot do it."""

    custom_id: str
    account_id: str
    request_id: str
    by: str
    """`buyer`, or the operator."""
    reason: str = ""


class QuoteRequested(Fact, owner="orders", key="account_id", subject="custom_id"):
    """Something is asked for that is on no shelf (待报价)."""

    custom_id: str
    account_id: str
    quantity: int
    budget: int | None = None
    """Minor units, for all of it."""
    currency: str
    sealed_text: str


class QuoteGiven(Fact, owner="orders", key="account_id", subject="custom_id"):
    """It can be ordered at this price (已报价); a newer quote takes an older one's place."""

    custom_id: str
    account_id: str
    request_id: str
    name: str
    quantity: int
    unit_price: int
    """Minor units, each."""
    currency: str
    shape: Shape | None = None
    until_ms: int
    """Unix milliseconds."""
    by: str


class QuoteExpired(Fact, owner="orders", key="account_id", subject="custom_id"):
    """Nobody has accepted it in time (报价过期)."""

    custom_id: str
    account_id: str


class RequestClosed(Fact, owner="orders", key="account_id", subject="custom_id"):
    """The buyer has withdrawn it, or the shop has declined it."""

    custom_id: str
    account_id: str
    request_id: str
    code: Literal["WITHDRAWN", "DECLINED"]
    by: str
    reason: str


class QuoteRefused(Fact, owner="orders", key="account_id", subject="custom_id"):
    """A word about a custom request that cannot be."""

    custom_id: str
    account_id: str
    request_id: str
    code: Literal["UNKNOWN_REQUEST", "NOT_OPEN", "ORDERED", "BAD_QUOTE", "REASON_REQUIRED"]
