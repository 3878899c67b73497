"""What the gateway remembers of those who may come in: frozen, small, stored as it stands here."""

import msgspec


class OpenCode(msgspec.Struct, frozen=True, array_like=True):
    """The newest code of a phone, until it is used."""

    request_id: str
    code_mac: str
    sealed: str
    expires_ms: int
    """Unix milliseconds."""
    tries: int = 0
    """Wrong ones so far."""
    sent: bool = False
    """The SMS sender has it."""


class SignIn(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """One phone, known by its HMAC alone."""

    account_id: str = ""
    """Given once, at the first sign-in that succeeds."""
    code: OpenCode | None = None
    recent: tuple[int, ...] = ()
    """When the last codes expire or expired, Unix milliseconds, the newest last."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """This request, attempt or key has had its answer: a repeat changes nothing."""


class Thread(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """A support thread, without its words."""

    account_id: str
    words: int = 0
    read_by_buyer: int = 0
    """The last word that the buyer has read."""
    read_by_shop: int = 0
    closed: bool = False


class ApiKey(msgspec.Struct, frozen=True, array_like=True, tag="k"):
    """A key; one that was issued before keys could be revoked is `Answered`."""

    account_id: str
    """Whom it signs for; empty: nobody any more."""


class ApiKeys(msgspec.Struct, frozen=True, array_like=True, tag="y"):
    """The keys of an account that sign."""

    ids: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True, array_like=True):
    """A message of a webhook endpoint; as in contracts' WebhookMessage."""

    message_id: str
    event: str
    order_id: str
    body: str
    next_id: str = ""
    """The message that waits behind it."""


class Endpoint(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    """A webhook endpoint: small, however many messages wait for it."""

    account_id: str
    url: str
    events: tuple[str, ...]
    sealed_secret: str
    old_secret: str = ""
    old_until_ms: int = 0
    enabled: bool = False
    barred: bool = False
    """By a person of ours."""
    verified: bool = False
    """The challenge has come back from this URL."""
    proven: bool = False
    """It has come back from this or an earlier one: messages are kept for it."""
    verifying: bool = False
    version: int = 0
    """How often it was set or challenged."""
    current: Item | None = None
    """The message that is sent, and not answered yet."""
    serial: int = 0
    """How many messages have come to be sent."""
    last_id: str = ""
    """The one that the next one waits behind."""
    waiting: int = 0
    """Behind the current one."""
    tries: int = 0
    """Failed ones of the current message."""
    retry_ms: int | None = None
    """When it is tried again."""
    failing_ms: int = 0
    """Since when nothing has arrived; 0: the last one did."""


class Endpoints(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """All endpoints of an account."""

    ids: tuple[str, ...] = ()


class Waiting(msgspec.Struct, frozen=True, array_like=True, tag="m"):
    """A message whose turn is yet to come."""

    item: Item


class Targets(msgspec.Struct, frozen=True, array_like=True, tag="g"):
    """The saved targets of an account, without what they are."""

    ids: tuple[str, ...] = ()


class Sms(msgspec.Struct, frozen=True, array_like=True, tag="n"):
    """A message to an account that the SMS sender does not have yet."""

    account_id: str
    sealed: str
    expires_ms: int
    """Unix milliseconds."""


class SmsLately(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """When the last messages to an account were or would have been given up, Unix milliseconds."""

    ends: tuple[int, ...] = ()


class Standing(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    """Whether one of our people has blocked an account."""

    blocked: bool


State = (
    SignIn | Answered | Thread | ApiKey | ApiKeys | Endpoint | Endpoints | Waiting | Targets | Sms
    | SmsLately | Standing
)  # fmt: skip
