"""risk: the code by SMS that a buyer types before an order goes on. Partition key: account id."""

from typing import Literal

from .message import Command, Fact
from .risk import Case

VerificationRefusal = Literal["WRONG_CODE", "CODE_EXPIRED", "NO_CODE", "NOT_ASKED"]
ResendRefusal = Literal["TOO_SOON", "TOO_MANY_CODES", "NOT_ASKED"]


class TryVerification(Command, owner="risk", key="account_id", subject="order_id"):
    """The buyer types the code they were sent."""

    order_id: str
    account_id: str
    attempt_id: str
    code_mac: str
    """HMAC of order, amount and code under risk's key, hex."""
    received_ms: int
    """When our door received it, Unix milliseconds: that is when it was in time or not."""


class ResendVerification(Command, owner="risk", key="account_id", subject="order_id"):
    """The buyer wants another code."""

    order_id: str
    account_id: str
    request_id: str
    received_ms: int


class VerificationRequired(Case, owner="risk", key="account_id", subject="order_id"):
    """The buyer must show that they have their phone at hand; a code is to be made."""

    code_id: str
    """The code that is to be made."""
    resend_ms: int
    """Unix milliseconds from which another code may be asked for."""
    deadline_ms: int
    """Unix milliseconds until which the order waits."""


class VerificationCodeRequested(Fact, owner="risk", key="account_id", subject="order_id"):
    """Another code is to be made, in place of the last one."""

    order_id: str
    account_id: str
    request_id: str
    code_id: str
    resend_ms: int
    """Unix milliseconds from which one more may be asked for."""


class VerificationResendRefused(Fact, owner="risk", key="account_id", subject="order_id"):
    """No further code is sent."""

    order_id: str
    account_id: str
    request_id: str
    code: ResendRefusal


class VerificationCodeIssued(Fact, owner="risk", key="account_id", subject="order_id"):
    """A code was made and is on its way to the buyer's phone."""

    order_id: str
    account_id: str
    code_id: str
    sms_id: str
    """The message that carries it: the same at every try to send it."""
    code_mac: str
    """HMAC of order, amount and code under risk's key, hex."""
    sealed: str
    """Number and text, sealed to the SMS sender."""
    expires_ms: int
    """Unix milliseconds."""


class VerificationCodeSent(Fact, owner="risk", key="account_id", subject="order_id"):
    """The SMS sender has taken the message."""

    order_id: str
    account_id: str
    sms_id: str


class VerificationRefused(Fact, owner="risk", key="account_id", subject="order_id"):
    """A try that did not count as the buyer's word; the order waits on."""

    order_id: str
    account_id: str
    attempt_id: str
    code: VerificationRefusal


class VerificationPassed(Fact, owner="risk", key="account_id", subject="order_id"):
    """The code was right, for the first and only time."""

    order_id: str
    account_id: str
    attempt_id: str


class VerificationFailed(Fact, owner="risk", key="account_id", subject="order_id"):
    """Wrong once too often: this order cannot be verified any more."""

    order_id: str
    account_id: str
    attempt_id: str


class VerificationExpired(Fact, owner="risk", key="account_id", subject="order_id"):
    """Nobody has typed the code in time."""

    order_id: str
    account_id: str
