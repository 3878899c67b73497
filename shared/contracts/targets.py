"""Saved targets: where an account's top-ups often go. The gateway keeps them; key: account id.

What is saved (its name, and what a form asks for) is personal: the facts hold it sealed.
"""

from typing import Literal

from .message import Command, Fact


class SaveTarget(Command, owner="gateway", key="account_id", subject="account_id"):
    """Keep a target, or keep it under another name."""

    account_id: str
    target_id: str
    request_id: str
    sealed: str
    """Its name and its fields, sealed to the gateway."""
    known: bool
    """It is one that was saved before."""


class RemoveTarget(Command, owner="gateway", key="account_id", subject="account_id"):
    """Forget a target."""

    account_id: str
    target_id: str
    request_id: str


class TargetSaved(Fact, owner="gateway", key="account_id", subject="account_id"):
    """The account has this target, as it is sealed here."""

    account_id: str
    target_id: str
    request_id: str
    sealed: str


class TargetRemoved(Fact, owner="gateway", key="account_id", subject="account_id"):
    """The account has this target no more."""

    account_id: str
    target_id: str
    request_id: str


class TargetRefused(Fact, owner="gateway", key="account_id", subject="account_id"):
    """A word about a target that cannot be: nothing changed."""

    account_id: str
    target_id: str
    request_id: str
    code: Literal["UNKNOWN_TARGET", "TOO_MANY"]
