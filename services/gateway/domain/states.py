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


State = SignIn | Answered | Thread
