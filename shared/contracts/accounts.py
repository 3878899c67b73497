"""Accounts in our people's hands: blocked, let in again, given a level. The gateway decides.

Key: account id. Every word has who said it and why; an order that was placed goes its way.
"""

from typing import Literal

from .message import Command, Fact
from .ordering import Level

AccountRefusal = Literal["ALREADY_BLOCKED", "NOT_BLOCKED"]


class BlockAccount(Command, owner="gateway", key="account_id", subject="account_id"):
    """Nobody is to come in for this account."""

    account_id: str
    request_id: str
    reason: str
    by: str


class UnblockAccount(Command, owner="gateway", key="account_id", subject="account_id"):
    """Let it come in again."""

    account_id: str
    request_id: str
    reason: str
    by: str


class SetAccountLevel(Command, owner="gateway", key="account_id", subject="account_id"):
    """From here on it sees the prices of this level."""

    account_id: str
    request_id: str
    level: Level
    reason: str
    by: str


class AccountBlocked(Fact, owner="gateway", key="account_id", subject="account_id"):
    """Its sessions and API keys count for nothing, and nobody signs in for it."""

    account_id: str
    request_id: str
    reason: str
    by: str


class AccountUnblocked(Fact, owner="gateway", key="account_id", subject="account_id"):
    """It comes in again, by the sessions and keys that it has."""

    account_id: str
    request_id: str
    reason: str
    by: str


class AccountLevelSet(Fact, owner="gateway", key="account_id", subject="account_id"):
    """It sees the prices of this level."""

    account_id: str
    request_id: str
    level: Level
    reason: str
    by: str


class AccountRefused(Fact, owner="gateway", key="account_id", subject="account_id"):
    """Somebody else was first: nothing changed."""

    account_id: str
    request_id: str
    code: AccountRefusal
    by: str
