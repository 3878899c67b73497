"""Waitlists: who wants to be told when a SKU is there again. The catalogue decides; key: SKU.

Keyed by SKU like inventory's facts, so that the shard that hears of a card has the list of its SKU.
"""

from typing import Literal

from .message import Command, Fact, Part


class Waiter(Part):
    """One who is told by SMS as well."""

    subscription_id: str
    account_id: str
    sealed: str
    """Phone and words, sealed to the SMS sender's key."""


class JoinWaitlist(Command, owner="catalog", key="sku", subject="sku"):
    """Tell this account once when there is some of it again."""

    sku: str
    product_id: str
    account_id: str
    subscription_id: str
    """The same request is the same subscription: its id."""
    sealed: str | None = None
    """What is sent by SMS when it comes, sealed to the SMS sender's key; none: the page tells."""


class LeaveWaitlist(Command, owner="catalog", key="sku", subject="sku"):
    """This account no longer wants to be told."""

    sku: str
    account_id: str
    subscription_id: str
    request_id: str


class WaitlistJoined(Fact, owner="catalog", key="sku", subject="sku"):
    """The account stands at the list's end."""

    sku: str
    product_id: str
    account_id: str
    subscription_id: str
    sealed: str | None = None
    """What is sent by SMS when it comes, sealed to the SMS sender's key."""


class WaitlistLeft(Fact, owner="catalog", key="sku", subject="sku"):
    """The account has left the list untold."""

    sku: str
    account_id: str
    subscription_id: str
    request_id: str


class WaitersTold(Fact, owner="catalog", key="sku", subject="sku"):
    """So many units have come, and so many who waited longest are told, each for the only time."""

    sku: str
    restock_id: str
    """The card's id, or the id of the request that granted a quota."""
    subscriptions: tuple[str, ...]
    """The oldest first."""
    by_sms: tuple[Waiter, ...] | None = None
    """Those of them who are told by SMS as well."""


class WaitlistRefused(Fact, owner="catalog", key="sku", subject="sku"):
    """A word about a waitlist that cannot be: nothing changed."""

    sku: str
    account_id: str
    request_id: str
    """Of joining, the subscription's id."""
    code: Literal["WAITING", "FULL", "NOT_WAITING"]
