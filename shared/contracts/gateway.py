"""gateway: who may come in. Partition key: account id; a sign-in's is HMAC(secret, phone)."""

from typing import Literal

from .message import Command, Fact
from .ordering import Level

Role = Literal["owner", "stock", "support", "finance", "risk", "auditor"]
SignInRefusal = Literal["WRONG_CODE", "CODE_EXPIRED", "TOO_MANY_TRIES", "NO_CODE"]


class RequestSignIn(Command, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """Send a code to this phone."""

    sign_in_id: str
    """HMAC(secret, phone), hex."""
    request_id: str
    code_mac: str
    """HMAC of the code under the gateway's key, hex."""
    sealed: str
    """Phone and code, sealed to the SMS sender's key."""
    expires_ms: int
    """Unix milliseconds."""


class TrySignIn(Command, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """Somebody types the code they were sent."""

    sign_in_id: str
    attempt_id: str
    code_mac: str
    account_id: str
    """A fresh random id: becomes the account's if this phone has none yet."""


class IssueApiKey(Command, owner="gateway", key="account_id", subject="key_id"):
    """Give an account a key to the reseller API."""

    key_id: str
    account_id: str
    label: str
    sealed_secret: str
    """The secret under the gateway's own key."""
    by: str
    level: Level | None = None
    """What prices it sees; a member's where nothing is said."""


class RevokeApiKey(Command, owner="gateway", key="account_id", subject="key_id"):
    """This key is to sign no more."""

    key_id: str
    account_id: str
    request_id: str
    by: str
    """Its account, or one of our people."""
    reason: str | None = None
    """Why, where one of our people ends it."""


class AddOperator(Command, owner="gateway", key="operator", subject="operator"):
    """Let a person work in the console."""

    operator: str
    request_id: str
    role: Role
    password_hash: str
    """argon2id."""
    sealed_totp: str
    """The TOTP secret under the gateway's own key."""
    by: str


class SignInRequested(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """A code is on its way to this phone."""

    sign_in_id: str
    request_id: str
    code_mac: str
    sealed: str
    expires_ms: int


class SignInCodeSent(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """The SMS sender has taken the message."""

    sign_in_id: str
    request_id: str


class SignInCodeLapsed(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """The code expired before the SMS sender took it: nobody tries to send it any more."""

    sign_in_id: str
    request_id: str


class SignInThrottled(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """Too many codes were asked for: none is sent."""

    sign_in_id: str
    request_id: str


class AccountOpened(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """This phone has an account from here on."""

    sign_in_id: str
    account_id: str


class SignedIn(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """The code was right, for the first and only time."""

    sign_in_id: str
    attempt_id: str
    account_id: str


class SignInRefused(Fact, owner="gateway", key="sign_in_id", subject="sign_in_id"):
    """The code was not accepted."""

    sign_in_id: str
    attempt_id: str
    code: SignInRefusal


class ApiKeyIssued(Fact, owner="gateway", key="account_id", subject="key_id"):
    """This key signs for this account."""

    key_id: str
    account_id: str
    label: str
    sealed_secret: str
    by: str
    level: Level | None = None


class ApiKeyRevoked(Fact, owner="gateway", key="account_id", subject="key_id"):
    """This key signs for nobody any more."""

    key_id: str
    account_id: str
    request_id: str
    by: str
    reason: str | None = None
    """Why, where one of our people has ended it."""


class ApiKeyRefused(Fact, owner="gateway", key="account_id", subject="key_id"):
    """This key was not issued, and never will be."""

    key_id: str
    account_id: str
    code: Literal["TOO_MANY"]


class OperatorAdded(Fact, owner="gateway", key="operator", subject="operator"):
    """This person may work in the console, in this role."""

    operator: str
    request_id: str
    role: Role
    password_hash: str
    sealed_totp: str
    by: str
