"""Messages by SMS: an account is told something by SMS. The gateway has it sent; key: account id.

Phone and words are sealed to the SMS sender from the moment they are put together.
"""

from typing import Literal

from .message import Command, Fact


class TellBySms(Command, owner="gateway", key="account_id", subject="sms_id"):
    """Tell this account once; the same id is the same message."""

    account_id: str
    sms_id: str
    sealed: str
    """Phone and words, sealed to the SMS sender's key."""


class SmsAccepted(Fact, owner="gateway", key="account_id", subject="sms_id"):
    """A message is on its way."""

    account_id: str
    sms_id: str
    sealed: str
    expires_ms: int
    """Unix milliseconds; after that it is not tried again."""


class SmsSent(Fact, owner="gateway", key="account_id", subject="sms_id"):
    """The SMS sender has the message."""

    account_id: str
    sms_id: str


class SmsLapsed(Fact, owner="gateway", key="account_id", subject="sms_id"):
    """The SMS sender did not answer for so long that the message is of no use."""

    account_id: str
    sms_id: str


class SmsDropped(Fact, owner="gateway", key="account_id", subject="sms_id"):
    """Nothing is sent."""

    account_id: str
    sms_id: str
    code: Literal["TOO_MANY"]
    """TOO_MANY: the account was told often enough of late; the page tells it all the same."""
